import { pipe } from 'fp-ts/lib/function.js'
import { zeros, type Tensor } from '@elbo/tensor'
import { Normal, toEvent, type Independent } from '@elbo/distributions'
import type { NoParameters } from '@elbo/nn'
import type { Prior } from './prior.js'

/** Norm[0, I], one for each example. */
export type StandardNormal<Z extends number> = Independent<Normal<[number, Z]>, 1>

/** P(z) = Norm[0, I] in `dimensions` dimensions. Without parameters. */
export const standardNormal = <const Z extends number>(
  dimensions: Z,
): Prior<NoParameters, unknown, Z, StandardNormal<Z>> => ({
  init: key => [{}, key],
  apply: () => batch =>
    pipe(Normal({ loc: zeros([batch, dimensions]) as Tensor as Tensor<[number, Z]>, scale: 1 }), toEvent(1)),
})
