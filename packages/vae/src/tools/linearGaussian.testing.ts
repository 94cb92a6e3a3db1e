import { cpu, ndarray, run, type Arrays } from '@elbo/tensor'
import { mlp } from '@elbo/nn'
import { normal } from '../likelihoods/normal.js'
import { gaussian } from '../posteriors/gaussian.js'
import { standardNormal } from '../priors/standardNormal.js'
import { vae } from '../vae.js'
import type { CodesWithMoments, RowValues, TrainedModel } from './trained.js'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { OverCodes } from '../priors/prior.js'
import type { Vae } from '../vae.js'

/** z ~ Norm[0, I] in two dimensions, x ~ Norm[zW + b, σ²I] in three: everything that tools estimate has a closed form (Tipping and Bishop 1999). */
export interface LinearGaussian {
  readonly w: readonly [Row, Row]
  readonly sigma: number
}
type Row = readonly [number, number, number]

export const offset: Row = [0.3, -0.2, 0.5]
/** Columns of codes that share no direction: the posterior's coordinates are independent. */
export const upright: LinearGaussian = {
  w: [
    [1, 1, 0],
    [0.5, -0.5, 0.4],
  ],
  sigma: 0.8,
}
/** Codes that explain the same pixels: the posterior's coordinates are not independent. */
export const oblique: LinearGaussian = {
  w: [
    [1, -1, 0.5],
    [0.5, 0.5, 1],
  ],
  sigma: 0.7,
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)

type Square = readonly [readonly [number, number], readonly [number, number]]

const determinant = ([[a, b], [c, d]]: Square): number => a * d - b * c
const inverse = (m: Square): Square => {
  const [[a, b], [c, d]] = m
  const by = determinant(m)
  return [
    [d / by, -b / by],
    [-c / by, a / by],
  ]
}
const applied = (m: Square, v: readonly number[]): readonly [number, number] => [dot(m[0], v), dot(m[1], v)]

/** I + WWᵀ/σ², the inverse of the posterior's covariance. */
export const precision = ({ w, sigma }: LinearGaussian): Square => {
  const entry = (i: 0 | 1, j: 0 | 1): number => (i === j ? 1 : 0) + dot(w[i], w[j]) / sigma ** 2
  return [
    [entry(0, 0), entry(0, 1)],
    [entry(1, 0), entry(1, 1)],
  ]
}

/** E[z | x] */
export const posteriorMean = (model: LinearGaussian, x: ArrayLike<number>): readonly [number, number] => {
  const rest = Array.from(x, (value, i) => value - offset[i])
  return applied(inverse(precision(model)), [
    dot(model.w[0], rest) / model.sigma ** 2,
    dot(model.w[1], rest) / model.sigma ** 2,
  ])
}

/** ln Norm[x; b, WᵀW + σ²I], by ln P(x, z) − ln P(z | x) at the posterior's mean. */
export const logEvidence = (model: LinearGaussian, x: ArrayLike<number>): number => {
  const mean = posteriorMean(model, x)
  const { w, sigma } = model
  const errors = Array.from(x, (value, i) => value - offset[i] - mean[0] * w[0][i] - mean[1] * w[1][i])
  return (
    (-0.5 * dot(errors, errors)) / sigma ** 2 -
    3 * Math.log(sigma) -
    1.5 * Math.log(2 * Math.PI) -
    0.5 * dot(mean, mean) -
    0.5 * Math.log(determinant(precision(model)))
  )
}

/** KL of Norm[mean + shift, diag(scale²)] from the posterior. */
export const gapOf = (
  model: LinearGaussian,
  shift: readonly [number, number],
  scale: readonly [number, number],
): number => {
  const p = precision(model)
  return (
    0.5 *
    (p[0][0] * scale[0] ** 2 +
      p[1][1] * scale[1] ** 2 +
      dot(shift, applied(p, shift)) -
      2 -
      Math.log(determinant(p)) -
      2 * Math.log(scale[0] * scale[1]))
  )
}

/** What the best normal distribution with independent coordinates lacks: ½(Σ ln Λᵢᵢ − ln det Λ). */
export const leastGap = (model: LinearGaussian): number => {
  const p = precision(model)
  return 0.5 * (Math.log(p[0][0] * p[1][1]) - Math.log(determinant(p)))
}

/** The scales of that distribution. */
export const bestScale = (model: LinearGaussian): readonly [number, number] => {
  const p = precision(model)
  return [p[0][0] ** -0.5, p[1][1] ** -0.5]
}

const parts = (sigma: number) =>
  vae({
    encoder: gaussian(mlp([3, 2])),
    decoder: normal(sigma)(mlp([2, 3])),
    prior: standardNormal(2),
  })
type Parameters = typeof parts extends (sigma: number) => Vae<infer A, never, never, never> ? A : never

/** The model, with an encoder of the posterior's mean plus a shift, and of given scales. */
export const trainedLinear = (
  model: LinearGaussian,
  shift: readonly [number, number] = [0, 0],
  scale: readonly [number, number] = bestScale(model),
): TrainedModel<Parameters> => {
  const { w, sigma } = model
  const covariance = inverse(precision(model))
  const pull = ([0, 1, 2] as const).map(i =>
    applied(covariance, [w[0][i] / sigma ** 2, w[1][i] / sigma ** 2]),
  )
  const bias = [0, 1].map(d => shift[d] - pull.reduce((sum, each, i) => sum + each[d] * offset[i], 0))
  const parameters = {
    encoder: [
      {
        weight: ndarray(
          pull.flatMap(each => [...each, 0, 0]),
          [3, 4],
        ),
        bias: ndarray([...bias, 2 * Math.log(scale[0]), 2 * Math.log(scale[1])], [4]),
      },
    ],
    decoder: [{ weight: ndarray([...w[0], ...w[1]], [2, 3]), bias: ndarray([...offset], [3]) }],
    prior: {},
  } as unknown as Arrays<Parameters>
  return {
    vae: parts(sigma) as unknown as Vae<Parameters, CodesWithMoments, OverPixels<number>, OverCodes<number>>,
    pixels: { observe: x => x, picture: pixels => pixels.mean() },
    parameters,
  }
}

/** Examples far and near. */
export const examples: readonly Row[] = [
  [0.3, -0.2, 0.5],
  [1.2, 0.4, -0.3],
  [-0.9, 1.1, 1.4],
  [2, -1.5, 0.2],
  [-0.4, -0.6, -1],
]

export const exampleRows: RowValues = {
  shape: [examples.length, 3],
  dtype: 'f32',
  data: Float32Array.from(examples.flat()),
}

export const onCpu = await run(cpu({ threads: 1 }))
