import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  constant,
  leavesOf,
  open,
  withLeaves,
  type Arrays,
  type Backend,
  type BackendError,
  type NDArray,
  type Tensor,
  type Tensors,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { OverPixels, PixelView } from '../likelihoods/likelihood.js'
import type { OverCodes } from '../priors/prior.js'
import type { Vae } from '../vae.js'

/** Codes whose distribution knows its moments. */
export interface CodesWithMoments extends OverCodes<number> {
  readonly mean: () => Rows<number>
  readonly variance: () => Rows<number>
}

/** A VAE with parameters that training has found. `A` are its parameters. */
export interface TrainedModel<A> {
  readonly vae: Vae<A, CodesWithMoments, OverPixels<number>, OverCodes<number>>
  readonly pixels: PixelView
  readonly parameters: Arrays<A>
}

/** Rows of numbers as values: pixels or codes, one row for each example. */
export type RowValues = NDArray<readonly [count: number, width: number], 'f32'>

/** The parameters as constants of a program that runs once. */
export const held = <A>({ parameters }: TrainedModel<A>): A =>
  withLeaves(
    parameters,
    leavesOf<NDArray>(parameters).map(({ leaf }) => constant(leaf)),
  ) as A

export const rowsOf = (values: RowValues): Rows<number> => constant(values)

/** The numbers of one row after the other. */
export const rowValues = (rows: readonly ArrayLike<number>[], width: number): RowValues => {
  const data = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    data.set(row, i * width)
  })
  return { shape: [rows.length, width], dtype: 'f32', data }
}

/** Each row on its own. */
export const eachRow = ({ shape: [count, width], data }: RowValues): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => Float32Array.from(data.subarray(i * width, (i + 1) * width)))

/** A program that is stepped many times while the parameters stay on the device, and its end. */
export const withProgram =
  <A, I, O, R>(
    { parameters }: TrainedModel<A>,
    inputs: I,
    outputs: (parameters: A, inputs: Tensors<I>) => O,
    use: (step: (inputs: Arrays<I>) => TaskEither<BackendError, Arrays<O>>) => TaskEither<BackendError, R>,
  ) =>
  (backend: Backend): TaskEither<BackendError, R> =>
    pipe(
      backend,
      open((state, given: Tensors<I>) => [state, outputs(state.parameters as A, given)] as const, {
        state: { parameters },
        inputs,
      }),
      TE.chain(session =>
        TE.bracket(
          TE.right(session),
          ({ step }) => use(step),
          ({ dispose }) => dispose,
        ),
      ),
    )

/** A batch of a set: rows of one size, the places that the last batch leaves empty filled with its first row. */
export interface Batch {
  readonly index: number
  readonly rows: RowValues
  /** How many of the rows are of the set. */
  readonly full: number
}

export const batchesOf = ({ shape: [count, width], data }: RowValues, size: number): readonly Batch[] =>
  Array.from({ length: Math.ceil(count / size) }, (_, index) => {
    const [from, full] = [index * size, Math.min(size, count - index * size)]
    const filled = new Float32Array(size * width)
    filled.set(data.subarray(from * width, (from + full) * width))
    const first = data.subarray(from * width, (from + 1) * width)
    for (let row = full; row < size; row++) filled.set(first, row * width)
    return { index, rows: { shape: [size, width], dtype: 'f32', data: filled }, full }
  })

/** Tasks one after the other, and what they gave. */
export const inOrder = <T, R>(
  list: readonly T[],
  f: (each: T) => TaskEither<BackendError, R>,
): TaskEither<BackendError, readonly R[]> => TE.traverseSeqArray(f)(list)

/** The number of a batch or of a block as an input of a program. */
export const counted = (n: number): NDArray<readonly [], 'u32'> => ({
  shape: [],
  dtype: 'u32',
  data: Uint32Array.of(n),
})

/** The first numbers of an output, in double precision. */
export const numbersOf = ({ data }: NDArray, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Number(data[i]))

export type PerExample = Tensor<readonly [number], 'f32'>
