import { describe, expect, it } from '@jest/globals'
import { key, tensor, type Shape, type Tensor } from '@elbo/tensor'
import { inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import { cosineBetas } from '../process/schedules/cosine.js'
import { linear, linearBetas } from '../process/schedules/linear.js'
import { rectifiedFlow } from '../process/schedules/rectified-flow.js'
import { ddim } from '../samplers/ddim.js'
import { samplers } from '../samplers/table.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath, discretePath } from '../spacing/spacing.js'
import { denoiserOf } from './exact.testing.js'
import { interpolateWith, slerp } from './interpolation.js'
import { invertWith } from './inversion.js'
import { editWith, lowerPart } from './image-to-image.js'
import { noiseRatio } from './path.js'
import { sampleWith } from './sample.js'
import { SamplingError } from './sampling-error.js'

const [mean, deviation] = [0.5, 0.75]
const normal = denoiserOf({ weights: [1], means: [[mean]], deviations: [deviation] })
const two = denoiserOf({ weights: [0.5, 0.5], means: [[-1], [0.5]], deviations: [0.25, 0.5] })
const values = [-0.5, 0.25, 1.5]
const x = tensor(values, [3, 1]) as Tensor<Shape>
const path = continuousPath(linspace, linear(), { last: 1e-3 })(200)

const worst = (found: readonly number[], expected: readonly number[]): number =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0)

describe('inversion', () => {
  it('finds the latent of the probability flow', async () => {
    const found = await numbers(invertWith(path, { iterations: 20 })(normal, x), inDoubles)
    const { alpha, sigma } = path[0]
    const latents = values.map(
      value => alpha * mean + ((value - mean) / deviation) * Math.hypot(alpha * deviation, sigma),
    )
    expect(worst(found, latents)).toBeLessThan(0.03)
    const once = await numbers(invertWith(path)(normal, x), inDoubles)
    expect(worst(once, latents)).toBeLessThan(0.06)
  })

  it('leads where ddim leads back from', async () => {
    const back = (iterations: number) =>
      numbers(sampleWith(ddim(), path)(two, invertWith(path, { iterations })(two, x))(key(1)), inDoubles)
    const once = worst(await back(1), values)
    const often = worst(await back(30), values)
    expect(once).toBeLessThan(0.1)
    expect(often).toBeLessThan(1e-4)
    expect(once).toBeGreaterThan(100 * often)
  })

  it('goes up to where there is no signal', async () => {
    const whole = discretePath(linspace, linearBetas(50))(50)
    const flow = continuousPath(linspace, rectifiedFlow(), { last: 0.01 })(100)
    for (const way of [whole, flow]) {
      const z = invertWith(way, { iterations: 30 })(two, x)
      const again = await numbers(sampleWith(ddim(), way)(two, z)(key(1)), inDoubles)
      expect(worst(again, values)).toBeLessThan(2e-3)
    }
  })

  it('takes a whole number of iterations', () => {
    for (const iterations of [0, 1.5])
      expect(() => invertWith(path, { iterations })(two, x)).toThrow(SamplingError)
  })
})

describe('slerp', () => {
  const a = tensor([
    [3, 0],
    [1, 1],
    [1, 2],
  ]) as Tensor<Shape>
  const b = tensor([
    [0, 3],
    [1, 1],
    [-2, 1],
  ]) as Tensor<Shape>

  it('turns each example by its own angle, and keeps its length', async () => {
    const third = await numbers(slerp(1 / 3)(a, b), inDoubles)
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
    // A right angle twice, and none.
    expect(worst(third, [3 * cos, 3 * sin, 1, 1, cos - 2 * sin, 2 * cos + sin])).toBeLessThan(1e-6)
  })

  it('starts at one and ends at the other', async () => {
    expect(worst(await numbers(slerp(0)(a, b)), await numbers(a))).toBeLessThan(1e-6)
    expect(worst(await numbers(slerp(1)(a, b)), await numbers(b))).toBeLessThan(1e-6)
  })
})

describe('interpolation', () => {
  it('leads from one to the other through the data', async () => {
    const other = tensor([1, -0.75, 0.5], [3, 1]) as Tensor<Shape>
    const all = await Promise.all(
      interpolateWith(ddim(), path, { iterations: 30 })(
        normal,
        x,
        other,
        [0, 1],
      )(key(1)).map(found => numbers(found, inDoubles)),
    )
    expect(worst(all[0], values)).toBeLessThan(1e-3)
    expect(worst(all[1], [1, -0.75, 0.5])).toBeLessThan(1e-3)
  })
})

describe('images from images', () => {
  it('walk the last part of a path', () => {
    const whole = discretePath(linspace, cosineBetas(10))(10)
    expect(lowerPart(whole, 1)).toEqual(whole)
    expect(lowerPart(whole, 0.35)).toEqual(whole.slice(6))
    expect(lowerPart(whole, 0.01)).toEqual(whole.slice(9))
    for (const strength of [0, 1.1, NaN]) expect(() => lowerPart(whole, strength)).toThrow(SamplingError)
  })

  it('keep as much as the strength leaves', async () => {
    // Of x with noise r = σ/α, the flow of a normal density makes m + s (x + r n − m)/√(s² + r²).
    const many = tensor(new Float32Array(4000).fill(1.5), [4000, 1]) as Tensor<Shape>
    for (const strength of [0.2, 0.5, 1]) {
      const ratio = noiseRatio(lowerPart(path, strength)[0])
      const shrink = deviation / Math.hypot(deviation, ratio)
      const found = await numbers(editWith(samplers.heun, path, strength)(normal, many)(key(2)), onCpu)
      const average = found.reduce((sum, value) => sum + value, 0) / 4000
      const spread = Math.sqrt(found.reduce((sum, value) => sum + (value - average) ** 2, 0) / 4000)
      expect(Math.abs(average - (mean + shrink * (1.5 - mean)))).toBeLessThan(
        (4 * spread) / Math.sqrt(4000) + 2e-3,
      )
      expect(Math.abs(spread / (shrink * ratio) - 1)).toBeLessThan(4 / Math.sqrt(8000) + 2e-3)
    }
  })
})
