import { pipe } from 'fp-ts/lib/function.js'
import { draw, exp, mul, normal, zeros, type Shape, type Tensor } from '@elbo/tensor'
import {
  Categorical,
  expand,
  MixtureSameFamily,
  Normal,
  toEvent,
  type Expanded,
  type Independent,
} from '@elbo/distributions'
import type { Prior } from './prior.js'

/** Of K components in Z dimensions. */
export interface MixtureParameters<K extends number, Z extends number> {
  /** ln of the weights, up to a constant. */
  readonly logits: Tensor<readonly [K], 'f32'>
  readonly loc: Tensor<readonly [K, Z], 'f32'>
  /** ln σ². */
  readonly logVariance: Tensor<readonly [K, Z], 'f32'>
}

/** A mixture of diagonal normal distributions, one for each example. */
export type Mixed<Z extends number> = Expanded<
  MixtureSameFamily<[], Independent<Normal<[number, Z]>, 1>>,
  [number]
>

/**
 * P(z) = Σ_k w_k Norm[μ_k, diag σ_k²], all of it learned. Weights begin equal and deviations as 1; means are drawn from Norm[0, I], as equal
 * components would stay equal. KL[q ‖ P] has no closed form: bounds take ln q − ln P of their draws. Paths: `logits`, `loc`, `logVariance`.
 * @throws RangeError `mixture: components must be a whole number from 1, but is 0`
 */
export const mixture = <const K extends number, const Z extends number>(
  components: K,
  dimensions: Z,
): Prior<MixtureParameters<K, Z>, unknown, Z, Mixed<Z>> => {
  if (!Number.isInteger(components) || components < 1)
    throw new RangeError(`mixture: components must be a whole number from 1, but is ${components}`)
  return {
    init: key => {
      const [loc, next] = draw(normal([components, dimensions]))(key)
      const equal: Tensor<Shape> = zeros([components])
      const unit: Tensor<Shape> = zeros([components, dimensions])
      return [{ logits: equal, loc, logVariance: unit } as unknown as MixtureParameters<K, Z>, next]
    },
    apply: ({ logits, loc, logVariance }) => {
      const one = MixtureSameFamily({
        mixing: Categorical({ logits }),
        components: pipe(Normal({ loc, scale: exp(mul(0.5)(logVariance)) }), toEvent(1)),
      })
      return batch => pipe(one, expand([batch])) as unknown as Mixed<Z>
    },
  }
}
