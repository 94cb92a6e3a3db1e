import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  constant,
  div,
  expandDims,
  mean,
  mul,
  ndarray,
  neg,
  scalar,
  split,
  square,
  sub,
  sum,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { Vae } from '../vae.js'
import type { Objective } from './objective.js'
import { drawnTerms } from './terms.js'

export interface WassersteinOptions {
  /** λ, what the discrepancy is multiplied by. */
  readonly weight: number
}

type Real = Tensor<Shape>

/** The kernel's widths, as multiples of 2d, the mean square distance of two draws of Norm[0, I]. */
const scales = [0.1, 0.2, 0.5, 1, 2, 5, 10]

/** Σ C/(C + ‖a − b‖²) over the scales, for each pair of rows: the inverse multiquadric kernel. */
const kernel = (a: Rows<number>, b: Rows<number>): Real => {
  const distance = pipe(
    sub(expandDims(0)(b) as Real)(expandDims(1)(a) as Real) as Real,
    square,
    sum(2) as (x: Real) => Real,
  )
  const [first, ...rest] = scales.map(scale => {
    const c = 2 * a.shape[1] * scale
    return div(add(c)(distance))(scalar(c)) as Real
  })
  return rest.reduce<Real>((total, each) => add(each)(total) as Real, first)
}

/** 1 for each pair of different rows. */
const apart = (n: number): Real =>
  constant(
    ndarray(
      Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? 0 : 1)),
      [n, n],
    ),
  )

/**
 * The squared maximum mean discrepancy of the distributions of two samples of n rows each, without bias (Gretton et al. 2012, lemma 6): pairs of
 * a row with itself are left out.
 */
export const discrepancy = (a: Rows<number>, b: Rows<number>): Tensor<[]> => {
  const [n] = a.shape
  const within = (rows: Rows<number>): Tensor<[]> =>
    mul(1 / (n * (n - 1)))(sum()(mul(apart(n))(kernel(rows, rows)) as Real))
  const between = mul(2 / (n * n))(sum()(kernel(a, b)))
  return pipe(within(a), add(within(b)), sub(between))
}

/**
 * WAE-MMD (Tolstikhin et al. 2018): −E[ln P(x | z)] + λ·MMD²[q(z), P(z)] with the inverse multiquadric kernel, over a batch. Of its own: `mmd`, the
 * squared discrepancy between the codes of the batch and as many draws from the prior.
 * @throws RangeError for a batch of one.
 */
export const wassersteinLoss =
  ({ weight }: WassersteinOptions) =>
  <A>(model: Vae<A>): Objective<A> =>
  (parameters, x, key) => {
    if (x.shape[0] < 2) throw new RangeError('wassersteinLoss: a batch of one has no pairs')
    const [forCodes, forPrior] = split(key, 2) as readonly [Key, Key]
    const { p, z, reconstruction, kl, elbo } = drawnTerms(model, parameters, x, forCodes)
    const mmd = discrepancy(z, p.sample()(forPrior))
    const reconstructed = mean()(reconstruction)
    return [
      neg(sub(mul(weight)(mmd))(reconstructed)),
      { elbo: mean()(elbo), reconstruction: reconstructed, kl: mean()(kl), mmd },
    ]
  }
