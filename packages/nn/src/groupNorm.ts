import { reshape, ShapeError, type Shape, type Tensor } from '@elbo/tensor'
import { scaled } from './channels.js'
import type { Channels, Images, Layer } from './layer.js'
import type { NormOptions } from './layerNorm.js'
import { unitScale, type ScaleParameters } from './scale.js'
import { standardised } from './standardise.js'

/**
 * (x − mean)/√(variance + ε) · weight + bias, mean and variance of each example over each of `groups` runs of channels and all that follows
 * them (Wu and He 2018, eq. 1 and 7). For images [batch, channels, height, width] unless it stands where something else has C channels on
 * its second axis. As many groups as channels normalise each channel apart (instance norm); one group is a layer norm with a weight for
 * each channel. Weight and bias are [channels], and begin as 1 and 0. Paths: `weight`, `bias`, as PyTorch's `nn.GroupNorm`.
 * @throws ShapeError `groupNorm: 3 groups do not divide 8 channels`, `groupNorm: [2, 6, 5, 5]: needs 8 channels`
 */
export const groupNorm = <const C extends number, X extends Channels<C> = Images<C>>(
  groups: number,
  channels: C,
  { epsilon = 1e-5 }: NormOptions = {},
): Layer<ScaleParameters<readonly [C]>, X, X> => {
  if (!Number.isSafeInteger(channels / groups) || groups < 1)
    throw new ShapeError(`groupNorm: ${groups} groups do not divide ${channels} channels`)
  return {
    init: unitScale([channels] as const),
    apply: parameters => x => {
      const { shape }: Tensor<Shape, 'f32'> = x
      if (shape[1] !== channels)
        throw new ShapeError(`groupNorm: [${shape.join(', ')}]: needs ${channels as number} channels`)
      const grouped: Tensor<Shape, 'f32'> = reshape([shape[0], groups, -1])(x as Tensor)
      return scaled(reshape(shape)(standardised(grouped, [2], epsilon).value), parameters) as X
    },
  }
}
