import { resize, ShapeError, type Pair } from '@elbo/tensor'
import { extentsOf } from './conv2d.js'
import { layerOf, type Images, type Layer, type NoParameters } from './layer.js'

/**
 * Images [batch, channels, height, width] made `scale` times as large, height and width apart or together, by nearest neighbours or by
 * bilinear interpolation. Pixels are areas with their centres at half-integers, and the border's pixels are continued: PyTorch's
 * `align_corners=False`. No parameters.
 * @throws ShapeError `upsample: the scales 2 and 0 are not positive integers`
 */
export const upsample = <C extends number>(
  scale: Pair,
  method: 'nearest' | 'bilinear' = 'nearest',
): Layer<NoParameters, Images<C>, Images<C>> => {
  const [down, across] = extentsOf(scale)
  if (![down, across].every(times => Number.isSafeInteger(times) && times > 0))
    throw new ShapeError(`upsample: the scales ${down} and ${across} are not positive integers`)
  return layerOf(x => resize([x.shape[2] * down, x.shape[3] * across], method)(x) as unknown as Images<C>)
}
