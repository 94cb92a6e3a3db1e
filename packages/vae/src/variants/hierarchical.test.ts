import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  broadcastTo,
  cpu,
  evaluator,
  generate,
  key,
  leavesOf,
  mean,
  mul,
  reference,
  run,
  tensor,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { Normal, toEvent } from '@elbo/distributions'
import { logJoint, sample, type Program } from '@elbo/elbo'
import { layerOf, mlp, type Rows } from '@elbo/nn'
import { bernoulli } from '../likelihoods/bernoulli.js'
import { gaussian } from '../posteriors/gaussian.js'
import { standardNormal } from '../priors/standardNormal.js'
import { hierarchical } from './hierarchical.js'
import { slopesOf } from './slopes.testing.js'

const evaluate = evaluator(run(cpu({ threads: 1 })))
const inDoubles = evaluator(run(reference({ precision: 'f64' })))

/** Norm[gain · given, deviation²] of one number. */
const linearNormal = (gain: number, deviation: number) =>
  layerOf((given: Rows<1>) =>
    pipe(Normal({ loc: mul(gain)(given) as Tensor<[number, 1]>, scale: deviation }), toEvent(1)),
  )

/** z₂ ~ Norm[0, 1], z₁ ~ Norm[a z₂, s₁²], x ~ Norm[b z₁, s₀²]. */
const [a, s1, b, s0] = [0.9, 0.7, 1.6, 0.5]
const v1 = a * a + s1 * s1
const evidence = (x: number): number => {
  const variance = b * b * v1 + s0 * s0
  return -0.5 * (Math.log(2 * Math.PI * variance) + (x * x) / variance)
}
/** P(z₁ | x) = Norm[m x, r²] and P(z₂ | z₁) = Norm[n z₁, t²]. */
const r2 = 1 / (1 / v1 + (b * b) / (s0 * s0))
const m = (r2 * b) / (s0 * s0)
const t2 = 1 / (1 + (a * a) / (s1 * s1))
const n = (t2 * a) / (s1 * s1)

const linear = (gain: number, deviation: number) =>
  hierarchical({
    encoders: [linearNormal(gain, deviation), linearNormal(n, Math.sqrt(t2))],
    decoders: [linearNormal(b, s0), linearNormal(a, s1)],
    prior: standardNormal(1),
  })
const points = [-2.1, -0.3, 0.4, 1.7]
const x = tensor(points, [4, 1]) as Tensor as Rows<number>

describe('a linear hierarchy', () => {
  it('has a bound that is ln P(x) at the posterior, for every draw', async () => {
    const model = linear(m, Math.sqrt(r2))
    const parameters = generate(key(0))(model.init)
    for (const seed of [1, 2]) {
      const { elbo } = await evaluate(model.bound(parameters, x, { divergences: 'sampled' })(key(seed)))
      points.forEach((point, i) => expect(elbo.data[i]).toBeCloseTo(evidence(point), 4))
    }
  })

  it('has a bound that lacks KL[q(z₁ | x) ‖ P(z₁ | x)], and tells the divergence of each level', async () => {
    // A guide of z₁ that is off by 0.3 in its gain and by 1.4 in its deviation.
    const [gain, deviation] = [m + 0.3, 1.4 * Math.sqrt(r2)]
    const model = linear(gain, deviation)
    const parameters = generate(key(0))(model.init)
    const [count, point] = [20_000, 1.2]
    const same = broadcastTo([count, 1])(tensor([point], [1, 1])) as Tensor as Rows<number>
    const bound = await evaluate(model.bound(parameters, same)(key(3)))
    const q2 = deviation * deviation
    const gap = 0.5 * (q2 / r2 + (0.3 * point) ** 2 / r2 - 1 - Math.log(q2 / r2))
    // E of ½(t² + (n z₁)² − 1 − ln t²) under q(z₁ | x).
    const highest = 0.5 * (t2 + n * n * ((gain * point) ** 2 + q2) - 1 - Math.log(t2))
    const expectMean = (values: ArrayLike<number>, expected: number): void => {
      const list = Array.from(values)
      const average = list.reduce((total, value) => total + value, 0) / count
      const variance = list.reduce((total, value) => total + (value - average) ** 2, 0) / count
      expect(Math.abs(average - expected)).toBeLessThan(4 * Math.sqrt(variance / count))
    }
    expectMean(bound.elbo.data, evidence(point) - gap)
    expectMean(bound.divergences['z2'].data, highest)
    const lowest = Array.from(bound.divergences['z1'].data)
    expect(lowest).toHaveLength(count)
    lowest.forEach((value, i) =>
      expect(value + bound.divergences['z2'].data[i]).toBeCloseTo(bound.kl.data[i], 3),
    )
    expect(Object.keys(bound.divergences).sort()).toEqual(['z1', 'z2'])
  })
})

