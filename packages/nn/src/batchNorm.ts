import { add, mul, ones, reshape, ShapeError, zeros, type Shape, type Tensor } from '@elbo/tensor'
import { overChannels, scaled } from './channels.js'
import type { Channels, Images } from './layer.js'
import type { NormOptions } from './layerNorm.js'
import type { ModalLayer } from './modal.js'
import { unitScale, type ScaleParameters } from './scale.js'
import { standardised, standardisedBy } from './standardise.js'

/** The running mean and variance of each channel. They begin as 0 and 1. */
export interface RunningStatistics<C extends number> {
  readonly mean: Tensor<readonly [C], 'f32'>
  readonly variance: Tensor<readonly [C], 'f32'>
}

export interface BatchNormOptions extends NormOptions {
  /** The weight of a batch's statistics against those so far: running ← (1 − momentum)·running + momentum·batch. 0.1 unless told. */
  readonly momentum?: number
}

type Real = Tensor<Shape, 'f32'>

/**
 * (x − mean)/√(variance + ε) · weight + bias for each channel (Ioffe and Szegedy 2015, algorithm 1). While training, mean and variance are
 * the batch's, over every axis but the channels', and the running ones move towards them, the variance in its unbiased form (by n − 1);
 * while evaluating, they are the running ones. For images [batch, channels, height, width] unless it stands where something else has C
 * channels on its second axis. Weight, bias and both statistics are [channels]. Paths of parameters: `weight`, `bias`; of the state:
 * `mean`, `variance` (PyTorch's `running_mean`, `running_var`).
 * @throws ShapeError `batchNorm: [1, 8]: a batch needs more than one number for each channel`, `batchNorm: [2, 6, 5, 5]: needs 8 channels`
 */
export const batchNorm = <const C extends number, X extends Channels<C> = Images<C>>(
  channels: C,
  { epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {},
): ModalLayer<ScaleParameters<readonly [C]>, RunningStatistics<C>, X, X> => {
  const checked = (x: Real): Real => {
    if (x.shape[1] !== channels)
      throw new ShapeError(`batchNorm: [${x.shape.join(', ')}]: needs ${channels as number} channels`)
    return x
  }
  const moved = (running: Real, batch: Real): Tensor<readonly [C], 'f32'> => {
    const share: Real = mul(momentum)(reshape(running.shape)(batch))
    const next: Real = add(share)(mul(1 - momentum)(running))
    return next as Tensor<readonly [C], 'f32'>
  }
  return {
    init: unitScale([channels] as const),
    state: {
      mean: zeros([channels as number]) as Real as RunningStatistics<C>['mean'],
      variance: ones([channels as number]) as Real as RunningStatistics<C>['variance'],
    },
    train: (parameters, running) => given => {
      const x = checked(given)
      const count = x.shape.reduce((all, n, axis) => (axis === 1 ? all : all * n), 1)
      if (count < 2) {
        throw new ShapeError(
          `batchNorm: [${x.shape.join(', ')}]: a batch needs more than one number for each channel`,
        )
      }
      const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
      const { value, centre, variance } = standardised(x, axes, epsilon)
      return [
        scaled(value, parameters) as X,
        {
          mean: moved(running.mean, centre),
          variance: moved(running.variance, mul(count / (count - 1))(variance)),
        },
      ]
    },
    evaluate:
      (parameters, { mean, variance }) =>
      given => {
        const x = checked(given)
        const rank = x.shape.length
        return scaled(
          standardisedBy(x, overChannels(mean, rank), overChannels(variance, rank), epsilon),
          parameters,
        ) as X
      },
  }
}
