import { describe, expect, it } from '@jest/globals'
import { concat, key, slice, tensor, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { numbers, onCpu } from '../evaluate.testing.js'
import type { Denoiser } from '../process/denoiser.js'
import { linear } from '../process/schedules/linear.js'
import { ancestral } from '../samplers/ancestral.js'
import { ddim } from '../samplers/ddim.js'
import { lms } from '../samplers/lms.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath } from '../spacing/spacing.js'
import { inpaintWith, movesOf } from './inpainting.js'
import { SamplingError } from './sampling-error.js'
import { remade } from './thresholding.js'

const correlation = 0.8

const columnOf = (x: Real, k: number): Real => (slice(null, [k, k + 1]) as (x: Real) => Real)(x)

/**
 * The exact denoiser of points [n, 2] from a normal density with variances 1 and a correlation: x̂ is α C (α² C + σ² I)⁻¹ z, by the sum and the
 * difference of the coordinates, whose variances are 1 ± the correlation.
 */
const denoise: Denoiser<Shape> = (z, level) => {
  const [alpha, sigma]: readonly Real[] = [level.alpha, level.sigma]
  const part = (u: Real, variance: number): Real =>
    over(times(u, times(alpha, variance)), plus(times(alpha, alpha, variance), times(sigma, sigma)))
  const [a, b] = [columnOf(z, 0), columnOf(z, 1)]
  const [sum, difference] = [part(plus(a, b), 1 + correlation), part(minus(a, b), 1 - correlation)]
  const columns = [times(plus(sum, difference), 0.5), times(minus(sum, difference), 0.5)]
  const x: Real = (concat(1) as (columns: readonly Real[]) => Real)(columns)
  return remade(z, level, { x, epsilon: x }, x)
}

const count = 2000
const path = continuousPath(linspace, linear(), { last: 1e-3 })(40)
const given = 1.5
const known = {
  x: tensor(
    Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? given : 0)),
    [count, 2],
  ) as Tensor<Shape>,
  mask: tensor(
    Array.from({ length: 2 * count }, (_, i) => 1 - (i % 2)),
    [count, 2],
  ) as Tensor<Shape>,
}

const momentsOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length }
}

const filled = async (jump: number, walks: number) => {
  const found = await numbers(
    inpaintWith(ancestral(), path, { jump, times: walks })(denoise, known)(key(4)),
    onCpu,
  )
  expect(new Set(found.filter((_, i) => i % 2 === 0))).toEqual(new Set([given]))
  return momentsOf(found.filter((_, i) => i % 2 === 1))
}

describe('inpainting', () => {
  it('keeps what is known, and fills in what goes with it, the better the more often it resamples', async () => {
    // The rest is normal with mean ρ · given. Its variance is not found: what is known is noised anew each time.
    const off = async (jump: number, walks: number): Promise<number> =>
      Math.abs((await filled(jump, walks)).mean - correlation * given)
    expect(await off(5, 1)).toBeGreaterThan(0.4)
    expect(await off(5, 10)).toBeLessThan(0.12)
    expect(await off(1, 40)).toBeLessThan(0.04)
  })

  it('is no place for samplers that remember', () => {
    expect(() => inpaintWith(lms(), path)(denoise, known)).toThrow(SamplingError)
    const again = inpaintWith(ddim(), path)(denoise, known)(key(1))
    expect(again.shape).toEqual([count, 2])
  })
})

describe('moves', () => {
  it('walk each stretch in order without resampling', () => {
    expect(movesOf(4, { times: 1 })).toEqual([0, 1, 2, 3].map(i => ({ stretch: i, then: i + 1 })))
  })

  it('go up by a jump, each so often', () => {
    // Of the paper’s schedule for T = 6, jumps of 2, twice: 6 5 4, 3 2, 3 4, 3 2, 1 0, 1 2, 1 0.
    expect(movesOf(6, { jump: 2, times: 2 })).toEqual([
      { stretch: 0, then: 1 },
      { stretch: 1, then: 2 },
      { stretch: 2, then: 3 },
      { stretch: 3, then: 2 },
      { stretch: 2, then: 3 },
      { stretch: 3, then: 4 },
      { stretch: 4, then: 5 },
      { stretch: 5, then: 4 },
      { stretch: 4, then: 5 },
      { stretch: 5, then: 6 },
    ])
  })

  it('are whole numbers', () => {
    for (const options of [{ jump: 0 }, { times: 1.5 }])
      expect(() => movesOf(5, options)).toThrow(SamplingError)
  })
})
