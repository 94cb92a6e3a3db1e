import { describe, expect, it } from '@jest/globals'
import { cpu, evaluator, generate, key, mean, normal, run, type Tensor } from '@elbo/tensor'
import { minus, times, type Real } from '../arithmetic.js'
import { closedBound } from '../objective/closed.js'
import { pointLikelihood } from '../objective/likelihoods.js'
import { estimatedBound } from './bound.js'
import { denoiserOf } from './denoiser.js'
import { denoisingOf, type DiffusionModel } from './run.js'

const evaluate = evaluator(run(cpu({ threads: 1 })))

const modelOf = (length: number): DiffusionModel => ({
  architecture: {
    ...{ kind: 'points', inputs: 2, hidden: [8], timeFeatures: 4, pointFeatures: 0, classes: 0 },
  },
  ...{ schedule: 'linear', length, prediction: 'epsilon', scale: 1 },
})

describe.each([1, 2, 7, 40])('the estimate of a bound of %i levels', length => {
  const denoising = denoisingOf(modelOf(length))
  const parameters = generate(key(1))(denoising.network.init)
  const x: Real = normal([8192, 2])(key(2))

  it.each(['posterior', 'transition'] as const)(
    'is that of all its terms, in the mean: %s',
    async variances => {
      const estimate = estimatedBound(denoising, 'points', { draws: 6, variances })(parameters, { x }, key(3))
      const whole = closedBound(
        { process: denoising.process, denoiser: denoiserOf(denoising)(parameters), variances },
        1,
        pointLikelihood(denoising.process, 1) as never,
      )(x)(key(4))
      const mean1 = (values: Real): Tensor => mean()(values)
      const found = await evaluate({
        prior: mean1(minus(estimate.prior, whole.top as Real)),
        reconstruction: [mean1(estimate.reconstruction), mean1(whole.reconstruction as Real)],
        steps: [mean1(estimate.steps), mean1(minus(whole.kl as Real, whole.top as Real))],
        bound: [mean1(estimate.negativeBound), mean1(times(whole.elbo as Real, -1))],
      })
      expect(found.prior.data[0]).toBe(0)
      // Their standard errors are a hundredth of a nat where they are small.
      for (const [one, other] of [found.reconstruction, found.steps, found.bound])
        expect(Math.abs(one.data[0] - other.data[0])).toBeLessThanOrEqual(
          0.03 * Math.max(1, Math.abs(other.data[0])),
        )
    },
  )
})
