import { sizeOf } from '../../shape/index.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Value } from '../../graph/primitive.js'
import type { Spec } from '../../graph/tensor.js'
import { interpret, type Allocate } from '../../program/interpret.js'
import type { Program } from '../../program/program.js'
import { checkValues } from '../../runtime/check.js'
import type { Backend, BackendError, Session } from '../../runtime/backend.js'

export interface ReferenceOptions {
  /**
   * `f32` rounds at the end of each instruction, as devices do. `f64` keeps doubles from beginning to end: the yardstick for finite
   * differences; results are read back rounded all the same, unless `interpret` is asked itself.
   */
  readonly precision?: 'f32' | 'f64'
}

/** Doubles for f32, host arrays for the rest. */
export const doubles: Allocate = ({ shape, dtype }) =>
  dtype === 'f32' ? new Float64Array(sizeOf(shape)) : hostArray(dtype, sizeOf(shape))

/** Host arrays: storing rounds. */
export const singles: Allocate = ({ shape, dtype }) => hostArray(dtype, sizeOf(shape))

const copyOut = ({ shape, dtype, data }: Value): NDArray => {
  const copy = hostArray(dtype, data.length)
  copy.set(data)
  return { shape, dtype, data: copy }
}

const open = (program: Program, initial: readonly NDArray[], allocate: Allocate): Session => {
  const specs = program.values.slice(program.state, program.state + program.inputs)
  let state: readonly Value[] = initial.map(copyOut)
  let disposed = false
  const alive = <A>(run: () => A): TaskEither<BackendError, A> =>
    TE.tryCatch(
      async () => {
        if (disposed) throw new Error('the session was disposed; open the program again')
        return run()
      },
      (cause): BackendError => ({
        _tag: disposed ? 'Disposed' : 'Failed',
        backend: 'reference',
        message: cause instanceof Error ? cause.message : String(cause),
        cause,
      }),
    )
  return {
    executed: { backend: 'reference', threads: 1 },
    step: inputs => {
      const wrong = checkValues('reference', 'input', specs, inputs)
      if (wrong !== undefined) return TE.left(wrong)
      return alive(() => {
        const results = interpret(program, [...state, ...inputs], allocate)
        // An input that becomes state is the caller's array, who may write to it.
        state = results.nextState.map(value =>
          inputs.some(({ data }) => data === value.data) ? copyOut(value) : value,
        )
        return results.outputs.map(copyOut)
      })
    },
    state: alive(() => state.map(copyOut)),
    dispose: () => {
      disposed = true
      return TE.right(undefined)()
    },
  }
}

/** The plain interpreter: one obvious loop per primitive. It exists to be read and to be right. */
export const reference = ({ precision = 'f32' }: ReferenceOptions = {}): TaskEither<BackendError, Backend> =>
  TE.right({
    name: 'reference',
    open: (program, state) => {
      const specs: readonly Spec[] = program.values.slice(0, program.state)
      const wrong = checkValues('reference', 'state', specs, state)
      return wrong === undefined
        ? TE.right(open(program, state, precision === 'f64' ? doubles : singles))
        : TE.left(wrong)
    },
  })
