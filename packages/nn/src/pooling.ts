import {
  avgPool as meanOfWindows,
  maxPool as largestOfWindows,
  mean,
  type Pair,
  type PoolingOptions,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { layerOf, type Images, type Layer, type NoParameters, type Rows } from './layer.js'

/*
 * Images are [batch, channels, height, width]. Windows do not overlap unless `stride` says so; options are those of the operations of the
 * same names in `@elbo/tensor`. No parameters.
 */

/** The largest of each window. Padding never wins; elements that tie share the gradient (PyTorch's gives all of it to the first). */
export const maxPool = <C extends number>(
  window: Pair,
  options?: PoolingOptions,
): Layer<NoParameters, Images<C>, Images<C>> =>
  layerOf((x: Tensor<Shape, 'f32'>) => largestOfWindows(window, options)(x) as Tensor as Images<C>)

/** The mean of each window, over the pixels that it covers: padding does not count (PyTorch's `count_include_pad=False`). */
export const avgPool = <C extends number>(
  window: Pair,
  options?: PoolingOptions,
): Layer<NoParameters, Images<C>, Images<C>> =>
  layerOf((x: Tensor<Shape, 'f32'>) => meanOfWindows(window, options)(x) as Tensor as Images<C>)

/** The mean of each channel over all pixels: images to rows. */
export const globalAvgPool = <C extends number>(): Layer<NoParameters, Images<C>, Rows<C>> =>
  layerOf((x: Tensor<Shape, 'f32'>) => mean([2, 3])(x) as Tensor as Rows<C>)
