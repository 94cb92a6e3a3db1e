import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Program } from '../../program/program.js'
import { sizeOf } from '../../shape/index.js'
import type { BackendError, Executed, Session } from '../../runtime/backend.js'
import { checkValues } from '../../runtime/check.js'
import type { Device, DeviceArray, Kernel } from './library.js'
import { prepare, Stop, unwrap, type Parts, type Places, type Turns } from './parts.js'
import { planFor } from './plan.js'
import { copying, fromFloats, toFloats, type Reader } from './transfer.js'

export const backendName = 'gpu'

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const failed = (message: string, cause?: unknown): BackendError => ({
  _tag: 'Failed',
  backend: backendName,
  message,
  ...(cause === undefined ? {} : { cause }),
})

const copyOf = ({ shape, dtype, data }: NDArray): NDArray => {
  const copy = hostArray(dtype, data.length)
  copy.set(data)
  return { shape, dtype, data: copy }
}

/** The state between two steps: on the device by slot, and on the host. */
interface State {
  readonly device: ReadonlyMap<number, DeviceArray>
  readonly host: ReadonlyMap<number, NDArray>
}

/** One step, from a state to the next. Kernels write the buffers of turn `turn`; the state that is read stands in the others. */
const runStep = async (
  { plan, steps, lastUploads, copies, outputs, fixed, numbers }: Parts,
  device: Device,
  turn: number,
  state: State,
  inputs: readonly NDArray[],
): Promise<readonly [State, readonly NDArray[]]> => {
  const { program, data, owner } = plan
  const { values } = program
  const onHost = new Map<number, NDArray>(state.host)
  inputs.forEach((value, i) => onHost.set(program.state + i, value))
  const onDevice = new Map<number, DeviceArray>([...fixed, ...state.device])
  const kernelOf = (turns: Turns): Kernel => turns[turn % turns.length]
  const arrayOf = (value: number): DeviceArray => onDevice.get(owner(value)) as DeviceArray
  const hostOf = (value: number): NDArray => onHost.get(value) ?? (data.get(value) as () => NDArray)()

  const upload = async (list: Parts['lastUploads']): Promise<void> => {
    for (const { value, turns } of list)
      onDevice.set(value, await kernelOf(turns).run([toFloats(hostOf(value))]))
  }
  const download = async (list: readonly number[], from: Reader): Promise<void> => {
    const arrays = await from.read(list.map(arrayOf))
    list.forEach((value, i) => onHost.set(value, fromFloats(values[value], arrays[i])))
  }

  for (const step of steps) {
    if (step.on === 'host') {
      const { action, session, downloads } = step
      if (action.downloads.length > 0) await download(action.downloads, downloads)
      const results = unwrap(await session.step(action.reads.map(hostOf))())
      action.writes.forEach((value, i) => onHost.set(value, results[i]))
    } else {
      await upload(step.uploads)
      for (const { launch, turns } of step.launches) {
        const operands = launch.reads.map(source => (source === 'numbers' ? numbers : arrayOf(source)))
        onDevice.set(launch.writes, await kernelOf(turns).run(operands))
      }
    }
  }
  await upload(lastUploads)
  const nextDevice = new Map<number, DeviceArray>()
  const nextHost = new Map<number, NDArray>()
  for (const [i, next] of plan.nextState.entries()) {
    if (next.from === 'buffer') nextDevice.set(i, onDevice.get(next.owner) as DeviceArray)
    else if (next.from === 'copy')
      nextDevice.set(i, await kernelOf(copies.get(i) as Turns).run([onDevice.get(next.owner) as DeviceArray]))
    else if (next.from === 'itself' && state.device.has(i))
      nextDevice.set(i, state.device.get(i) as DeviceArray)
  }
  if (plan.finalReads.length > 0) await download(plan.finalReads, outputs)
  if (device.isLost()) throw new Stop(lost(device))
  for (const [i, next] of plan.nextState.entries()) {
    if (next.from === 'host') nextHost.set(i, copyOf(hostOf(next.value)))
    else if (next.from === 'itself' && state.host.has(i)) nextHost.set(i, state.host.get(i) as NDArray)
  }
  return [{ device: nextDevice, host: nextHost }, program.outputs.map(value => copyOf(hostOf(value)))]
}

const lost = ({ mode }: Device): BackendError =>
  failed(
    `the ${mode} device was lost, and the state with it; open the program again from the last state that was kept, on the CPU if need be`,
  )

/** Opens programs on a device; `executed` says what really runs. */
export const openSession =
  (places: Places, about: Omit<Executed, 'onHost'>) =>
  (given: Program, initial: readonly NDArray[]): TaskEither<BackendError, Session> =>
  async () => {
    const { device } = places
    const wrong = checkValues(backendName, 'state', given.values.slice(0, given.state), initial)
    if (wrong !== undefined) return E.left(wrong)
    const first = initial.map(copyOf)
    const leftOf = (cause: unknown): BackendError => {
      if (cause instanceof Stop) return cause.left
      return device.isLost() ? lost(device) : failed(describe(cause), cause)
    }
    try {
      const plan = planFor(given, { rounds: device.mode === 'cpu', tiling: device.tiling })
      const parts = await prepare(plan, places)
      const { program, homes, onHost } = plan
      const entry = first.map((_, i) => copying(device, sizeOf(program.values[i].shape)))
      const placed = new Map<number, DeviceArray>()
      for (const [i, value] of first.entries())
        if (homes[i] === 'device') placed.set(i, await entry[i].run([toFloats(value)]))
      let state: State = {
        device: placed,
        host: new Map(first.flatMap((value, i) => (homes[i] === 'host' ? [[i, value] as const] : []))),
      }
      let turn = 0
      let disposed = false
      let broken: BackendError | undefined
      let last: Promise<unknown> = Promise.resolve()
      /** One after the other, in the order in which they were started. */
      const inTurn = <A>(work: () => Promise<A>): Promise<E.Either<BackendError, A>> => {
        const result = last.then(async (): Promise<E.Either<BackendError, A>> => {
          if (disposed)
            return E.left({
              _tag: 'Disposed',
              backend: backendName,
              message: 'the session was disposed; open the program again',
            })
          if (broken !== undefined) return E.left(broken)
          try {
            return E.right(await device.watched(work))
          } catch (cause) {
            broken = leftOf(cause)
            return E.left(broken)
          }
        })
        last = result
        return result
      }
      const inputSpecs = given.values.slice(given.state, given.state + given.inputs)
      return E.right({
        executed: { ...about, ...(onHost.length > 0 ? { onHost } : {}) },
        step: inputs => () =>
          inTurn(async () => {
            const mistaken = checkValues(backendName, 'input', inputSpecs, inputs)
            if (mistaken !== undefined) return E.left(mistaken)
            const [next, results] = await runStep(parts, device, turn, state, inputs)
            state = next
            turn++
            return E.right(results)
          }).then(E.flatten),
        state: () =>
          inTurn(async () => {
            const values: NDArray[] = []
            for (let i = 0; i < given.state; i++) {
              const array = state.device.get(i)
              const [floats] = array === undefined ? [] : await (parts.single.get(i) as Reader).read([array])
              values.push(
                floats === undefined
                  ? copyOf(state.host.get(i) as NDArray)
                  : fromFloats(given.values[i], floats),
              )
            }
            return values
          }),
        dispose: async () => {
          await last
          if (!disposed) {
            disposed = true
            entry.forEach(kernel => kernel.release())
            await parts.release()
          }
          return E.right(undefined)
        },
      })
    } catch (cause) {
      return E.left(leftOf(cause))
    }
  }
