import { pipe } from 'fp-ts/lib/function.js'
import {
  generate,
  mul,
  normal,
  reshape,
  split,
  take,
  type Gen,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { linear, type LinearParameters, type Rows } from '@elbo/nn'
import type { Given, Gru, GruParameters, GruStates } from '../gru.js'
import type { Sequence } from '../sequence.js'
import { surprise } from './cross-entropy.js'

/** Numbers of characters over time: [steps, batch]. */
export type Characters = Tensor<readonly [steps: number, batch: number], 'i32'>

/** Paths: `embedding.weight` [vocabulary, embedding], `gru.0.forward.…`, `head.weight`, `head.bias`. */
export interface CharacterParameters<E extends number, H extends number, Options> {
  readonly embedding: { readonly weight: Tensor<readonly [number, E], 'f32'> }
  readonly gru: GruParameters<E, H, Options>
  readonly head: LinearParameters<number, number>
}

export interface CharacterModel<E extends number, H extends number, Options> {
  /** How many characters there are. */
  readonly vocabulary: number
  readonly gru: Gru<E, H, Options>
  readonly init: Gen<CharacterParameters<E, H, Options>>
  /** Logits of what comes after each character: [steps, batch, vocabulary], and the states to go on from. */
  readonly apply: (
    parameters: CharacterParameters<E, H, Options>,
  ) => (
    characters: Characters,
    given?: Given<H, Options>,
  ) => { readonly logits: Sequence<number>; readonly states: GruStates<H, Options> }
  /** `apply` for one character of each example: numbers [batch], logits [batch, vocabulary]. */
  readonly step: (
    parameters: CharacterParameters<E, H, Options>,
  ) => (
    characters: Tensor<readonly [number], 'i32'>,
    states: GruStates<H, Options>,
  ) => { readonly logits: Rows<number>; readonly states: GruStates<H, Options> }
  /** −log₂ P(next | all before) at every step, in bits: [steps, batch], and the states to go on from. */
  readonly bits: (parameters: CharacterParameters<E, H, Options>) => (
    text: { readonly characters: Characters; readonly next: Characters },
    given?: Given<H, Options>,
  ) => {
    readonly bits: Tensor<readonly [number, number], 'f32'>
    readonly states: GruStates<H, Options>
  }
}

/**
 * A model of text, character by character: an embedding, a GRU, and a linear layer to the logits of the next character.
 *
 *     characterModel(63, gru(64, 256))
 *
 * The embedding is drawn from Norm[0, 1].
 * @throws RangeError unless the vocabulary has characters, and for a bidirectional GRU, which would see what it is to predict.
 */
export const characterModel = <E extends number, H extends number, Options>(
  vocabulary: number,
  layer: Gru<E, H, Options>,
): CharacterModel<E, H, Options> => {
  type P = CharacterParameters<E, H, Options>
  if (!Number.isSafeInteger(vocabulary) || vocabulary < 1)
    throw new RangeError(`characterModel: there is no vocabulary of ${vocabulary} characters`)
  if (layer.options.bidirectional === true)
    throw new RangeError('characterModel: a bidirectional GRU would see what it is to predict')
  const head = linear(layer.hidden as number, vocabulary)
  const embedded = ({ embedding }: P, characters: Tensor<Shape, 'i32'>): Tensor =>
    take(characters, 0)(embedding.weight as Tensor)
  const apply = (parameters: P) => {
    const [over, logitsOf] = [layer.apply(parameters.gru), head.apply(parameters.head)]
    return (characters: Characters, given?: Given<H, Options>) => {
      const { outputs, states } = over(embedded(parameters, characters) as unknown as Sequence<E>, given)
      const [steps, batch] = characters.shape
      const rows = reshape([steps * batch, layer.hidden as number])(outputs as unknown as Tensor) as Tensor
      const logits = reshape([steps, batch, vocabulary])(logitsOf(rows as unknown as Rows<number>) as Tensor)
      return { logits: logits as Tensor as unknown as Sequence<number>, states }
    }
  }
  return {
    vocabulary,
    gru: layer,
    init: key => {
      const [forEmbedding, forLayer, forHead, next] = split(key, 4) as readonly [Key, Key, Key, Key]
      const weight = normal([vocabulary, layer.inputs])(forEmbedding)
      return [
        {
          embedding: { weight },
          gru: generate(forLayer)(layer.init),
          head: generate(forHead)(head.init),
        },
        next,
      ]
    },
    apply,
    step: parameters => {
      const [step, logitsOf] = [layer.step(parameters.gru), head.apply(parameters.head)]
      return (characters, before) => {
        const { output, states } = step(embedded(parameters, characters) as unknown as Rows<E>, before)
        return { logits: logitsOf(output), states }
      }
    },
    bits: parameters => {
      const over = apply(parameters)
      return ({ characters, next }, given) => {
        const { logits, states } = over(characters, given)
        const bits = pipe(
          logits as unknown as Tensor,
          surprise(next as Tensor<Shape, 'i32'>),
          mul(Math.LOG2E),
        )
        return { bits: bits as unknown as Tensor<readonly [number, number], 'f32'>, states }
      }
    },
  }
}
