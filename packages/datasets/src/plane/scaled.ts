import { pipe } from 'fp-ts/lib/function.js'
import { mul, sub } from '@elbo/tensor'
import { perPoint, type PlaneDensity } from './density.js'

/** The density of points that are so many times as far from the origin: p(x) = q(x/factor)/factor². */
export const scaledBy =
  (factor: number) =>
  ({ sample, logDensity, entropy, entropyError }: PlaneDensity): PlaneDensity => ({
    sample: count => key => mul(factor)(sample(count)(key)),
    logDensity: points => pipe(logDensity(mul(1 / factor)(points)), sub(2 * Math.log(factor)), perPoint),
    entropy: entropy + 2 * Math.log(factor),
    entropyError,
  })
