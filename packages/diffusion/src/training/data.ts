import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Draw, NDArray, Tensor } from '@elbo/tensor'
import type { Cursor } from '@elbo/train'
import type { DiffusionRun } from './run.js'

/** Points that are drawn afresh for every step: [count, coordinates]. `PlaneDensity` of `@elbo/datasets` is such a source. */
export interface PointData {
  readonly kind: 'points'
  /** What tells one set of points from another. */
  readonly name: string
  readonly sample: (count: number) => Draw<Tensor<readonly [number, 2], 'f32'>>
}

/** Positions in a set of images. */
export type Positions = ArrayLike<number>

/** Grey-scale images by position, and the class of each where there are classes. */
export interface IndexedImages {
  /** One byte a pixel. */
  readonly data: Uint8Array
  readonly shape: readonly [count: number, height: number, width: number]
  /** Intensities in [0, 1]. */
  readonly gather: (
    positions: Positions,
  ) => NDArray<readonly [batch: number, height: number, width: number], 'f32'>
  readonly labels?: Uint8Array
}

/** Images to train on: `imageSource` of `@elbo/datasets` makes one of any. */
export interface ShuffledImages extends IndexedImages {
  /** Full batches of one epoch's order, which is a function of key and epoch, from the cursor on. */
  readonly shuffled: (
    order: { readonly key: readonly [number, number]; readonly batchSize: number },
    cursor: Cursor,
  ) => Iterable<Positions>
}

export interface ImageData {
  readonly kind: 'images'
  readonly train: ShuffledImages
  readonly test: IndexedImages
}

export type DiffusionData = PointData | ImageData

/** What tells one set of data from another. */
export const dataOf = (data: DiffusionData): DiffusionRun['data'] => {
  if (data.kind === 'points') return { kind: 'points', name: data.name }
  const hash = sha256.create()
  hash.update(data.train.data)
  if (data.train.labels !== undefined) hash.update(data.train.labels)
  return { kind: 'images', examples: data.train.shape[0], sha256: bytesToHex(hash.digest()) }
}
