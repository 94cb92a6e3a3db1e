import { pipe } from 'fp-ts/lib/function.js'
import { div, mul, softplus, sub, type Tensor } from '@elbo/tensor'
import {
  DiscretisedLogistic,
  onUnitInterval,
  toEvent,
  type Independent,
  type OnUnitInterval,
} from '@elbo/distributions'
import { followedBy, type Layer, type Network, type Rows } from '@elbo/nn'
import { halves } from '../halves.js'
import { inLevels } from './levels.js'
import type { PixelView } from './likelihood.js'
import { scaleAbove } from './scale.js'

/** Independent logistic distributions, rounded to levels of [0, 1], one row for each example. */
export type DiscretisedLogistics<N extends number> = Independent<
  OnUnitInterval<DiscretisedLogistic<[number, N]>>,
  1
>

const levels = 256

/**
 * The least scale, in units of [0, 1]: a twentieth of a level. A level in the middle of so narrow a distribution has all but a ten-thousandth of the
 * mass: below, there is nothing to win.
 */
export const leastLogisticScale = 0.05 / (levels - 1)
const scales = scaleAbove(leastLogisticScale)

/** Where scales begin, in units of [0, 1]. */
const initialScale = 0.1

/** The mean of a logistic distribution that is cut to [0, 1], all that is beyond lying at the ends: ∫₀¹ P(X > x) dx. */
const cutMean = (loc: Tensor, scale: Tensor): Tensor =>
  pipe(softplus(div(scale)(loc)), sub(softplus(div(scale)(sub(1)(loc)))), mul(scale))

/**
 * 256 levels of intensity, each with the mass that a logistic distribution has between its neighbours' middles, the first and the last with the
 * tails (Salimans, Karpathy, Chen and Kingma 2017, PixelCNN++, section 2.1): ln P(x) is the logarithm of a probability, in nats. The network's last
 * layer is widened to twice as many outputs, the middles of the distributions and then what their scales are made of, s = leastLogisticScale +
 * ln(1 + e^raw), both in units of [0, 1]. The paths stay those of the network.
 */
export const discretisedLogistic = <P, In extends number, Out extends number, Wide>(
  network: Network<P, In, Out, Wide>,
): Layer<Wide, Rows<In>, DiscretisedLogistics<Out>> =>
  pipe(
    halves(network, scales.rawOf(initialScale)),
    followedBy(
      ([loc, raw]: readonly [Rows<Out>, Rows<Out>]) =>
        pipe(
          DiscretisedLogistic({
            loc: mul(levels - 1)(loc as Tensor),
            scale: mul(levels - 1)(scales.of(raw as Tensor)),
            levels,
          }),
          onUnitInterval,
          toEvent(1),
        ) as unknown as DiscretisedLogistics<Out>,
    ),
  )

/** 256 levels. Pictures show the mean before it is rounded, half a level off at most: that of the levels is a sum over all of them. */
export const logisticLevels: PixelView = {
  ...inLevels(levels),
  picture: pixels => {
    const { loc, scale } = (pixels as unknown as DiscretisedLogistics<number>).parameters.base.parameters.base
      .parameters
    return cutMean(div(levels - 1)(loc), div(levels - 1)(scale)) as Rows<number>
  },
}
