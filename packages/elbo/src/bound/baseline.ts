import { mean, stopGradient, type Tensor } from '@elbo/tensor'
import { gradientOnly, meanOver, minus, plus, shaped, spread, times, type Real } from '../arithmetic.js'

/** What is subtracted from the bound before it multiplies a score: it lowers the variance and leaves the mean. */
export type Baseline = 'leaveOneOut' | Tensor<readonly number[]>

/**
 * 0 in value, with the gradient of the score, E[(f − b)·∇ ln q] (Williams 1992). `f` and `score` have the draws along their first axis.
 * b is the mean of the other draws' f (Kool et al. 2019) unless it is given; 0 where there are no others.
 */
export const scoreTerm = (
  f: Real,
  score: Real,
  expected: (x: Real) => Real,
  baseline: Baseline | undefined,
): Real => {
  const [draws] = f.shape
  const signal = stopGradient(f)
  if (baseline !== undefined && baseline !== 'leaveOneOut')
    return gradientOnly(expected(times(minus(signal, stopGradient(baseline)), score)))
  if (draws === 1) return gradientOnly(expected(times(signal, score)))
  const middle = spread(signal.shape, shaped([1, ...signal.shape.slice(1)], meanOver(0, signal)))
  // f less the mean of the others is (f − mean f)·n/(n − 1).
  return gradientOnly(expected(times(minus(signal, middle), score, draws / (draws - 1))))
}

/**
 * A baseline that follows the bound: `movingAverage(0.9)(previous, elbo)` is 0.9 of the previous baseline and 0.1 of the latest mean bound, for
 * the next step.
 */
export const movingAverage =
  (decay: number) =>
  (previous: Tensor<readonly []>, latest: Tensor<readonly number[]>): Tensor<[]> =>
    stopGradient(plus(times(previous, decay), times(mean()(latest), 1 - decay))) as Tensor<[]>
