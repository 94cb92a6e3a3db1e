import * as E from 'fp-ts/lib/Either.js'
import type { NDArray } from '../../graph/ndarray.js'
import { sizeOf } from '../../shape/index.js'
import type { Backend, BackendError, Session } from '../../runtime/backend.js'
import type { Launch } from './lower.js'
import type { Device, DeviceArray, Kernel } from './library.js'
import type { Action, GpuPlan } from './plan.js'
import { copying, reader, toFloats, type Reader } from './transfer.js'

/** A `Left` on its way through the session's own code. */
export class Stop extends Error {
  readonly left: BackendError

  constructor(left: BackendError) {
    super(left.message)
    this.left = left
  }
}

export const unwrap = <A>(result: E.Either<BackendError, A>): A => {
  if (E.isLeft(result)) throw new Stop(result.left)
  return result.right
}

/** The kernels that write one buffer: two that take turns where the buffer is state. */
export type Turns = readonly Kernel[]

type Prepared =
  | {
      readonly on: 'host'
      readonly action: Extract<Action, { on: 'host' }>
      readonly session: Session
      readonly downloads: Reader
    }
  | {
      readonly on: 'device'
      readonly uploads: readonly { readonly value: number; readonly turns: Turns }[]
      readonly launches: readonly { readonly launch: Launch; readonly turns: Turns }[]
    }

/** A device, and the backend that runs what it cannot. */
export interface Places {
  readonly device: Device
  readonly host: Backend
}

/** Everything that a step needs and that is freed with the session. */
export interface Parts {
  readonly plan: GpuPlan
  readonly steps: readonly Prepared[]
  readonly lastUploads: readonly { readonly value: number; readonly turns: Turns }[]
  /** By state slot: the kernels that copy what it takes over from another. */
  readonly copies: ReadonlyMap<number, Turns>
  readonly outputs: Reader
  readonly single: ReadonlyMap<number, Reader>
  readonly fixed: ReadonlyMap<number, DeviceArray>
  readonly numbers: DeviceArray
  readonly release: () => Promise<void>
}

/** Makes the kernels of a plan, and opens the host's programs. */
export const prepare = async (plan: GpuPlan, { device, host }: Places): Promise<Parts> => {
  const { program, alternating, homes } = plan
  const { values } = program
  const kernels: Kernel[] = []
  const readers: Reader[] = []
  const sessions: Session[] = []
  const keep = (kernel: Kernel): Kernel => {
    kernels.push(kernel)
    return kernel
  }
  const turnsOf = (owner: number, make: () => Kernel): Turns =>
    alternating.has(owner) ? [keep(make()), keep(make())] : [keep(make())]
  const reading = (list: readonly number[]): Reader => {
    const made = reader(
      device,
      list.map(value => values[value]),
    )
    readers.push(made)
    return made
  }
  const uploading = (list: readonly number[]) =>
    list.map(value => ({
      value,
      turns: turnsOf(value, () => copying(device, sizeOf(values[value].shape))),
    }))
  const release = async (): Promise<void> => {
    kernels.forEach(kernel => kernel.release())
    readers.forEach(made => made.release())
    for (const session of sessions) await session.dispose()
  }
  try {
    const steps: Prepared[] = []
    for (const action of plan.actions) {
      if (action.on === 'host') {
        const session = unwrap(await host.open(action.program, [])())
        sessions.push(session)
        steps.push({ on: 'host', action, session, downloads: reading(action.downloads) })
      } else {
        steps.push({
          on: 'device',
          uploads: uploading(action.uploads),
          launches: action.launches.map(launch => ({
            launch,
            turns: turnsOf(launch.writes, () => device.kernel(launch)),
          })),
        })
      }
    }
    const fixed = new Map<number, DeviceArray>()
    for (const value of plan.uploadedOnce) {
      const size = sizeOf(values[value].shape)
      const data = plan.data.get(value) as () => NDArray
      fixed.set(value, await keep(copying(device, size)).run([toFloats(data())]))
    }
    const copies = new Map<number, Turns>()
    plan.nextState.forEach((next, i) => {
      if (next.from !== 'copy') return
      const make = (): Kernel => keep(copying(device, sizeOf(values[i].shape)))
      copies.set(i, [make(), make()])
    })
    const single = new Map(
      homes.flatMap((home, i) => (home === 'device' ? [[i, reading([i])] as const] : [])),
    )
    return {
      plan,
      steps,
      lastUploads: uploading(plan.lastUploads),
      copies,
      outputs: reading(plan.finalReads),
      single,
      fixed,
      numbers: await keep(copying(device, plan.numbers.length)).run([plan.numbers]),
      release,
    }
  } catch (cause) {
    await release()
    throw cause
  }
}
