import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Spec } from '../../graph/tensor.js'
import type { Program } from '../../program/program.js'
import type { BackendError, Session } from '../../runtime/backend.js'
import { checkValues } from '../../runtime/check.js'
import { modulesFor, type Kernels } from './kernels.js'
import { link } from './link.js'
import { fillMemory, layOut, windowOn, type Layout } from './memory.js'
import { alone, assemble, whyUnshared, type Crew } from './threads.js'
import { shareableNanoseconds } from './work.js'

export interface InstanceOptions {
  readonly threads: number
  readonly reuse: boolean
  /** Programs with less work that threads could share, by estimate, run on one; in nanoseconds. */
  readonly leastWork: number
}

const backend = 'cpu'
const page = 65536
const mostPages = 65536

const failed = (message: string, cause?: unknown): BackendError => ({
  _tag: 'Failed',
  backend,
  message,
  ...(cause === undefined ? {} : { cause }),
})

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const outOfMemory = (bytes: number): BackendError => ({
  _tag: 'OutOfMemory',
  backend,
  bytes,
  message: `the program needs ${(bytes / 2 ** 20).toFixed(1)} MiB at once, which this process could not have (WebAssembly holds at most 4096 MiB); a smaller batch needs less`,
})

const allocate = (bytes: number, shared: boolean): E.Either<BackendError, WebAssembly.Memory> => {
  const pages = Math.ceil(bytes / page)
  if (pages > mostPages) return E.left(outOfMemory(bytes))
  try {
    return E.right(new WebAssembly.Memory({ initial: pages, maximum: pages, shared }))
  } catch (cause) {
    return E.left(
      cause instanceof RangeError || describe(cause).includes('memory')
        ? outOfMemory(bytes)
        : failed(describe(cause), cause),
    )
  }
}

interface Choice {
  readonly threads: number
  readonly fallbackReason?: string
}

const chooseThreads = (program: Program, { threads, leastWork }: InstanceOptions): Choice => {
  if (threads === 1) return { threads }
  const unshared = whyUnshared()
  if (unshared !== undefined) return { threads: 1, fallbackReason: unshared }
  const work = shareableNanoseconds(program)
  if (work >= leastWork) return { threads }
  return {
    threads: 1,
    fallbackReason: `a step has about ${Math.ceil(work / 1000)} µs of work that threads could share, too little for ${threads} of them`,
  }
}

const sessionOf = (
  program: Program,
  { plan }: Layout,
  buffer: ArrayBufferLike,
  team: Crew,
  fallbackReason: string | undefined,
): Session => {
  const { values, state, inputs, outputs } = program
  const spec = (value: number): Spec => values[value]
  const inputSpecs = values.slice(state, state + inputs)
  const slots = plan.slots.map((address, i) => windowOn(buffer, address, spec(i)))
  const entries = inputSpecs.map((_, i) => windowOn(buffer, plan.offsets[state + i], spec(state + i)))
  const results = outputs.map((value, i) => windowOn(buffer, plan.outputs[i], spec(value)))
  // Everything that holds the memory, so that disposing lets go of it.
  let open:
    | {
        readonly crew: Crew
        readonly slots: typeof slots
        readonly entries: typeof entries
        readonly results: typeof results
      }
    | undefined = {
    ...{ crew: team, slots, entries, results },
  }
  let broken: BackendError | undefined

  const whileOpen = <A>(
    use: (session: NonNullable<typeof open>) => E.Either<BackendError, A>,
  ): E.Either<BackendError, A> => {
    if (open === undefined)
      return E.left({
        _tag: 'Disposed',
        backend,
        message: 'the session was disposed; open the program again',
      })
    return broken === undefined ? use(open) : E.left(broken)
  }
  const step = (given: readonly NDArray[]): E.Either<BackendError, readonly NDArray[]> =>
    whileOpen(({ crew, entries, results }) => {
      const wrong = checkValues(backend, 'input', inputSpecs, given)
      if (wrong !== undefined) return E.left(wrong)
      given.forEach((value, i) => entries[i].write(value))
      try {
        crew.work()
      } catch (cause) {
        broken = failed(`${describe(cause)}; the state is lost, open the program again`, cause)
        void crew.stop()
        return E.left(broken)
      }
      return E.right(results.map(result => result.read()))
    })

  const reason = fallbackReason ?? team.shortage
  return {
    executed: { backend, threads: team.threads, ...(reason === undefined ? {} : { fallbackReason: reason }) },
    step: given => () => Promise.resolve(step(given)),
    state: () => Promise.resolve(whileOpen(({ slots }) => E.right(slots.map(slot => slot.read())))),
    dispose: async () => {
      const crew = open?.crew
      open = undefined
      await crew?.stop()
      return E.right(undefined)
    },
  }
}

/** Opens a program: plans, lowers, takes memory of exactly the size needed, and starts the threads. */
export const openInstance =
  (kernels: Kernels, options: InstanceOptions) =>
  (program: Program, state: readonly NDArray[]): TaskEither<BackendError, Session> =>
  async () => {
    const wrong = checkValues(backend, 'state', program.values.slice(0, program.state), state)
    if (wrong !== undefined) return E.left(wrong)
    try {
      const { threads, fallbackReason } = chooseThreads(program, options)
      const layout = layOut(program, threads, options.reuse)
      const shared = whyUnshared() === undefined
      const allocated = allocate(layout.bytes, shared)
      if (E.isLeft(allocated)) return allocated
      const memory = allocated.right
      fillMemory(memory.buffer, layout, program, state)
      const modules = await modulesFor(layout.lowered.passes, kernels, shared)
      const { run } = await link(modules, memory)
      const crew = threads === 1 ? alone(run, layout) : await assemble(threads, run, modules, memory, layout)
      return E.right(sessionOf(program, layout, memory.buffer, crew, fallbackReason))
    } catch (cause) {
      return E.left(failed(`the program could not be opened: ${describe(cause)}`, cause))
    }
  }
