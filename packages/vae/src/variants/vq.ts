import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  argmin,
  exp,
  full,
  integers,
  log,
  matmul,
  maximum,
  mean,
  mul,
  neg,
  oneHot,
  reshape,
  ShapeError,
  split,
  square,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
  uniformBetween,
  type Draw,
  type Gen,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { Layer, Rows } from '@elbo/nn'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { PerExample } from '../objectives/objective.js'
import type { WidthOf } from '../vae.js'

/** The number of a code vector at each position: i32[batch, positions]. */
export type Codes = Tensor<readonly [batch: number, positions: number], 'i32'>

export interface VqParts<E, D, X extends number, W extends number, L extends OverPixels<X>> {
  /** From x to `dimensions` numbers for each position. */
  readonly encoder: Layer<E, Rows<X>, Rows<W>>
  /** P(x | e), of as many numbers. */
  readonly decoder: Layer<D, Rows<NoInfer<W>>, L>
  /** K, the number of code vectors. */
  readonly codes: number
  /** Numbers in a code vector. */
  readonly dimensions: number
  /** β: how much the encoder is held to the code vectors; 0.25 unless told. */
  readonly commitment?: number
}

/** Paths: `encoder.…`, `decoder.…`, and the code vectors, `codebook` [codes, dimensions]. */
export interface VqParameters<E, D> {
  readonly encoder: E
  readonly decoder: D
  readonly codebook: Rows<number>
}

/** For each example, in nats, but for the last. */
export interface VqBound {
  /** ln P(x | e) − positions · ln K ≤ ln P(x): of a q that is certain of its codes, under a uniform P. */
  readonly elbo: PerExample
  readonly reconstruction: PerExample
  /** positions · ln K */
  readonly kl: PerExample
  /** What training maximises: reconstruction − ‖sg[z] − e‖² − β‖z − sg[e]‖². */
  readonly objective: PerExample
  /** ‖z − e‖² */
  readonly distance: PerExample
  /** exp of the entropy of the codes over the batch and its positions, from 1 to K: how many are in use. */
  readonly perplexity: Tensor<readonly []>
}

export interface Vq<A, L extends OverPixels<number> = OverPixels<number>> {
  readonly init: Gen<A>
  readonly codes: number
  /** The nearest code vectors. */
  readonly encode: (parameters: A) => (x: Rows<WidthOf<L>>) => Codes
  readonly decode: (parameters: A) => (codes: Codes) => L
  /** Draws nothing. */
  readonly bound: (parameters: A, x: Rows<WidthOf<L>>) => VqBound
  /** Codes that are equally likely, at each of so many positions. A prior learned over codes would give more likely ones. */
  readonly sampleCodes: (count: number, positions: number) => Draw<Codes>
}

type Real = Tensor<Shape, 'f32'>
type Indices = Tensor<Shape, 'i32'>

/** Of the nearest code vector for each row, the first of several. ‖z‖² is the same for all. */
const nearest = (codebook: Rows<number>, z: Rows<number>): Indices => {
  const lengths = sum(1)(square(codebook)) as Real
  const products = matmul(transpose([1, 0])(codebook) as Rows<number>)(z) as Real
  const distances: Real = add(lengths)(mul(-2)(products))
  return argmin(1)(distances)
}

/** exp(−Σ p ln p) of how often each code is there. */
const perplexityOf = (codes: Indices, count: number): Tensor<readonly []> => {
  const shares: Real = mean(0)(oneHot(count)(codes) as Tensor as Rows<number>)
  // 0 · ln 0 counts as 0.
  const logs: Real = log(maximum(1e-30)(shares))
  return stopGradient(exp(neg(sum()(mul(logs)(shares)))))
}

