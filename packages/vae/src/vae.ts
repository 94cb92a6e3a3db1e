import { pipe } from 'fp-ts/lib/function.js'
import { split, type Draw, type Gen, type Key } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import {
  chain,
  condition,
  draw,
  elbo,
  importanceWeighted,
  map,
  type Bound,
  type ElboOptions,
  type ImportanceBound,
  type ImportanceOptions,
  type Program,
  type Sites,
  type Values,
} from '@elbo/elbo'
import type { Layer, Rows } from '@elbo/nn'
import type { OverPixels } from './likelihoods/likelihood.js'
import type { OverCodes, Prior } from './priors/prior.js'

/** How many numbers a distribution's rows have. */
export type WidthOf<D extends AnyDistribution> = D['eventShape'][0]

/** θ, φ, and the prior's own. Paths: `encoder.…`, `decoder.…` and `prior.…`, each followed by its part's; a prior without parameters has none. */
export interface VaeParameters<E, D, P> {
  readonly encoder: E
  readonly decoder: D
  readonly prior: P
}

export interface VaeParts<
  E,
  D,
  P,
  X extends number,
  Q extends OverCodes<number>,
  L extends OverPixels<X>,
  R extends OverCodes<WidthOf<Q>>,
> {
  /** q(z | x, θ). The other parts have to fit its dimensions. */
  readonly encoder: Layer<E, Rows<X>, Q>
  /** P(x | z, φ). */
  readonly decoder: Layer<D, Rows<WidthOf<NoInfer<Q>>>, L>
  /** P(z). */
  readonly prior: Prior<P, NoInfer<Q>, WidthOf<NoInfer<Q>>, R>
}

/** The bound of a batch: `elbo`, `objective`, `reconstruction` and `kl`, one number for each example, in nats. */
export type VaeBound = Bound<[number], 'x', 'z'>

/** A VAE as a generative program with the sites z and x, and a guide with the site z. `A` are its parameters. */
export interface Vae<
  A,
  Q extends OverCodes<number> = OverCodes<number>,
  L extends OverPixels<number> = OverPixels<number>,
  R extends OverCodes<number> = OverCodes<number>,
> {
  readonly init: Gen<A>
  /** q(z | x) */
  readonly encode: (parameters: A) => (x: Rows<WidthOf<L>>) => Q
  /** P(x | z) */
  readonly decode: (parameters: A) => (z: Rows<WidthOf<Q>>) => L
  /** P(z), for so many examples. */
  readonly prior: (parameters: A) => (batch: number) => R
  /** z ~ P(z), x ~ P(x | z), for so many examples. */
  readonly model: (
    parameters: A,
    batch: number,
  ) => Program<{ readonly z: R; readonly x: L }, Values<{ readonly z: R; readonly x: L }>>
  /** z ~ q(z | x), for each row of x. */
  readonly guide: (
    parameters: A,
    x: Rows<WidthOf<L>>,
  ) => Program<{ readonly z: Q }, Values<{ readonly z: Q }>>
  /**
   * The evidence lower bound, ELBO[θ, φ] = ∫ q(z | x, θ) ln P(x | z, φ) dz − KL[q(z | x, θ) ‖ P(z)] ≤ ln P(x | φ): the divergence in closed
   * form where there is one, the rest by one reparameterised draw unless told, so that the gradient is unbiased. See `elbo` of `@elbo/elbo`.
   */
  readonly bound: (parameters: A, x: Rows<WidthOf<L>>, options?: ElboOptions) => Draw<VaeBound>
  /** The importance-weighted bound of several draws. See `importanceWeighted` of `@elbo/elbo`. */
  readonly importance: (
    parameters: A,
    x: Rows<WidthOf<L>>,
    options: ImportanceOptions,
  ) => Draw<ImportanceBound<[number]>>
}

/** A program's result by site, with the values that the sites before gave. */
const named =
  <N extends string>(name: N, distribution: AnyDistribution) =>
  (before: object): Program<Sites, object> =>
    map((value: unknown) => ({ ...before, [name]: value }))(draw(name, distribution))

/**
 * A variational autoencoder (Kingma and Welling 2014):
 *
 *     vae({
 *       encoder: gaussian(mlp([784, 400, 20])),
 *       decoder: bernoulli(mlp([20, 400, 784])),
 *       prior: standardNormal(20),
 *     })
 */
export const vae = <
  E,
  D,
  P,
  X extends number,
  Q extends OverCodes<number>,
  L extends OverPixels<NoInfer<X>>,
  R extends OverCodes<WidthOf<NoInfer<Q>>>,
>({
  encoder,
  decoder,
  prior,
}: VaeParts<E, D, P, X, Q, L, R>): Vae<VaeParameters<E, D, P>, Q, L, R> => {
  type All = VaeParameters<E, D, P>
  const encode = ({ encoder: own }: All) => encoder.apply(own)
  const decode = ({ decoder: own }: All) => decoder.apply(own)
  const priorOf = (parameters: All) => prior.apply(parameters.prior, encode(parameters) as never)
  // Inside, the compiler does not know the sites' widths: `vae` held the parts against each other.
  const model = (parameters: All, batch: number): Program<Sites, { readonly z?: unknown }> =>
    pipe(
      named('z', priorOf(parameters)(batch))({}) as Program<Sites, { readonly z?: unknown }>,
      chain(scope => named('x', decode(parameters)(scope.z as never))(scope)),
    )
  const guide = (parameters: All, x: Rows<number>): Program<Sites, object> =>
    named('z', encode(parameters)(x as Rows<X>))({})
  const observed = (parameters: All, x: Rows<number>) => condition({ x })(model(parameters, x.shape[0]))
  return {
    init: key => {
      const [forEncoder, forDecoder, rest] = split(key, 3) as readonly [Key, Key, Key]
      const [own, next] = prior.init(rest)
      return [
        { encoder: encoder.init(forEncoder)[0], decoder: decoder.init(forDecoder)[0], prior: own },
        next,
      ]
    },
    encode,
    decode,
    prior: priorOf,
    model: model as never,
    guide: guide as never,
    bound: (parameters, x, options = {}) =>
      elbo(guide(parameters, x), options)(observed(parameters, x)) as Draw<VaeBound>,
    importance: (parameters, x, options) =>
      importanceWeighted(guide(parameters, x), options)(observed(parameters, x)) as Draw<
        ImportanceBound<[number]>
      >,
  }
}