const model = hierarchical({
  encoders: [gaussian(mlp([5, 4, 3])), gaussian(mlp([3, 2])), gaussian(mlp([2, 1]))],
  decoders: [bernoulli(mlp([3, 4, 5])), gaussian(mlp([2, 3])), gaussian(mlp([1, 2]))],
  prior: standardNormal(1),
})
const parameters = generate(key(4))(model.init)
const pixels = tensor([1, 0, 1, 1, 0, 0, 0, 1, 0, 1], [2, 5]) as Tensor as Rows<number>

describe('a hierarchy of three levels', () => {
  it('has the slopes of its bound', async () => {
    const slopes = await slopesOf(
      inDoubles,
      (p: typeof parameters): Tensor<[]> => mean()(model.bound(p, pixels)(key(8)).elbo),
      parameters,
    )
    expect(slopes).toHaveLength(16)
    for (const { path, slope, difference } of slopes) {
      expect([path, Math.abs(slope - difference) <= 1e-7 * Math.max(1, Math.abs(difference))]).toEqual([
        path,
        true,
      ])
    }
    expect(slopes.filter(({ slope }) => Math.abs(slope) > 1e-3).length).toBeGreaterThan(12)
  })

  it('draws from the top down, site by site', async () => {
    expect(model.sites).toEqual(['z1', 'z2', 'z3'])
    const program = model.model(parameters, 6) as Program<Record<string, never>, unknown>
    const { values } = sample(program)(key(2)) as { readonly values: Readonly<Record<string, Tensor>> }
    expect(Object.entries(values).map(([name, { shape }]) => [name, shape])).toEqual([
      ['z3', [6, 1]],
      ['z2', [6, 2]],
      ['z1', [6, 3]],
      ['x', [6, 5]],
    ])
    const found = await evaluate({
      x: logJoint(values as never)(program as never).sites['x' as never],
      again: model
        .decode(parameters)(values['z1'] as Rows<number>)
        .logProb(values['x'] as never),
    })
    expect(found.x).toEqual(found.again)
    expect((await evaluate(model.sampleCodes(parameters, 6)(key(2)))).shape).toEqual([6, 3])
  })

  it('names its parameters in the format of checkpoints', () => {
    const paths = leavesOf<Spec>(parameters).map(({ path }) => path)
    expect(paths).toContain('encoder.0.1.weight')
    expect(paths).toContain('encoder.2.0.bias')
    expect(paths).toContain('decoder.0.0.weight')
    expect(paths).toContain('decoder.2.0.weight')
  })

  it('has one encoder and one decoder of each level', () => {
    expect(() =>
      hierarchical({
        encoders: [gaussian(mlp([5, 3]))],
        decoders: [bernoulli(mlp([3, 5])), gaussian(mlp([2, 3]))],
        prior: standardNormal(2),
      }),
    ).toThrow(new RangeError('hierarchical: 1 encoders and 2 decoders: each level has one of both'))
  })
})
