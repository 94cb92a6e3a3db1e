import { describe, expect, it } from '@jest/globals'
import { concat, key, log, logSumExp, reshape, scalar, tensor, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import type { LevelTensors } from '../process/denoiser.js'
import { levelAt, type Family } from '../process/level.js'
import { linear } from '../process/schedules/linear.js'
import { samplers } from '../samplers/table.js'
import { denoiserOf } from '../sampling/exact.testing.js'
import { sampleWith } from '../sampling/sample.js'
import { SamplingError } from '../sampling/sampling-error.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath } from '../spacing/spacing.js'
import { classifierGuided } from './classifier.js'
import { classifierFree } from './classifier-free.js'

/** Two classes, a part each. */
const [means, deviations, weights] = [
  [-1, 0.5],
  [0.25, 0.5],
  [0.25, 0.75],
] as const
const all = denoiserOf({ means: means.map(m => [m]), deviations, weights })
const ofClass = (k: number) => denoiserOf({ means: [[means[k]]], deviations: [deviations[k]], weights: [1] })

const levelOf = (family: Family) => {
  const { time, alpha, sigma, logSnr } = levelAt(family)(0.7, 0.4)
  return { time: scalar(time), alpha: scalar(alpha), sigma: scalar(sigma), logSnr: scalar(logSnr) }
}
const z = tensor([-1.5, -0.25, 0.5, 1.75], [4, 1]) as Tensor<Shape>
const families = [
  'variance-preserving',
  'sub-variance-preserving',
  'variance-exploding',
  'rectified-flow',
] as const satisfies readonly Family[]

const expectAlike = async (found: Real, expected: Real, tolerance = 1e-5): Promise<void> => {
  const [a, b] = [await numbers(found, inDoubles), await numbers(expected, inDoubles)]
  expect(a).toHaveLength(b.length)
  a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThan(tolerance))
}

/** ln P(second class | z): Bayes' rule with the densities of both at this level. */
const exactClassifier = (at: Tensor<Shape>, level: LevelTensors): Tensor<readonly [number]> => {
  const logs = means.map((mean, k): Real => {
    const variance: Real = plus(
      times(level.alpha, level.alpha, deviations[k] ** 2),
      times(level.sigma, level.sigma),
    )
    const off = minus(at, times(level.alpha, mean))
    return plus(over(times(off, off, -0.5), variance), times(log(variance), -0.5), Math.log(weights[k]))
  })
  const joined = (concat(1) as (columns: readonly Real[]) => Tensor<[number, number]>)(logs)
  return (reshape([at.shape[0]]) as (x: Real) => Tensor<readonly [number]>)(
    minus(logs[1], logSumExp(1, { keepDims: true })(joined)),
  )
}

describe('guidance by a classifier', () => {
  it.each(families)('makes of the denoiser of all that of a class, at scale 1: %s', async family => {
    const level = levelOf(family)
    const guided = classifierGuided<Shape>(exactClassifier)(all)(z, level)
    const expected = ofClass(1)(z, level)
    await expectAlike(guided.x, expected.x)
    await expectAlike(guided.epsilon, expected.epsilon)
  })

  it('is nothing at scale 0, and keeps z whole at any', async () => {
    const level = levelOf('variance-preserving')
    const { x, epsilon } = classifierGuided<Shape>(exactClassifier, 3)(all)(z, level)
    await expectAlike(plus(times(x, level.alpha), times(epsilon, level.sigma)), z)
    await expectAlike(classifierGuided<Shape>(exactClassifier, 0)(all)(z, level).x, all(z, level).x)
  })
})

describe('guidance without a classifier', () => {
  const level = levelOf('variance-preserving')

  it('goes from all (0) through a class (1) and beyond', async () => {
    const [u, c] = [all(z, level), ofClass(1)(z, level)]
    const at = (scale: number) => classifierFree({ scale })(ofClass(1), all)(z, level)
    await expectAlike(at(0).x, u.x)
    await expectAlike(at(1).epsilon, c.epsilon)
    await expectAlike(at(3).x, plus(u.x, times(minus(c.x, u.x), 3)))
    await expectAlike(plus(times(at(3).x, level.alpha), times(at(3).epsilon, level.sigma)), z)
  })

  it('brings x back to the deviation that it has without', async () => {
    const wide = tensor([-1.5, -0.25, 0.5, 1.75, 0.25, 0.5], [2, 3]) as Tensor<Shape>
    const conditional = (at: Tensor<Shape>) => ({ x: at, epsilon: at })
    const unconditional = (at: Tensor<Shape>) => ({ x: times(at, -0.5), epsilon: at })
    const at = (rescale: number) =>
      classifierFree({ scale: 3, rescale })(conditional, unconditional)(wide, level)
    // Guided, x is 4 z, whose deviation is 4 times too large; half-way back it is 2.5 times.
    await expectAlike(at(0).x, times(wide, 4))
    await expectAlike(at(1).x, wide)
    await expectAlike(at(0.5).x, times(wide, 2.5))
    await expectAlike(plus(times(at(0.5).x, level.alpha), times(at(0.5).epsilon, level.sigma)), wide)
  })

  it('draws from a class', async () => {
    const path = continuousPath(linspace, linear(), { last: 1e-3 })(60)
    const denoise = classifierFree({ scale: 1 })(ofClass(0), all)
    const drawn = await numbers(sampleWith(samplers.heun, path)(denoise, [2000, 1])(key(1)), onCpu)
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
    expect(Math.abs(mean - means[0])).toBeLessThan((4 * deviations[0]) / Math.sqrt(2000) + 2e-3)
  })

  it('has a scale, and a share', () => {
    expect(() => classifierFree({ scale: NaN })).toThrow(SamplingError)
    expect(() => classifierFree({ scale: 1, rescale: 2 })).toThrow(SamplingError)
  })
})
