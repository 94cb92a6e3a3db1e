import {
  full,
  and,
  arange,
  argsort,
  cumsum,
  div,
  expandDims,
  lt,
  softmax,
  squeeze,
  sub,
  takeAlongAxis,
  where,
  type Draw,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { Categorical } from '@elbo/distributions'
import type { Rows } from '@elbo/nn'

/** How the next character is drawn from its logits. */
export interface SamplingOptions {
  /** Logits are divided by it: below 1 the likely become likelier, 0 always takes the likeliest. 1 unless told. */
  readonly temperature?: number
  /** Only so many of the likeliest (Fan, Lewis and Dauphin 2018); all unless told. */
  readonly topK?: number
  /** Only the fewest of the likeliest whose probabilities reach this sum (Holtzman et al. 2020); all unless told. */
  readonly nucleus?: number
}

type Scalar<D extends 'f32' | 'i32'> = Tensor<readonly [], D>

/** The options as numbers of a program, so that one program draws by any of them. */
export interface SamplingInputs {
  readonly temperature: Scalar<'f32'>
  readonly topK: Scalar<'i32'>
  readonly nucleus: Scalar<'f32'>
}

/**
 * The options as plain numbers for `vocabulary` characters.
 * @throws RangeError unless temperature ≥ 0, topK is a positive integer, and 0 < nucleus ≤ 1.
 */
export const samplingNumbers = (
  { temperature = 1, topK, nucleus }: SamplingOptions,
  vocabulary: number,
): { readonly temperature: number; readonly topK: number; readonly nucleus: number } => {
  if (!(temperature >= 0 && temperature < Infinity))
    throw new RangeError(`sampling: the temperature ${temperature} is not a number from 0`)
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK > 0))
    throw new RangeError(`sampling: there are no ${topK} likeliest characters`)
  if (nucleus !== undefined && !(nucleus > 0 && nucleus <= 1))
    throw new RangeError(`sampling: the nucleus ${nucleus} is not in (0, 1]`)
  if (temperature === 0) return { temperature: 1, topK: 1, nucleus: 2 }
  // Rounded sums may pass 1, so "all" is more than that.
  return { temperature, topK: Math.min(topK ?? vocabulary, vocabulary), nucleus: nucleus ?? 2 }
}

/** What a character that is left out has in place of its logit: e to its power is 0. */
const never = -1e9

/**
 * One draw for each row of logits [batch, vocabulary]: [batch]. First the temperature, then the `topK` likeliest, and of those renormalised the
 * nucleus. The draw itself is that of `Categorical`.
 */
export const drawNext =
  ({ temperature, topK, nucleus }: SamplingInputs) =>
  (logits: Rows<number>): Draw<Tensor<readonly [number], 'i32'>> =>
  key => {
    const tempered: Tensor<Shape> = div<Shape, 'f32'>(temperature)(logits)
    const order = argsort(-1, { descending: true })(tempered)
    const sorted: Tensor<Shape> = takeAlongAxis<Shape, number>(order, -1)(tempered)
    const absent = full(sorted.shape, never) as Tensor<Shape>
    const isLikely = lt<Shape, 'i32'>(topK)(arange(logits.shape[1], 'i32'))
    const likely: Tensor<Shape> = where<Shape, Shape, 'f32'>(sorted, absent)(isLikely)
    const share = softmax()(likely)
    // What stands before a character: the likeliest is always in.
    const before: Tensor<Shape> = sub<Shape, 'f32'>(share)(cumsum(-1)(share))
    const isIn = and<Shape, 'bool'>(isLikely)(lt<Shape, 'f32'>(nucleus)(before))
    const kept: Tensor<Shape> = where<Shape, Shape, 'f32'>(likely, absent)(isIn)
    const rank: Tensor<Shape, 'i32'> = Categorical({ logits: kept }).sample()(key)
    return squeeze(-1)(takeAlongAxis<Shape, number>(expandDims(-1)(rank), -1)(order)) as Tensor<
      Shape,
      'i32'
    > as Tensor<readonly [number], 'i32'>
  }
