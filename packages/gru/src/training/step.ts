import {
  mean,
  mul,
  transpose,
  where,
  zerosLike,
  zipTrees,
  ndarray,
  spec,
  type AnyTensor,
  type NDArray,
  type Shape,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import type { CarryingLoss } from '@elbo/train'
import type { CharacterGru, CharacterGruParameters, CharacterStates } from './architecture.js'
import type { Streams } from './corpus.js'

export type Scalar = Tensor<readonly [], 'f32'>
type Rows = Tensor<readonly [streams: number, length: number], 'i32'>

/** One piece of each stream. */
export interface TextInput {
  /** i32[streams, length]. */
  readonly inputs: Rows
  /** i32[streams, length]: what comes next at each place. */
  readonly targets: Rows
  /** Whether the streams begin here, so that nothing is remembered. */
  readonly begins: Tensor<readonly [], 'bool'>
}

/** What is reported of a batch beside the loss, which is the same in nats: the mean over its characters. */
export interface CharacterMetrics {
  readonly bitsPerCharacter: Scalar
  readonly [name: string]: Scalar
}

export interface TextSpecs {
  readonly inputs: Spec<readonly [number, number], 'i32'>
  readonly targets: Spec<readonly [number, number], 'i32'>
  readonly begins: Spec<readonly [], 'bool'>
}

export const textSpecs = (streams: number, length: number): TextSpecs => ({
  inputs: spec([streams, length], 'i32'),
  targets: spec([streams, length], 'i32'),
  begins: spec([], 'bool'),
})

/** The piece at a place of the streams, as host data. */
export const pieceAt = (
  streams: Streams,
  place: number,
): { readonly [name in keyof TextInput]: NDArray<TextSpecs[name]['shape'], TextSpecs[name]['dtype']> } => ({
  ...streams.at(place),
  begins: ndarray([place === 0 ? 1 : 0], [], 'bool'),
})

/** The mean of −log₂ P(next | all before in its stream) over a piece, and the states to go on from. */
export const bitsOf = (
  model: CharacterGru,
  parameters: CharacterGruParameters,
  { inputs, targets, begins }: TextInput,
  carried: CharacterStates,
): readonly [bits: Scalar, states: CharacterStates] => {
  const forget = (state: AnyTensor): AnyTensor => {
    const known = state as Tensor
    return where<Shape, Shape, 'f32'>(zerosLike(known), known)(begins)
  }
  const { bits, states } = model.bits(parameters)(
    { characters: transpose()(inputs), next: transpose()(targets) },
    { states: zipTrees(forget, carried) },
  )
  return [mean()(bits), states]
}

/**
 * The mean surprise of a piece in nats: slopes go back to its beginning and no further, the states go on (back-propagation through time,
 * truncated).
 */
export const characterLoss =
  (model: CharacterGru): CarryingLoss<CharacterGruParameters, CharacterStates, TextInput, CharacterMetrics> =>
  (parameters, piece, _, carried) => {
    const [bits, states] = bitsOf(model, parameters, piece, carried)
    return [mul(Math.LN2)(bits), { bitsPerCharacter: bits }, states]
  }
