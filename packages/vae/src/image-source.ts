import type { NDArray } from '@elbo/tensor'
import type { Cursor } from '@elbo/train'

/** A batch of pixel intensities in [0, 1]. */
export type Pixels = NDArray<readonly [batch: number, height: number, width: number], 'f32'>

/** Positions in a set of images. */
export type Positions = ArrayLike<number>

/** Grey-scale images by position, without order: enough for an evaluation. */
export interface IndexedImages {
  /** One byte a pixel: what tells one set of images from another. */
  readonly data: Uint8Array
  readonly shape: readonly [count: number, height: number, width: number]
  readonly gather: (positions: Positions) => Pixels
  /** The number of each one's class, from 0 on: what a model of pictures given a label needs. */
  readonly labels?: Uint8Array
}

/**
 * What a VAE trains on. `imageSource` of `@elbo/datasets` makes one of any images; this package asks for no more, so that it installs without
 * data.
 */
export interface ImageSource extends IndexedImages {
  /** Full batches of one epoch's order, which is a function of key and epoch, from the cursor on. */
  readonly shuffled: (
    order: { readonly key: readonly [number, number]; readonly batchSize: number },
    cursor: Cursor,
  ) => Iterable<Positions>
}
