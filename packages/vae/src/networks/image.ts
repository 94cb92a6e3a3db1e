import { ShapeError } from '@elbo/tensor'

/** Height and width of images that are rows of numbers elsewhere, one after the other. */
export type ImageSize = readonly [height: number, width: number]

/** @throws ShapeError `convEncoder: images of 0 x 28: both are positive integers` */
export const requireImage = (name: string, [height, width]: ImageSize): void => {
  if (![height, width].every(extent => Number.isSafeInteger(extent) && extent > 0))
    throw new ShapeError(`${name}: images of ${height} x ${width}: both are positive integers`)
}

/**
 * The numbers of an image in rows of so many outputs.
 * @throws ShapeError `convDecoder: 100 outputs are not so many for each of 784 pixels`
 */
export const perPixel = (name: string, [height, width]: ImageSize, outputs: number): number => {
  const each = outputs / (height * width)
  if (!Number.isSafeInteger(each) || each < 1)
    throw new ShapeError(`${name}: ${outputs} outputs are not so many for each of ${height * width} pixels`)
  return each
}
