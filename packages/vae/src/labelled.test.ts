import { describe, expect, it } from '@jest/globals'
import { imageSource } from '@elbo/datasets'
import { batchesOf, batchSpecs, labelsFor } from './labelled.js'
import { trainVae } from './trainVae.js'

const images = { data: Uint8Array.of(0, 51, 102, 153, 204, 255), shape: [3, 1, 2] } as const
const labelled = imageSource(images, Uint8Array.of(2, 0, 1))
const bare = imageSource(images)

describe('a batch of images', () => {
  it('has the labels of its images for a model that asks for these, and none for another', () => {
    const batch = batchesOf({ classes: 3 }, labelled)([2, 0])
    expect(batch.labels).toEqual({ shape: [2], dtype: 'i32', data: Int32Array.of(1, 2) })
    expect(batch.images).toEqual(labelled.gather([2, 0]))
    expect(Object.keys(batchSpecs({ classes: 3 }, labelled, 2))).toEqual(['images', 'labels'])
    expect(Object.keys(batchesOf({}, labelled)([1]))).toEqual(['images'])
    expect(Object.keys(batchSpecs({}, labelled, 1))).toEqual(['images'])
    expect(labelsFor({}, labelled)).toBeUndefined()
  })

  it.each([
    ['conditional: the model is given one of 3 labels, and the images have none', 3, bare],
    ['conditional: there are 2 labels for 3 images', 3, { ...bare, labels: Uint8Array.of(0, 1) }],
    ['conditional: the label of image 0 is 2, and the classes are 0 to 1', 2, labelled],
  ])('%s', (message, classes, train) => {
    const model = { kind: 'conditional', classes } as const
    expect(() =>
      trainVae({
        dataset: { train, test: labelled },
        configuration: { image: [1, 2], latent: 2, encoder: { kind: 'mlp', hidden: [] }, model },
        seed: 1,
        batchSize: 2,
        backend: () => Promise.reject(new Error('nothing is opened')),
      }),
    ).toThrow(new RangeError(message))
  })
})
