import { spec, type Arrays, type NDArray, type Spec } from '@elbo/tensor'
import type { ImageModel } from './image-model.js'
import type { IndexedImages, Positions } from './image-source.js'

/** The class of each picture of a batch. */
export type ClassNumbers = NDArray<readonly [batch: number], 'i32'>

/** What a step is given: images and, for a model of pictures given a label, their labels. */
export interface BatchSpecs {
  readonly images: Spec<readonly [number, number, number], 'f32'>
  readonly labels?: Spec<readonly [number], 'i32'>
}

type Classes = Pick<ImageModel, 'classes'>

/** What is wrong where a model asks for labels and there are none. */
export const withoutLabels = (classes: number): RangeError =>
  new RangeError(`conditional: the model is given one of ${classes} labels, and the images have none`)

/**
 * The labels that a model asks for of its images; `undefined` for a model that asks for none.
 * @throws RangeError where there are none, not as many as images, or one of no class.
 */
export const labelsFor = (
  { classes }: Classes,
  { labels, shape: [count] }: Pick<IndexedImages, 'labels' | 'shape'>,
): Uint8Array | undefined => {
  if (classes === undefined) return undefined
  if (labels === undefined) throw withoutLabels(classes)
  if (labels.length !== count)
    throw new RangeError(`conditional: there are ${labels.length} labels for ${count} images`)
  const stray = labels.findIndex(label => label >= classes)
  if (stray !== -1)
    throw new RangeError(
      `conditional: the label of image ${stray} is ${labels[stray]}, and the classes are 0 to ${classes - 1}`,
    )
  return labels
}

/** A batch of so many of these images. */
export const batchSpecs = (
  { classes }: Classes,
  { shape: [, height, width] }: Pick<IndexedImages, 'shape'>,
  size: number,
): BatchSpecs => ({
  images: spec([size, height, width]),
  ...(classes === undefined ? {} : { labels: spec([size], 'i32') }),
})

/** The images at positions, with their labels where a model asks for these. */
export const batchesOf = (
  model: Classes,
  images: IndexedImages,
): ((positions: Positions) => Arrays<BatchSpecs>) => {
  const labels = labelsFor(model, images)
  return positions => ({
    images: images.gather(positions),
    ...(labels === undefined
      ? {}
      : {
          labels: {
            shape: [positions.length],
            dtype: 'i32',
            data: Int32Array.from(positions, at => labels[at]),
          },
        }),
  })
}
