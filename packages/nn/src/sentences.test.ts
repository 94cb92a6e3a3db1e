import { describe, expect, it } from '@jest/globals'
import { generate, key, ones, ShapeError, type Shape, type Tensor } from '@elbo/tensor'
import { attention } from './attention.js'
import { batchNorm } from './batchNorm.js'
import { conv2d } from './conv2d.js'
import { conv2dTranspose } from './conv2dTranspose.js'
import { dropout } from './dropout.js'
import { fourier } from './fourier.js'
import { groupNorm } from './groupNorm.js'
import type { Layer } from './layer.js'
import { layerNorm } from './layerNorm.js'
import { sinusoidal } from './sinusoidal.js'
import { upsample } from './upsample.js'

/** As a program sees it that knows its shapes when it runs. */
const applied = <P, X extends Tensor<Shape, 'f32'>, Y>({ init, apply }: Layer<P, X, Y>, shape: Shape): Y =>
  apply(generate(key(0))(init))(ones(shape) as Tensor as X)

const trained = (shape: Shape) => {
  const { init, state, train } = batchNorm(8)
  return train(
    generate(key(0))(init),
    state,
    key(1),
  )(ones(shape) as Tensor as Parameters<ReturnType<typeof train>>[0])
}

describe('what does not fit is refused where it is written', () => {
  it.each<readonly [string, () => unknown]>([
    ['conv2d: 6 to 8 channels: 4 groups do not divide 6', () => conv2d(6, 8, 3, { groups: 4 })],
    ['conv2d: 8 to 6 channels: 4 groups do not divide 6', () => conv2d(8, 6, 3, { groups: 4 })],
    ['conv2d: 8 to 6 channels: 0 groups do not divide 8', () => conv2d(8, 6, 3, { groups: 0 })],
    [
      'conv2d: [1, 3, 8, 8] x [4, 2, 3, 3]: the input has 3 channels, the kernel takes 2',
      () => applied(conv2d(2, 4, 3), [1, 3, 8, 8]),
    ],
    [
      'conv2dTranspose: 6 to 8 channels: 4 groups do not divide 6',
      () => conv2dTranspose(6, 8, 3, { groups: 4 }),
    ],
    ['upsample: the scales 2 and 0 are not positive integers', () => upsample([2, 0])],
    ['upsample: the scales 1.5 and 1.5 are not positive integers', () => upsample(1.5)],
    ['layerNorm: [2, 4]: an example is [4], not [3]', () => applied(layerNorm(3), [2, 4])],
    ['groupNorm: 3 groups do not divide 8 channels', () => groupNorm(3, 8)],
    ['groupNorm: 0 groups do not divide 8 channels', () => groupNorm(0, 8)],
    ['groupNorm: [2, 6, 5, 5]: needs 8 channels', () => applied(groupNorm(2, 8), [2, 6, 5, 5])],
    ['batchNorm: [2, 6, 5, 5]: needs 8 channels', () => trained([2, 6, 5, 5])],
    ['batchNorm: [1, 8]: a batch needs more than one number for each channel', () => trained([1, 8])],
    ['attention: 3 heads do not divide a width of 8', () => attention(8, 8, 3)],
    ['sinusoidal: the width 5 is not an even number from 2 on', () => sinusoidal(5)],
    ['fourier: the width 0 is not an even number from 2 on', () => fourier(2, 0)],
  ])('%s', (message, build) => {
    expect(build).toThrow(new ShapeError(message))
  })

  it.each([1, -0.1, NaN])('dropout: the rate %d', rate => {
    expect(() => dropout(rate)).toThrow(new RangeError(`dropout: the rate ${rate} is not in [0, 1)`))
  })
})
