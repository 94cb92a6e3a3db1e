import { formatShape, ShapeError, type Shape } from '../shape/index.js'
import { aroundAxis } from '../graph/indices.js'
import { ndarray } from '../graph/ndarray.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { constant } from '../primitives/leaves.js'
import { take } from './indexing.js'
import { reshape, transpose } from '../primitives/layout.js'
import { matmul } from '../primitives/matmul.js'
import { broadcast } from '../primitives/reduce.js'

/** Pixels are areas with their centres at half-integers (PyTorch's `align_corners=False`). */

/**
 * A row of weights for each new position: interpolation along one axis is a product with this matrix [to, from].
 */
const weights = (from: number, to: number): Float32Array => {
  const rows = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const below = Math.min(from - 1, Math.floor(centre))
    const above = Math.min(from - 1, below + 1)
    const share = centre - below
    rows[i * from + below] += 1 - share
    rows[i * from + above] += share
  }
  return rows
}

const bilinear = (x: AnyTensor, [height, width]: readonly [number, number]): AnyTensor => {
  const [n, c, h, w] = x.shape as readonly [number, number, number, number]
  const matrix = (from: number, to: number): AnyTensor => constant(ndarray(weights(from, to), [1, to, from]))
  const wide = reshape(matmul(reshape(x, [1, n * c * h, w]), matrix(w, width), false, true), [
    n * c,
    h,
    width,
  ])
  const turned = reshape(transpose(wide, [0, 2, 1]), [1, n * c * width, h])
  const tall = reshape(matmul(turned, matrix(h, height), false, true), [n * c, width, height])
  return reshape(transpose(tall, [0, 2, 1]), [n, c, height, width])
}

const replaced = (shape: Shape, axis: number, size: number): number[] =>
  shape.map((n, i) => (i === axis ? size : n))

/** Every element along an axis so many times in a row. */
const repeatEach = (x: AnyTensor, axis: number, times: number): AnyTensor => {
  const [outer, length, inner] = aroundAxis(x.shape, axis)
  const each = broadcast(reshape(x, [outer * length, 1, inner]), [outer * length, times, inner])
  return reshape(each, replaced(x.shape, axis, length * times))
}

/**
 * Picks pixels; a product with zeros and ones would spread what is not finite. Pixels that are all repeated alike need no picking. Columns
 * come first, so that gradients add up rows, which is fast, before columns.
 */
const nearest = (x: AnyTensor, size: readonly [number, number]): AnyTensor =>
  [3, 2].reduce((image, axis) => {
    const [from, to] = [image.shape[axis], size[axis - 2]]
    if (to === from) return image
    if (from > 0 && to % from === 0) return repeatEach(image, axis, to / from)
    const picks = Int32Array.from({ length: to }, (_, i) => Math.floor((i * from) / to))
    return take(constant(ndarray(picks, [to], 'i32')) as Tensor<Shape, 'i32'>, axis)(image as Tensor)
  }, x)

/**
 * Images [batch, channels, height, width] at another size, by nearest neighbours or bilinear interpolation; differentiable.
 * @throws ShapeError `resize: [3, 8, 8] to [16, 16]: needs four axes`
 */
export const resize =
  (size: readonly [height: number, width: number], method: 'nearest' | 'bilinear' = 'bilinear') =>
  (x: Tensor<Shape, 'f32'>): Tensor<number[], 'f32'> => {
    const spell = `resize: ${formatShape(x.shape)} to ${formatShape(size)}`
    if (x.shape.length !== 4) throw new ShapeError(`${spell}: needs four axes`)
    if (size.some(n => !Number.isSafeInteger(n) || n < 1))
      throw new ShapeError(`${spell}: sizes are positive integers`)
    return (method === 'nearest' ? nearest : bilinear)(x, size) as Tensor<number[], 'f32'>
  }
