import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  broadcastTo,
  foldIn,
  ge,
  key as keyOf,
  ndarray,
  open,
  spec,
  where,
  zipTrees,
  type Arrays,
  type Backend,
  type BackendError,
  type Key,
  type NDArray,
  type Shape,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import type { GruStates } from '../gru.js'
import type { CharacterModel, CharacterParameters } from './characters.js'
import { drawNext, samplingNumbers, type SamplingInputs, type SamplingOptions } from './sampling.js'

export interface SampleRequest extends SamplingOptions {
  /** Numbers of the characters to begin with, at least one: the model reads them first. */
  readonly prompt: ArrayLike<number>
  /** How many characters to draw. */
  readonly length: number
  /** The same seed draws the same characters. A safe integer from 0. */
  readonly seed: number
}

/** A model that was compiled for drawing, one character a step. */
export interface CharacterSampler {
  /**
   * The numbers of the drawn characters, without the prompt.
   * @throws RangeError for an empty prompt, a number that is no character of the model, or options that `samplingNumbers` refuses.
   */
  readonly sample: (request: SampleRequest) => TaskEither<BackendError, Int32Array<ArrayBuffer>>
  readonly dispose: TaskEither<BackendError, void>
}

interface State<P, S> {
  readonly parameters: P
  readonly states: S
  readonly last: Tensor<readonly [1], 'i32'>
}

interface Inputs extends SamplingInputs {
  /** The character to read, or −1 for the one that was drawn last. */
  readonly given: Tensor<readonly [1], 'i32'>
  /** Begin from the initial states? */
  readonly anew: Tensor<readonly [], 'bool'>
  readonly key: Key
  readonly count: Tensor<readonly [], 'u32'>
}

const inputs = {
  given: spec([1], 'i32'),
  anew: spec([], 'bool'),
  key: spec([2], 'u32'),
  count: spec([], 'u32'),
  temperature: spec([], 'f32'),
  topK: spec([], 'i32'),
  nucleus: spec([], 'f32'),
}

const numberOf = <D extends 'f32' | 'i32' | 'u32' | 'bool'>(
  value: number,
  dtype: D,
): NDArray<readonly [], D> => ndarray([value], [], dtype)

/** The key of a seed as data. */
const seedKey = (seed: number): NDArray<readonly [2], 'u32'> => {
  const { value } = keyOf(seed).node.params as { readonly value: NDArray<readonly [2], 'u32'> }
  return value
}

/**
 * Compiles one step of a model for drawing: parameters and states stay on the device, and every request goes through the same program,
 * whatever its prompt, seed and options.
 */
export const characterSampler =
  <E extends number, H extends number, Options>(
    model: CharacterModel<E, H, Options>,
    parameters: Arrays<CharacterParameters<E, H, Options>>,
  ) =>
  (backend: Backend): TaskEither<BackendError, CharacterSampler> => {
    type P = CharacterParameters<E, H, Options>
    type S = GruStates<H, Options>
    const { vocabulary, gru } = model
    const step = (state: State<P, S>, given: Inputs) => {
      const initial = gru.initialStates(state.parameters.gru)(1)
      const before = zipTrees(
        (first, carried) => where(first, carried)<Shape>(broadcastTo<Shape>(first.shape)(given.anew)),
        initial,
        state.states,
      )
      const isGiven = ge(0)(given.given)
      const character: Tensor<readonly [number], 'i32'> = where(given.given, state.last)(isGiven)
      const { logits, states } = model.step(state.parameters)(character, before)
      const next = drawNext(given)(logits)(foldIn(given.count)(given.key))
      return [{ parameters: state.parameters, states, last: next }, { next }] as const
    }
    const zeroStates = Array.from({ length: gru.options.layers }, () => ({
      forward: ndarray(new Float32Array(gru.hidden), [1, gru.hidden as number]),
    }))
    return pipe(
      backend,
      open(step as unknown as Step<unknown, typeof inputs, { readonly next: State<P, S>['last'] }>, {
        state: { parameters, states: zeroStates, last: ndarray([0], [1], 'i32') },
        inputs,
      }),
      TE.map(({ step: run, dispose }) => ({
        dispose,
        sample: ({ prompt, length, seed, ...options }) => {
          const { temperature, topK, nucleus } = samplingNumbers(options, vocabulary)
          checkPrompt(prompt, vocabulary)
          const asked = {
            key: seedKey(seed),
            temperature: numberOf(temperature, 'f32'),
            topK: numberOf(topK, 'i32'),
            nucleus: numberOf(nucleus, 'f32'),
          }
          return async () => {
            const drawn = new Int32Array(length)
            // The draw after the last character of the prompt is the first; those before it are not used.
            for (let n = 0; n < prompt.length + length - 1; n++) {
              const count = Math.max(0, n - prompt.length + 1)
              const result = await run({
                ...asked,
                given: ndarray([n < prompt.length ? prompt[n] : -1], [1], 'i32'),
                anew: numberOf(n === 0 ? 1 : 0, 'bool'),
                count: numberOf(count, 'u32'),
              })()
              if (result._tag === 'Left') return result
              if (n >= prompt.length - 1) drawn[count] = result.right.next.data[0]
            }
            return TE.right<BackendError, Int32Array<ArrayBuffer>>(drawn)()
          }
        },
      })),
    )
  }

const checkPrompt = (prompt: ArrayLike<number>, vocabulary: number): void => {
  if (prompt.length === 0)
    throw new RangeError('sample: the prompt is empty; the model needs a character to begin with')
  for (let i = 0; i < prompt.length; i++) {
    if (!(Number.isInteger(prompt[i]) && prompt[i] >= 0 && prompt[i] < vocabulary))
      throw new RangeError(`sample: the prompt has ${prompt[i]} at ${i}; there are ${vocabulary} characters`)
  }
}
