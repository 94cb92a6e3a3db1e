import type { Tensor } from '@elbo/tensor'
import { ndarray, ShapeError, where, expandDims, zerosLike, type NDArray } from '@elbo/tensor'
import type { Rows } from '@elbo/nn'

/** A batch of sequences of vectors, [steps, batch, width]: a step is one piece of memory. */
export type Sequence<N extends number> = Tensor<readonly [steps: number, batch: number, N], 'f32'>

/** Which steps of which example are there: [steps, batch]. */
export type Mask = Tensor<readonly [steps: number, batch: number], 'bool'>

/**
 * The mask of sequences that begin together and end after so many steps each.
 * @throws RangeError for a length that is not a whole number from 1 to `steps`, which is the largest of them unless told.
 */
export const maskOf = (
  lengths: readonly number[],
  steps = Math.max(...lengths),
): NDArray<readonly [number, number], 'bool'> => {
  lengths.forEach((length, i) => {
    if (!Number.isSafeInteger(length) || length < 1 || length > steps)
      throw new RangeError(`maskOf: sequence ${i} has ${length} steps, not one to ${steps}`)
  })
  const batch = lengths.length
  const data = Uint8Array.from({ length: steps * batch }, (_, at) =>
    Math.floor(at / batch) < lengths[at % batch] ? 1 : 0,
  )
  return ndarray(data, [steps, batch], 'bool')
}

/** Sequences side by side, and where each of them is. */
export interface Padded<N extends number> {
  readonly x: NDArray<readonly [steps: number, batch: number, N], 'f32'>
  readonly mask: NDArray<readonly [steps: number, batch: number], 'bool'>
}

/**
 * Sequences [stepsᵢ, width] as one batch of the longest one's length, zeros after the end of shorter ones.
 * @throws RangeError for an empty sequence, ShapeError where widths differ.
 */
export const padded = <N extends number>(
  sequences: readonly NDArray<readonly [number, N], 'f32'>[],
): Padded<N> => {
  const mask = maskOf(sequences.map(({ shape }) => shape[0]))
  const [steps, batch] = mask.shape
  const width = sequences[0].shape[1]
  const data = new Float32Array(steps * batch * width)
  sequences.forEach((sequence, i) => {
    if (sequence.shape[1] !== width)
      throw new ShapeError(`padded: sequence ${i} is ${sequence.shape[1]} wide, the first is ${width}`)
    for (let t = 0; t < sequence.shape[0]; t++)
      data.set(sequence.data.subarray(t * width, (t + 1) * width), (t * batch + i) * width)
  })
  return { x: ndarray(data, [steps, batch, width]), mask }
}

/** Where the mask of one step [batch] holds, `there`; elsewhere `absent`. */
export const chosen = (
  step: Tensor<readonly [number], 'bool'>,
  there: Rows<number>,
  absent: Rows<number> = zerosLike(there),
): Rows<number> => where(there, absent)(expandDims(1)(step))

/**
 * A mask has a place for each step of each example. What it holds can be checked where it is data; the states of an example without a step
 * stay what they were at first.
 * @throws ShapeError, or RangeError for an example whose steps are all masked.
 */
export const checkMask = (mask: Mask, [steps, batch]: readonly [number, number, number]): void => {
  if (mask.shape[0] !== steps || mask.shape[1] !== batch) {
    throw new ShapeError(
      `gru: the mask is [${mask.shape.join(', ')}], the sequences have ${steps} steps and ${batch} examples`,
    )
  }
  const { value } = mask.node.params as { readonly value?: NDArray | number }
  if (value === undefined) return
  const holds = (at: number): boolean => (typeof value === 'number' ? value : value.data[at]) !== 0
  for (let i = 0; i < batch; i++) {
    if (!Array.from({ length: steps }, (_, t) => holds(t * batch + i)).some(Boolean))
      throw new RangeError(`gru: the mask leaves nothing of example ${i}`)
  }
}
