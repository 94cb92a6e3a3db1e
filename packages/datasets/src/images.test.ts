import { describe, expect, it } from '@jest/globals'
import { imageSource } from './image-source.js'
import { gatherImages, gatherLabels, type Images } from './images.js'

const images: Images<1, 2> = { data: Uint8Array.of(0, 255, 1, 2, 51, 102), shape: [3, 1, 2] }

describe('imageSource', () => {
  it('has a label for each image, or none at all', () => {
    const labels = Uint8Array.of(4, 0, 9)
    expect(imageSource(images, labels).labels).toBe(labels)
    expect('labels' in imageSource(images)).toBe(false)
    expect(() => imageSource(images, labels.subarray(1))).toThrow(
      new RangeError('imageSource: 2 labels for 3 images'),
    )
  })
})

describe('gatherImages', () => {
  it('gives each byte / 255 in the order of the indices', () => {
    const batch = gatherImages([2, 0, 2])(images)
    expect(batch.shape).toEqual([3, 1, 2])
    expect(batch.dtype).toBe('f32')
    expect(batch.data).toEqual(Float32Array.of(0.2, 0.4, 0, 1, 0.2, 0.4))
  })

  it('rounds every byte / 255 to the nearest float', () => {
    const ramp: Images = { data: Uint8Array.from({ length: 256 }, (_, i) => i), shape: [256, 1, 1] }
    const { data } = gatherImages(Array.from({ length: 256 }, (_, i) => i))(ramp)
    expect(Array.from(data)).toEqual(Array.from({ length: 256 }, (_, i) => Math.fround(i / 255)))
  })

  it('carries a literal length over to the shape', () => {
    const pair: readonly [number, number] = [1, 2]
    const shape: readonly [2, 1, 2] = gatherImages(pair)(images).shape
    expect(shape).toEqual([2, 1, 2])
  })

  it.each([-1, 3, 0.5, Number.NaN])('throws where there is no image %p', index => {
    expect(() => gatherImages([0, index])(images)).toThrow(
      new RangeError(`gatherImages: there is no element ${index} among 3`),
    )
  })
})

describe('gatherLabels', () => {
  it('gives the class numbers in the order of the indices', () => {
    expect(gatherLabels([2, 0])(Uint8Array.of(7, 8, 9))).toEqual({
      data: Int32Array.of(9, 7),
      shape: [2],
      dtype: 'i32',
    })
  })

  it('throws where there is no label', () => {
    expect(() => gatherLabels([3])(Uint8Array.of(7, 8, 9))).toThrow(RangeError)
  })
})
