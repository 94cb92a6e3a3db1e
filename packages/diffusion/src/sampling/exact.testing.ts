import { constant, ndarray, type Shape, type Tensor } from '@elbo/tensor'
import { plus, type Real } from '../arithmetic.js'
import { exactMixture } from '../exact/mixture.js'
import type { Denoiser } from '../process/denoiser.js'

/** Data whose best denoiser is a formula: a mixture of round normal densities, each with one deviation. */
export interface Mixture {
  readonly weights: readonly number[]
  readonly means: readonly (readonly number[])[]
  readonly deviations: readonly number[]
}

/** The exact denoiser of z [n, d]. */
export const denoiserOf = ({ weights, means, deviations }: Mixture): Denoiser<Shape> =>
  exactMixture({ weights, means, deviations: means.map((mean, k) => mean.map(() => deviations[k])) })
    .denoiser as unknown as Denoiser<Shape>

/** Numbers that keep their double precision where programs are interpreted in it: each is a sum of two singles. */
export const doubled = <const S extends Shape>(values: readonly number[], shape: S): Tensor<[...S]> => {
  const high: Real = constant(ndarray(values, shape))
  const rest = values.map(value => (Number.isFinite(value) ? value - Math.fround(value) : 0))
  return plus(high, constant(ndarray(rest, shape))) as unknown as Tensor<[...S]>
}

/** `lift` of `tableOf`, in double precision. */
export const lifted = (values: readonly number[]): Tensor<[number]> => doubled(values, [values.length])
