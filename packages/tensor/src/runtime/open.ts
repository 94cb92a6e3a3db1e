import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { NDArray } from '../graph/ndarray.js'
import { optimise, type PassName } from '../program/optimise.js'
import { trace, type Step } from '../program/trace.js'
import { leavesOf, withLeaves, type Arrays } from '../tree/tree.js'
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

/**
 * Traces a step function, optimises the program and opens it on a backend: once compiled, many times stepped, its state on the device.
 * `pipe(cpu(), TE.chain(open(step, { state, inputs })))`.
 */
export const open =
  <State, Inputs, Outputs>(
    step: Step<State, Inputs, Outputs>,
    { state, inputs, passes }: OpenOptions<State, Inputs>,
  ) =>
  (backend: Backend): TaskEither<BackendError, TreeSession<State, Inputs, Outputs>> => {
    const traced = trace(step, { state, inputs })
    return pipe(
      backend.open(optimise(traced.program, passes), arraysOf(state)),
      TE.map(session => ({
        executed: session.executed,
        step: values =>
          pipe(
            session.step(arraysOf(values)),
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
