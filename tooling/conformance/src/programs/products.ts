import type { AnyTensor } from '@elbo/tensor'
import { sizeOf } from '@elbo/tensor/internals'
import { draw } from '../values.js'
import { among, call, largest, numeric, ofType, reshape, type Operation } from './scene.js'

/** Steps of more than one input that are not element by element. */

const matrix = (x: AnyTensor): AnyTensor => {
  const columns = x.shape[x.shape.length - 1]
  return reshape(x, [1, columns === 0 ? 0 : sizeOf(x.shape) / columns, columns])
}

export const matmul: Operation = scene => {
  const a = among(scene, scene.picks[0], x => x.dtype === 'f32' && x.shape.length > 0)
  if (a === undefined) return undefined
  const left = matrix(a)
  const b = among(
    scene,
    scene.picks[1],
    x => x.dtype === 'f32' && x.shape.length > 0 && x.shape[x.shape.length - 1] === left.shape[2],
  )
  if (b === undefined) return undefined
  const right = matrix(b)
  if (left.shape[1] * right.shape[1] > largest || left.shape[2] === 0) return undefined
  const explicit = scene.picks[2] % 2 === 0
  const operand = explicit ? call('transpose', [right], { permutation: [0, 2, 1] }) : right
  const product = call('matmul', [left, operand], { transposeLeft: false, transposeRight: !explicit })
  return [reshape(product, product.shape.slice(1))]
}

export const conv2d: Operation = scene => {
  const a = among(
    scene,
    scene.picks[0],
    x => x.dtype === 'f32' && x.shape.length > 0 && x.shape[x.shape.length - 1] >= 2,
  )
  if (a === undefined) return undefined
  const x = matrix(a)
  if (x.shape[1] === 0) return undefined
  const image = reshape(x, [1, 1, x.shape[1], x.shape[2]])
  const kernel = reshape(call('iota', [], { length: 4, dtype: 'f32' }), [2, 1, 1, 2])
  const padding = [
    [0, 0],
    [scene.picks[1] % 3, scene.picks[2] % 2],
  ]
  return [call('conv2d', [image, kernel], { stride: [1, 1], dilation: [1, 1], groups: 1, padding })]
}

export const gather: Operation = scene => {
  const x = among(scene, scene.picks[0], t => t.shape.length > 0)
  const index = among(scene, scene.picks[1], ofType('i32'))
  if (x === undefined || index === undefined) return undefined
  const [length, inner] = [x.shape[0], sizeOf(x.shape.slice(1))]
  if (sizeOf(index.shape) * inner > largest) return undefined
  const taken = call('gather', [reshape(x, [1, length, inner]), reshape(index, [1, sizeOf(index.shape)])], {
    outside: scene.picks[2] % 2 === 0 ? 'NaN' : 'zero',
  })
  return [reshape(taken, [...index.shape, ...x.shape.slice(1)])]
}

export const scatterAdd: Operation = scene => {
  const index = among(scene, scene.picks[0], x => x.dtype === 'i32' && sizeOf(x.shape) > 0)
  if (index === undefined) return undefined
  const count = sizeOf(index.shape)
  const updates = among(scene, scene.picks[1], x => ofType(...numeric)(x) && sizeOf(x.shape) % count === 0)
  if (updates === undefined) return undefined
  const length = 1 + (scene.picks[2] % 5)
  return [
    call(
      'scatterAdd',
      [reshape(index, [1, count]), reshape(updates, [1, count, sizeOf(updates.shape) / count])],
      { length },
    ),
  ]
}

export const threefry: Operation = scene => {
  const counter = among(scene, scene.picks[0], ofType('u32'))
  if (counter === undefined || 2 * sizeOf(counter.shape) > largest) return undefined
  const key = call('constant', [], { value: draw([2], scene.picks[1], 'special', 'u32') })
  const words = call('threefry', [key, counter], { domain: scene.picks[2] % 3 })
  return [words, call('normalFromBits', [words])]
}
