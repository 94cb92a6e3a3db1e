import { formatShape, ShapeError, type Shape } from '../shape/index.js'
import { ndarray } from '../graph/ndarray.js'
import type { Tensor } from '../graph/tensor.js'
import { constant } from '../primitives/leaves.js'
import { reshape, transpose } from '../primitives/layout.js'
import { matmul } from '../primitives/matmul.js'

/**
 * A row of weights for each new position: resizing one axis is a product with this matrix [to, from]. Pixels are areas with their
 * centres at half-integers (PyTorch's `align_corners=False`).
 */
const weights = (method: 'nearest' | 'bilinear', from: number, to: number): Float32Array => {
  const rows = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    if (method === 'nearest') {
      rows[i * from + Math.min(from - 1, Math.floor((i * from) / to))] = 1
      continue
    }
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const below = Math.min(from - 1, Math.floor(centre))
    const above = Math.min(from - 1, below + 1)
    const share = centre - below
    rows[i * from + below]! += 1 - share
    rows[i * from + above]! += share
  }
  return rows
}

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
    const [n, c, h, w] = x.shape as readonly [number, number, number, number]
    const matrix = (from: number, to: number): Tensor =>
      constant(ndarray(weights(method, from, to), [1, to, from]))
    const wide = reshape(matmul(reshape(x, [1, n * c * h, w]), matrix(w, size[1]), false, true), [
      n * c,
      h,
      size[1],
    ])
    const turned = reshape(transpose(wide, [0, 2, 1]), [1, n * c * size[1], h])
    const tall = reshape(matmul(turned, matrix(h, size[0]), false, true), [n * c, size[1], size[0]])
    return reshape(transpose(tall, [0, 2, 1]), [n, c, size[0], size[1]]) as Tensor<number[], 'f32'>
  }
