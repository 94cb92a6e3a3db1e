import { batchesOfEpoch, type Cursor } from './batches.js'
import { gatherImages, type Images, type Indices, type PixelBatch } from './images.js'
import type { ShuffleKey } from './permutation.js'

/** Images as a training loop asks for them: by position, and in the order of an epoch. */
export interface ImageSource<Height extends number = number, Width extends number = number> extends Images<
  Height,
  Width
> {
  /** The images at these positions, as floats in [0, 1]. */
  readonly gather: <Length extends number>(indices: Indices<Length>) => PixelBatch<Length, Height, Width>
  /** The batches of the cursor's epoch from the cursor on, as positions; images that do not fill a last batch are left out. */
  readonly shuffled: <Size extends number>(
    order: { readonly key: ShuffleKey; readonly batchSize: Size },
    cursor: Cursor,
  ) => Iterable<Indices<Size>>
  /** The number of each one's class, where there are classes. */
  readonly labels?: Uint8Array<ArrayBuffer>
}

/** @throws RangeError where there are not as many labels as images. */
export const imageSource = <Height extends number, Width extends number>(
  images: Images<Height, Width>,
  labels?: Uint8Array<ArrayBuffer>,
): ImageSource<Height, Width> => {
  if (labels !== undefined && labels.length !== images.shape[0])
    throw new RangeError(`imageSource: ${labels.length} labels for ${images.shape[0]} images`)
  return {
    ...images,
    ...(labels === undefined ? {} : { labels }),
    gather: indices => gatherImages(indices)(images),
    *shuffled({ key, batchSize }, cursor) {
      const plan = { key, batchSize, count: images.shape[0], dropLast: true } as const
      for (const { indices } of batchesOfEpoch(plan, cursor)) yield indices
    },
  }
}
