import { DiscretisedNormal, Normal, toEvent, type Independent } from '@elbo/distributions'
import { round, type Shape, type Tensor } from '@elbo/tensor'
import { plus, times, type Real } from '../arithmetic.js'
import type { DiscreteProcess } from '../process/discrete.js'
import type { Estimate } from '../process/denoiser.js'

/**
 * P(x | z₁) for points: Norm[x̂, σ₁²], the variance of the first step. `pointLikelihood(process, axes)` is what `reverse` and `closedBound` ask for.
 */
export const pointLikelihood =
  <const N extends number>({ levels }: DiscreteProcess, axes: N, scale = levels[1].sigma) =>
  <S extends Shape>({ x }: Estimate<S>): Independent<Normal<[...S]>, N> =>
    toEvent(axes)(Normal({ loc: x, scale }))

/**
 * P(x | z₁) for images of 256 levels of intensity that the model sees scaled to [−1, 1]: the mass that Norm[x̂, σ₁²] has in each level's bin, the first and the
 * last with the tails (Ho et al. 2020, eq. 13). It is a distribution of levels 0 … 255: what bounds are told to be observed is `levelsOfImage(x)`.
 */
export const imageLikelihood =
  <const N extends number>({ levels }: DiscreteProcess, axes: N, scale = levels[1].sigma) =>
  <S extends Shape>({ x }: Estimate<S>): Independent<DiscretisedNormal<[...S]>, N> =>
    toEvent(axes)(
      DiscretisedNormal({
        loc: times(plus(x as Real, 1), 127.5),
        scale: scale * 127.5,
        levels: 256,
      }),
    ) as unknown as Independent<DiscretisedNormal<[...S]>, N>

/** The levels 0 … 255 of intensities in [−1, 1]. */
export const levelsOfImage = <S extends Shape>(x: Tensor<S>): Tensor<S> =>
  round(times(plus(x as Real, 1), 127.5)) as Tensor<S>
