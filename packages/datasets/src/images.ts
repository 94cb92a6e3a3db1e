/** Grey-scale images as bytes: 0 is black, 255 white. `data` is row-major over [image, row, column]. */
export interface Images<Height extends number = number, Width extends number = number> {
  readonly data: Uint8Array<ArrayBuffer>
  readonly shape: readonly [count: number, height: Height, width: Width]
}

/** Images and, at the same position, the number of each one's class. */
export interface LabelledImages<Height extends number = number, Width extends number = number> {
  readonly images: Images<Height, Width>
  readonly labels: Uint8Array<ArrayBuffer>
}

export interface ImageDataset<Height extends number = number, Width extends number = number> {
  readonly train: LabelledImages<Height, Width>
  readonly test: LabelledImages<Height, Width>
  /** The name of class k at position k. */
  readonly classes: readonly string[]
}

/** Positions in a data set; a literal length, as of full batches, carries over to the shape of what is gathered. */
export interface Indices<Length extends number = number> {
  readonly length: Length
  readonly [position: number]: number
}

/** A batch of pixels in [0, 1], in the form of the tensor package's host data. */
export interface PixelBatch<Length extends number, Height extends number, Width extends number> {
  readonly data: Float32Array<ArrayBuffer>
  readonly shape: readonly [Length, Height, Width]
  readonly dtype: 'f32'
}

/** A batch of class numbers, in the form of the tensor package's host data. */
export interface LabelBatch<Length extends number> {
  readonly data: Int32Array<ArrayBuffer>
  readonly shape: readonly [Length]
  readonly dtype: 'i32'
}

const intensities = Float32Array.from({ length: 256 }, (_, byte) => byte / 255)

const positionIn = (operation: string, count: number, index: number): number => {
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw new RangeError(`${operation}: there is no element ${index} among ${count}`)
  }
  return index
}

/**
 * The images at `indices`, as floats in [0, 1] (each byte / 255): shape [indices.length, height, width].
 * @throws RangeError when an index is not one of an image.
 */
export const gatherImages =
  <Length extends number>(indices: Indices<Length>) =>
  <Height extends number, Width extends number>(
    images: Images<Height, Width>,
  ): PixelBatch<Length, Height, Width> => {
    const [count, height, width] = images.shape
    const area = height * width
    const data = new Float32Array(indices.length * area)
    for (let k = 0; k < indices.length; k++) {
      const from = positionIn('gatherImages', count, indices[k]) * area
      for (let pixel = 0; pixel < area; pixel++)
        data[k * area + pixel] = intensities[images.data[from + pixel]]
    }
    return { data, shape: [indices.length, height, width], dtype: 'f32' }
  }

/**
 * The class numbers at `indices`: shape [indices.length].
 * @throws RangeError when an index is not one of a label.
 */
export const gatherLabels =
  <Length extends number>(indices: Indices<Length>) =>
  (labels: Uint8Array): LabelBatch<Length> => {
    const data = new Int32Array(indices.length)
    for (let k = 0; k < indices.length; k++) {
      data[k] = labels[positionIn('gatherLabels', labels.length, indices[k])]
    }
    return { data, shape: [indices.length], dtype: 'i32' }
  }
