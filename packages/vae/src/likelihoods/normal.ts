import { pipe } from 'fp-ts/lib/function.js'
import { full, type Tensor } from '@elbo/tensor'
import { Normal, toEvent, type Independent } from '@elbo/distributions'
import { followedBy, type Layer, type Network, type Rows } from '@elbo/nn'
import { halves } from '../halves.js'
import { scaleAbove } from './scale.js'

/** Independent normal distributions of pixels, one row for each example. */
export type Normals<N extends number> = Independent<Normal<[number, N]>, 1>

/**
 * The least σ that can be learned, one level of 256. Images have no finer values: a narrower density would measure how they were rounded, and grow
 * without end where a pixel is the same in all of them.
 */
export const leastDeviation = 1 / 256
const deviation = scaleAbove(leastDeviation)

/** Where learning σ begins, and where it stays when it is fixed. */
const usual = 0.1

const normals = <N extends number>(loc: Rows<N>, scale: number | Tensor): Normals<N> =>
  pipe(Normal({ loc, scale }), toEvent(1)) as unknown as Normals<N>

/**
 * Intensities as they are, Norm[μ(z), σ²] with one σ that stays as it is: with the network's outputs for means, ln p(x) is the squared error up to
 * a factor and a constant. A density, in nats. The paths stay those of the network.
 * @throws ParameterError `Normal: scale must be positive and finite, but is 0`, when applied
 */
export const normal =
  (scale = usual) =>
  <P, In extends number, Out extends number>(
    network: Layer<P, Rows<In>, Rows<Out>>,
  ): Layer<P, Rows<In>, Normals<Out>> =>
    pipe(
      network,
      followedBy((loc: Rows<Out>) => normals(loc, scale)),
    )

/** Of a network, and of the one σ that all pixels share. */
export interface WithDeviation<P> {
  readonly network: P
  /** least + ln(1 + e^raw) is σ. */
  readonly raw: Tensor<readonly [], 'f32'>
}

/**
 * As `normal`, with σ for a parameter: at its best, σ² is the mean squared error (Rybkin, Daniilidis and Levine 2021, Simple and Effective VAE
 * Training with Calibrated Decoders). σ begins as `scale` and stays above `leastDeviation`. Paths: `network.…`, `raw`.
 * @throws RangeError `scale must be above 0.00390625 and finite, but is 0`
 */
export const normalOfLearnedScale =
  (scale = usual) =>
  <P, In extends number, Out extends number>(
    network: Layer<P, Rows<In>, Rows<Out>>,
  ): Layer<WithDeviation<P>, Rows<In>, Normals<Out>> => {
    const initial = deviation.rawOf(scale)
    return {
      init: key => {
        const [own, next] = network.init(key)
        return [{ network: own, raw: full([], initial) }, next]
      },
      apply: parameters => {
        const loc = network.apply(parameters.network)
        return z => normals(loc(z), deviation.of(parameters.raw))
      },
    }
  }

/**
 * As `normal`, with a σ for each pixel that depends on z: the network's last layer is widened to twice as many outputs, the means and then what
 * the deviations are made of, σ = leastDeviation + ln(1 + e^raw). All begin as `scale`. The paths stay those of the network.
 * @throws RangeError `scale must be above 0.00390625 and finite, but is 0`
 */
export const normalOfPixelScales =
  (scale = usual) =>
  <P, In extends number, Out extends number, Wide>(
    network: Network<P, In, Out, Wide>,
  ): Layer<Wide, Rows<In>, Normals<Out>> =>
    pipe(
      halves(network, deviation.rawOf(scale)),
      followedBy(([loc, raw]: readonly [Rows<Out>, Rows<Out>]) => normals(loc, deviation.of(raw) as Tensor)),
    )
