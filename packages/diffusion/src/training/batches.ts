import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  mul,
  reshape,
  spec,
  split,
  type Arrays,
  type Key,
  type NDArray,
  type Spec,
  type Tensor,
  type Tensors,
} from '@elbo/tensor'
import { shuffleKey, type Cursor } from '@elbo/train'
import type { DiffusionData, ImageData, IndexedImages, PointData, Positions } from './data.js'
import type { Examples } from './loss.js'
import type { Real } from '../arithmetic.js'

/** What a step is given from outside: images and, where there are classes, their labels; nothing where data are drawn in the step. */
export interface BatchSpecs {
  readonly images?: Spec<readonly [number, number, number], 'f32'>
  readonly labels?: Spec<readonly [number], 'i32'>
}

/** Data as a training loop takes them. */
export interface Batches {
  readonly specs: BatchSpecs
  readonly of: (cursor: Cursor, key: NDArray<readonly [2], 'u32'>) => Iterable<Arrays<BatchSpecs>>
  /** Examples in the model's units, from what a step is given. */
  readonly examples: (given: Tensors<BatchSpecs>, key: Key) => readonly [examples: Examples, rest: Key]
}

/** Images as specs of a batch of them. */
export const imageSpecs = (
  { shape: [, height, width], labels }: IndexedImages,
  size: number,
): BatchSpecs => ({
  images: spec([size, height, width]),
  ...(labels === undefined ? {} : { labels: spec([size], 'i32') }),
})

/** The images at these positions with their labels, as host data. */
export const imagesAt = (source: IndexedImages, positions: Positions): Arrays<BatchSpecs> => ({
  images: source.gather(positions),
  ...(source.labels === undefined
    ? {}
    : {
        labels: {
          shape: [positions.length],
          dtype: 'i32',
          data: Int32Array.from(positions, at => (source.labels as Uint8Array)[at]),
        },
      }),
})

/** Intensities in [0, 1] as images [batch, 1, height, width] in [−1, 1]. */
export const imageExamples = ({ images, labels }: Tensors<BatchSpecs>): Examples => {
  const [batch, height, width] = (images as Real).shape
  return {
    x: pipe(images as Real, mul(2), add(-1), reshape([batch, 1, height, width])),
    ...(labels === undefined ? {} : { labels }),
  }
}

export const imageBatches = ({ train }: ImageData, batchSize: number): Batches => ({
  specs: imageSpecs(train, batchSize),
  *of(cursor, key) {
    for (const positions of train.shuffled({ key: shuffleKey(key), batchSize }, cursor))
      yield imagesAt(train, positions)
  },
  examples: (given, key) => [imageExamples(given), key],
})

/** Points in units of `scale`, drawn in the step. */
export const pointBatches = (
  { sample }: PointData,
  batchSize: number,
  scale: number,
  stepsPerEpoch: number,
): Batches => ({
  specs: {},
  *of({ batch }) {
    for (let step = batch; step < stepsPerEpoch; step++) yield {}
  },
  examples: (_, key) => {
    const [forPoints, rest] = split(key, 2) as readonly [Key, Key]
    const points: Tensor<readonly [number, 2], 'f32'> = sample(batchSize)(forPoints)
    return [{ x: mul(1 / scale)(points as Real) }, rest]
  },
})

/** Data that a model is judged on, in batches by their number: test images in their order, or fresh points, drawn in the step. */
export interface JudgedData {
  readonly specs: BatchSpecs
  readonly at: (batch: number) => Arrays<BatchSpecs>
  /** Examples in the model's units. */
  readonly examples: (given: Tensors<BatchSpecs>, key: Key) => Examples
}

export const judged = (data: DiffusionData, size: number, scale: number): JudgedData =>
  data.kind === 'points'
    ? {
        specs: {},
        at: () => ({}),
        examples: (_, key) => ({ x: mul(1 / scale)(data.sample(size)(key) as Real) }),
      }
    : {
        specs: imageSpecs(data.test, size),
        at: batch =>
          imagesAt(
            data.test,
            Array.from({ length: size }, (_, i) => batch * size + i),
          ),
        examples: imageExamples,
      }
