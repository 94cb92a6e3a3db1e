import {
  exp,
  expandDims,
  grad,
  scalar,
  sigmoid,
  softplus,
  sqrt,
  square,
  sum,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import type { LevelTensors } from './denoiser.js'
import type { Family } from './level.js'

/** ln SNR as a function of time in [0, 1] within a program: falling, and finite at both ends. */
export type TensorLogSnr = (t: Real) => Real

/** α and σ of a family at ln SNR, as `levelAt` has them for numbers. */
const shares: Readonly<Record<Family, (logSnr: Real) => { readonly alpha: Real; readonly sigma: Real }>> = {
  'variance-preserving': l => ({ alpha: sqrt(sigmoid(l)), sigma: sqrt(sigmoid(times(l, -1))) }),
  'sub-variance-preserving': l => {
    const r = exp(times(l, 0.5))
    const root = sqrt(plus(times(square(r), 4), 1))
    const sigma = over(plus(times(r, 0), 2), plus(root, 1))
    return { alpha: times(r, sigma), sigma }
  },
  'variance-exploding': l => ({ alpha: plus(times(l, 0), 1), sigma: exp(times(l, -0.5)) }),
  'rectified-flow': l => ({ alpha: sigmoid(times(l, 0.5)), sigma: sigmoid(times(l, -0.5)) }),
}

/** The levels at times within a program, differentiable in the times and in what ln SNR is made of. */
export const levelsAtTimes =
  (family: Family, logSnr: TensorLogSnr) =>
  <L extends Shape>(time: Tensor<L>): LevelTensors<L> => {
    const found = logSnr(time)
    return { time, logSnr: found, ...shares[family](found) } as unknown as LevelTensors<L>
  }

/** d ln SNR/dt, element by element. */
export const slopeOf =
  (logSnr: TensorLogSnr): TensorLogSnr =>
  t =>
    grad((at: Real) => (sum() as (x: Real) => Real)(logSnr(at)) as Tensor<[]>)(t)

/** ln SNR in a straight line from one end to the other. */
export const lineLogSnr =
  (first: number, last: number): TensorLogSnr =>
  t =>
    plus(times(t, last - first), first)

/** What a learned ln SNR is made of. */
export interface LearnedLogSnr {
  /** ln SNR at time 0, f32[]. */
  readonly first: Tensor<readonly []>
  /** By how much it falls until time 1 is `softplus` of this, f32[]. */
  readonly fall: Tensor<readonly []>
  /** f32[h], each: how steep, where, and how much of each bend; `softplus` makes the first and the last positive. */
  readonly steepness: Tensor<readonly [number]>
  readonly place: Tensor<readonly [number]>
  readonly amount: Tensor<readonly [number]>
}

/**
 * A falling network of one number (after Kingma et al. 2021, appendix H): f(t) = t + Σ amount·s(steepness·t − place), s the logistic function, rises;
 * ln SNR(t) = first − fall·(f(t) − f(0))/(f(1) − f(0)), so that its ends are parameters of their own, to be learned or, stopped, to be kept.
 */
export const learnedLogSnr = ({ first, fall, steepness, place, amount }: LearnedLogSnr): TensorLogSnr => {
  const [slopes, sizes] = [softplus(steepness) as Real, softplus(amount) as Real]
  const rising = (t: Real): Real => {
    const each = expandDims(-1)(t)
    return plus(t, sumLast(times(sigmoid(minus(times(each, slopes), place as Real)), sizes), 1))
  }
  const [low, high] = [rising(scalar(0)), rising(scalar(1))]
  return t => {
    const part = over(minus(rising(t), low), minus(high, low))
    return plus(times(times(part, softplus(fall)), -1), first)
  }
}