/**
 * A VAE whose codes are numbers of vectors that are learned, too (van den Oord et al. 2017): the encoder gives vectors z, each is replaced by the
 * nearest e of the codebook, and the decoder sees these. Gradients pass from e to z as if they were one; the codebook follows the encoder by
 * ‖sg[z] − e‖², the encoder is held to it by β‖z − sg[e]‖² (eq. 3; sums over positions and dimensions, beside ln P(x | e) in nats).
 *
 *     vq({
 *       encoder: mlp([784, 400, 16 * 4]),
 *       decoder: bernoulli(mlp([16 * 4, 400, 784])),
 *       codes: 64,
 *       dimensions: 4,
 *     })
 *
 * The code vectors begin uniform on ±1/K.
 * @throws RangeError unless there are codes with dimensions; ShapeError where these do not divide what the encoder gives.
 */
export const vq = <E, D, X extends number, W extends number, L extends OverPixels<NoInfer<X>>>({
  encoder,
  decoder,
  codes: count,
  dimensions,
  commitment = 0.25,
}: VqParts<E, D, X, W, L>): Vq<VqParameters<E, D>, L> => {
  type A = VqParameters<E, D>
  if (![count, dimensions].every(n => Number.isSafeInteger(n) && n > 0))
    throw new RangeError(`vq: ${count} codes of ${dimensions} dimensions: both are positive integers`)
  const vectors = ({ encoder: own }: A, x: Rows<number>) => {
    const given: Rows<number> = encoder.apply(own)(x as Rows<X>)
    const [batch, width] = given.shape
    const positions = width / dimensions
    if (!Number.isSafeInteger(positions))
      throw new ShapeError(
        `vq: [${batch}, ${width}]: code vectors of ${dimensions} dimensions do not divide ${width}`,
      )
    const z = reshape([batch * positions, dimensions])(given) as Rows<number>
    return { given, z, positions }
  }
  const looked = (codebook: Rows<number>, codes: Indices, batch: number): Rows<W> =>
    reshape([batch, -1])(take(codes, 0)(codebook as Real)) as Real as Rows<W>
  const logProb = (x: Rows<number>, pixels: L): PerExample =>
    (pixels.logProb as (x: Rows<number>) => PerExample)(x)
  return {
    codes: count,
    init: key => {
      const [forEncoder, forDecoder, forCodebook, next] = split(key, 4) as readonly [Key, Key, Key, Key]
      const codebook = uniformBetween(-1 / count, 1 / count)([count, dimensions])(forCodebook)
      return [{ encoder: encoder.init(forEncoder)[0], decoder: decoder.init(forDecoder)[0], codebook }, next]
    },
    encode: parameters => x => {
      const { z, positions } = vectors(parameters, x)
      return reshape([x.shape[0], positions])(nearest(parameters.codebook, z))
    },
    decode: parameters => codes =>
      decoder.apply(parameters.decoder)(looked(parameters.codebook, codes, codes.shape[0])),
    bound: (parameters, x) => {
      const [batch] = x.shape
      const { given, z, positions } = vectors(parameters, x)
      const codes = nearest(parameters.codebook, z)
      const e = looked(parameters.codebook, codes, batch)
      const straight: Real = add(given)(stopGradient(sub(given)(e)))
      const reconstruction = logProb(x, decoder.apply(parameters.decoder)(straight as Rows<W>))
      const kl = full([batch], positions * Math.log(count)) as Tensor as PerExample
      const between = (a: Rows<number>, b: Rows<number>): PerExample => pipe(a, sub(b), square, sum(1))
      const ofCodebook = between(stopGradient(given), e)
      const ofEncoder = between(given, stopGradient(e))
      return {
        elbo: sub(kl)(reconstruction),
        reconstruction,
        kl,
        objective: pipe(reconstruction, sub(ofCodebook), sub(mul(commitment)(ofEncoder))),
        distance: stopGradient(ofEncoder),
        perplexity: perplexityOf(codes, count),
      }
    },
    sampleCodes: (examples, positions) => key => integers(0, count)([examples, positions])(key),
  }
}
