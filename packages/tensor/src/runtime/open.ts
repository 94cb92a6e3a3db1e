import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { NDArray } from '../graph/ndarray.js'
import { optimise, type PassName } from '../program/optimise.js'
import { trace, type Step } from '../program/trace.js'
import { leavesInForm, leavesOf, withLeaves, type Arrays } from '../tree/tree.js'
import type { Backend, BackendError, Executed } from './backend.js'

/** A session that speaks trees: what a step function takes and gives, as host arrays. */
export interface TreeSession<State, Inputs, Outputs> {
  readonly executed: Executed
  readonly step: (inputs: Arrays<Inputs>) => TaskEither<BackendError, Arrays<Outputs>>
  readonly state: TaskEither<BackendError, Arrays<State>>
  readonly dispose: TaskEither<BackendError, void>
}

export interface OpenOptions<State, Inputs> {
  /** Initial values. */
  readonly state: State
  /** Specs of what each step is given. */
  readonly inputs: Inputs
  /** The optimiser passes to run; all of them by default. */
  readonly passes?: readonly PassName[]
}

const arraysOf = (tree: unknown): readonly NDArray[] => leavesOf<NDArray>(tree).map(({ leaf }) => leaf)

/** The values of one step, by the paths of the inputs' specs. */
const inputsOf = (
  backend: string,
  form: unknown,
  values: unknown,
): E.Either<BackendError, readonly NDArray[]> =>
  E.tryCatch(
    () => leavesInForm<NDArray>('inputs', form, values),
    (cause): BackendError => ({ _tag: 'BadInput', backend, message: (cause as Error).message }),
  )

/**
 * Traces a step function, optimises the program and opens it on a backend: once compiled, many times stepped, its state on the device.
 * `pipe(cpu(), TE.chain(open(step, { state, inputs })))`.
 * @throws what `trace` throws, at once.
 */
export const open = <State, Inputs, Outputs>(
  step: Step<State, Inputs, Outputs>,
  { state, inputs, passes }: OpenOptions<State, Inputs>,
): ((backend: Backend) => TaskEither<BackendError, TreeSession<State, Inputs, Outputs>>) => {
  const traced = trace(step, { state, inputs })
  const program = optimise(traced.program, passes)
  return backend =>
    pipe(
      backend.open(program, arraysOf(state)),
      TE.map(session => ({
        executed: session.executed,
        step: values =>
          pipe(
            TE.fromEither(inputsOf(backend.name, inputs, values)),
            TE.chain(session.step),
            TE.map(outputs => withLeaves(traced.outputs, outputs) as Arrays<Outputs>),
          ),
        state: pipe(
          session.state,
          TE.map(values => withLeaves(state, values) as Arrays<State>),
        ),
        dispose: session.dispose,
      })),
    )
}
