import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  cpu,
  evaluator,
  generate,
  key,
  leavesOf,
  matmul,
  mean,
  reference,
  run,
  tensor,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { Normal, toEvent } from '@elbo/distributions'
import { embedding, layerOf, mlp, type Rows } from '@elbo/nn'
import { bernoulli } from '../likelihoods/bernoulli.js'
import { gaussian } from '../posteriors/gaussian.js'
import { standardNormal } from '../priors/standardNormal.js'
import { conditional, oneHotLabels } from './conditional.js'
import { slopesOf } from './slopes.testing.js'

const evaluate = evaluator(run(cpu({ threads: 1 })))
const inDoubles = evaluator(run(reference({ precision: 'f64' })))

/** z ~ Norm[0, 1], x ~ Norm[w z + c_y, σ²I] of two numbers, for three labels. */
const [w, sigma] = [[0.8, -1.1], 0.6]
const offsets = [
  [0.5, 0.1],
  [-1.2, 0.4],
  [0, 2],
]
const length = w[0] ** 2 + w[1] ** 2
const variance = 1 / (1 + length / sigma ** 2)

/** Norm[given · weight, deviation²] of so many numbers. */
const linearNormal = (weight: readonly (readonly number[])[], deviation: number) =>
  layerOf((given: Rows<number>) => {
    const matrix = tensor(weight.flat(), [weight.length, weight[0].length]) as Tensor as Rows<number>
    const loc = matmul(matrix)(given)
    return pipe(Normal({ loc, scale: deviation }), toEvent(1))
  })

/** By the determinant and the inverse of wwᵀ + σ²I. */
const evidence = (x: readonly number[], label: number): number => {
  const d = x.map((value, i) => value - offsets[label][i])
  const along = d[0] * w[0] + d[1] * w[1]
  const square = (d[0] ** 2 + d[1] ** 2 - along ** 2 / (sigma ** 2 + length)) / sigma ** 2
  return -0.5 * (2 * Math.log(2 * Math.PI) + Math.log(sigma ** 2 * (sigma ** 2 + length)) + square)
}

describe('a linear model of x given a label', () => {
  const gain = w.map(value => (variance * value) / sigma ** 2)
  const model = conditional({
    encoder: linearNormal(
      [...gain.map(g => [g]), ...offsets.map(offset => [-(offset[0] * gain[0] + offset[1] * gain[1])])],
      Math.sqrt(variance),
    ),
    decoder: linearNormal([w, ...offsets], sigma),
    prior: standardNormal(1),
    label: oneHotLabels(3),
  })

  it('has a bound that is ln P(x | y) at the posterior, for every draw', async () => {
    const data = [
      [0.3, 1.2],
      [-0.7, 0.2],
      [1.5, -2],
      [0.3, 1.2],
    ]
    const labels = [0, 1, 2, 2]
    const parameters = generate(key(0))(model.init)
    const x = tensor(data.flat(), [4, 2]) as Tensor as Rows<number>
    const given = model.given(tensor(labels, [4], 'i32'))
    for (const seed of [1, 2]) {
      const { elbo } = await evaluate(given.bound(parameters, x, { divergences: 'sampled' })(key(seed)))
      data.forEach((row, i) => expect(elbo.data[i]).toBeCloseTo(evidence(row, labels[i]), 4))
    }
  })
})

describe('a conditional VAE', () => {
  const model = conditional({
    encoder: gaussian(mlp([5 + 2, 4, 2])),
    decoder: bernoulli(mlp([2 + 2, 4, 5])),
    prior: standardNormal(2),
    label: embedding(3, 2),
  })
  const parameters = generate(key(4))(model.init)
  const x = tensor([1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0], [3, 5]) as Tensor as Rows<5>

  it('has the slopes of its bound, those of the labels too', async () => {
    const labels = tensor([0, 2, 2], [3], 'i32')
    const slopes = await slopesOf(
      inDoubles,
      (p: typeof parameters): Tensor<[]> => mean()(model.given(labels).bound(p, x)(key(8)).elbo),
      parameters,
    )
    expect(slopes).toHaveLength(10)
    for (const { path, slope, difference } of slopes) {
      expect([path, Math.abs(slope - difference) <= 1e-7 * Math.max(1, Math.abs(difference))]).toEqual([
        path,
        true,
      ])
      expect(Math.abs(slope)).toBeGreaterThan(1e-5)
    }
  })

  it('reads the label in encoder and decoder, and each has numbers of its own for it', async () => {
    const of = (labels: readonly number[]) => model.given(tensor(labels, [3], 'i32'))
    const z = tensor([0, 0, 1, 1, -1, 0.5], [3, 2]) as Tensor as Rows<2>
    const found = await evaluate({
      same: of([0, 1, 2]).encode(parameters)(x).mean(),
      other: of([0, 1, 1]).encode(parameters)(x).mean(),
      decoded: of([0, 1, 2]).decode(parameters)(z).mean(),
      decodedOther: of([0, 1, 1]).decode(parameters)(z).mean(),
    })
    const isLike = (one: ArrayLike<number>, two: ArrayLike<number>, width: number) =>
      [0, 1, 2].map(row =>
        Array.from({ length: width }, (_, i) => one[row * width + i] === two[row * width + i]).every(Boolean),
      )
    expect(isLike(found.same.data, found.other.data, 2)).toEqual([true, true, false])
    expect(isLike(found.decoded.data, found.decodedOther.data, 5)).toEqual([true, true, false])
    expect(leavesOf<Spec>(parameters).map(({ path }) => path)).toEqual([
      'encoder.label.weight',
      'encoder.network.0.weight',
      'encoder.network.0.bias',
      'encoder.network.1.weight',
      'encoder.network.1.bias',
      'decoder.label.weight',
      'decoder.network.0.weight',
      'decoder.network.0.bias',
      'decoder.network.1.weight',
      'decoder.network.1.bias',
    ])
  })
})
