import { pipe } from 'fp-ts/lib/function.js'
import { split, type Draw, type Gen, type Key, type Tensor } from '@elbo/tensor'
import {
  chain,
  condition,
  draw,
  elbo,
  hierarchy,
  sample,
  type Bound,
  type ElboOptions,
  type Program,
  type Sites,
} from '@elbo/elbo'
import type { Rows } from '@elbo/nn'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { OverCodes, Prior } from '../priors/prior.js'

/** What a level's distribution is made by, whatever its widths. */
export interface Conditional<D> {
  readonly init: (key: Key) => [unknown, Key]
  readonly apply: (parameters: never) => (given: never) => D
}

/** The parameters of a list of layers. */
export type ParametersOfAll<F extends readonly Conditional<unknown>[]> = {
  readonly [K in keyof F]: F[K] extends { readonly init: (key: Key) => [infer P, Key] } ? P : never
}

/** Codes whose mean is known. */
export interface WithMean extends OverCodes<number> {
  readonly mean: () => Rows<number>
}

export type Encoders = readonly [Conditional<WithMean>, ...Conditional<OverCodes<number>>[]]
export type Decoders = readonly [Conditional<OverPixels<number>>, ...Conditional<OverCodes<number>>[]]

export interface HierarchicalParts<F extends Encoders, G extends Decoders, P> {
  /** q(z₁ | x), q(z₂ | z₁), …, from the bottom up. */
  readonly encoders: F
  /** P(x | z₁), P(z₁ | z₂), …, as many, from the bottom up. */
  readonly decoders: G
  /** P(z_L) of the highest, whose encoder is what a prior that is made of it gets: q(z_L | z_{L−1}). */
  readonly prior: Prior<P, OverCodes<number>>
}

/** Paths: `encoder.0.…`, `encoder.1.…`, `decoder.0.…`, …, `prior.…`, each followed by its part's. */
export interface HierarchicalParameters<E, D, P> {
  readonly encoder: E
  readonly decoder: D
  readonly prior: P
}

/** `divergences` has ln q − ln P of each level, `z1` to the highest. */
export type HierarchicalBound = Bound<[number], 'x', `z${number}`>

export interface HierarchicalVae<A, L extends OverPixels<number> = OverPixels<number>> {
  readonly init: Gen<A>
  /** The number of levels. */
  readonly levels: number
  /** The sites of the model and of the guide, `z1` to the highest. */
  readonly sites: readonly `z${number}`[]
  /** z_L ~ P(z_L), …, z₁ ~ P(z₁ | z₂), x ~ P(x | z₁), for so many examples. */
  readonly model: (parameters: A, batch: number) => Program<Sites, unknown>
  /** z₁ ~ q(z₁ | x), z₂ ~ q(z₂ | z₁), …, for each row of x. */
  readonly guide: (parameters: A, x: Rows<number>) => Program<Sites, unknown>
  /**
   * The evidence lower bound by draws of all levels. The divergence of the highest has its closed form, those below are ln q − ln P of the draw,
   * for what the model draws above them depends on them in the guide. See `elbo` of `@elbo/elbo`; weights and free bits are by site.
   */
  readonly bound: (parameters: A, x: Rows<number>, options?: ElboOptions) => Draw<HierarchicalBound>
  /** q(z₁ | x) */
  readonly encode: (parameters: A) => (x: Rows<number>) => WithMean
  /** P(x | z₁) */
  readonly decode: (parameters: A) => (z: Rows<number>) => L
  /** Draws of z₁ by way of all levels above it. */
  readonly sampleCodes: (parameters: A, count: number) => Draw<Rows<number>>
}

type Level = (given: Tensor) => OverCodes<number>

/**
 * A VAE of several levels of codes, x ← z₁ ← … ← z_L, each with a conditional of its own, under a guide from the bottom up,
 * q(z₁ | x) q(z₂ | z₁) … (Burda et al. 2016, section 3 and the two-level models of section 5).
 *
 *     hierarchical({
 *       encoders: [gaussian(mlp([784, 400, 40])), gaussian(mlp([40, 80, 10]))],
 *       decoders: [bernoulli(mlp([40, 400, 784])), gaussian(mlp([10, 80, 40]))],
 *       prior: standardNormal(10),
 *     })
 *
 * Whether the widths fit is seen when a bound is built.
 * @throws RangeError unless there are as many decoders as encoders.
 */
export const hierarchical = <const F extends Encoders, const G extends Decoders, P>({
  encoders,
  decoders,
  prior,
}: HierarchicalParts<F, G, P>): HierarchicalVae<
  HierarchicalParameters<ParametersOfAll<F>, ParametersOfAll<G>, P>,
  G[0] extends Conditional<infer L extends OverPixels<number>> ? L : OverPixels<number>
> => {
  interface All {
    readonly encoder: readonly never[]
    readonly decoder: readonly never[]
    readonly prior: P
  }
  if (encoders.length !== decoders.length)
    throw new RangeError(
      `hierarchical: ${encoders.length} encoders and ${decoders.length} decoders: each level has one of both`,
    )
  const levels = encoders.length
  const sites = encoders.map((_, i) => `z${i + 1}` as const)
  const level = (layers: readonly Conditional<unknown>[], parameters: readonly never[], i: number): Level =>
    layers[i].apply(parameters[i]) as Level
  const latents = ({ encoder, decoder, prior: own }: All, batch: number): Program<Sites, Tensor> => {
    const conditionals = decoders
      .slice(1)
      .map((_, i) => level(decoders, decoder, i + 1))
      .reverse()
    const highest = level(encoders, encoder, levels - 1) as (z: Rows<number>) => OverCodes<number>
    return hierarchy(prior.apply(own, highest)(batch), conditionals)
  }
  const model = (parameters: All, batch: number): Program<Sites, unknown> =>
    pipe(
      latents(parameters, batch),
      chain(z => draw('x', level(decoders, parameters.decoder, 0)(z))),
    )
  const guide = ({ encoder }: All, x: Rows<number>): Program<Sites, unknown> =>
    sites
      .slice(1)
      .reduce(
        (program, site, i) =>
          chain((z: Tensor) => draw(site, level(encoders, encoder, i + 1)(z)))(program) as never,
        draw(sites[0], level(encoders, encoder, 0)(x as Tensor)) as unknown as Program<Sites, Tensor>,
      )
  const drawn = (layers: readonly Conditional<unknown>[], key: Key): readonly unknown[] =>
    split(key, layers.length).map((own, i) => layers[i].init(own)[0])
  return {
    levels,
    sites,
    init: key => {
      const [forEncoders, forDecoders, rest] = split(key, 3) as readonly [Key, Key, Key]
      const [own, next] = prior.init(rest)
      return [
        { encoder: drawn(encoders, forEncoders), decoder: drawn(decoders, forDecoders), prior: own } as never,
        next,
      ]
    },
    model: model as never,
    guide: guide as never,
    bound: (parameters, x, options = {}) =>
      pipe(
        model(parameters as never, x.shape[0]),
        condition({ x }),
        elbo(guide(parameters as never, x), options),
      ) as unknown as Draw<HierarchicalBound>,
    encode: ({ encoder }) => level(encoders, encoder as never, 0) as unknown as (x: Rows<number>) => WithMean,
    decode: ({ decoder }) => level(decoders, decoder as never, 0) as never,
    sampleCodes: (parameters, count) => key =>
      sample(latents(parameters as never, count))(key).result as Rows<number>,
  }
}
