import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  and,
  arange,
  bernoulli,
  cast,
  eq,
  full,
  ge,
  integers,
  lt,
  matmul,
  mul,
  reshape,
  reverse,
  ShapeError,
  split,
  sub,
  tensor,
  where,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'

/**
 * Changes a batch of images f32[batch, …, height, width], each image by draws of its own. Drawing again needs another key, such as
 * `foldIn(step)(key)`.
 */
export type Augmentation = <S extends Shape>(images: Tensor<S, 'f32'>) => Draw<Tensor<S, 'f32'>>

type Images = Tensor<Shape, 'f32'>
type Whole = Tensor<Shape, 'i32'>
type Truth = Tensor<Shape, 'bool'>

interface Extents {
  readonly batch: number
  readonly height: number
  readonly width: number
}

const extentsOf = (operation: string, { shape }: Images): Extents => {
  if (shape.length < 3)
    throw new ShapeError(`${operation}: [${shape.join(', ')}]: images are [batch, …, height, width]`)
  return { batch: shape[0], height: shape[shape.length - 2], width: shape[shape.length - 1] }
}

/** [batch] as [batch, 1, …, 1], to go with images. */
const perImage = <D extends 'f32' | 'i32' | 'bool'>(
  values: Tensor<Shape, D>,
  { shape }: Images,
): Tensor<Shape, D> => reshape([shape[0], ...shape.slice(1).map(() => 1)])(values)

/** Augmentations one after the other, each with a key of its own. */
export const inSequence =
  (...steps: readonly Augmentation[]): Augmentation =>
  <S extends Shape>(images: Tensor<S, 'f32'>) =>
  (key: Key): Tensor<S, 'f32'> => {
    if (steps.length === 0) return images
    const keys = split(key, steps.length)
    return steps.reduce((changed, step, i) => step(changed)(keys[i]), images)
  }

/** Mirrors each image, left to right unless told, with this probability. */
export const randomFlip =
  ({
    probability = 0.5,
    direction = 'horizontal',
  }: { readonly probability?: number; readonly direction?: 'horizontal' | 'vertical' } = {}): Augmentation =>
  <S extends Shape>(given: Tensor<S, 'f32'>) =>
  (key: Key): Tensor<S, 'f32'> => {
    const images: Images = given
    const { batch } = extentsOf('randomFlip', images)
    const flips: Truth = bernoulli(full([batch], probability))(key)
    const mirrored: Images = reverse(direction === 'horizontal' ? -1 : -2)(images)
    const changed: Images = where(mirrored, images)(perImage(flips, images))
    return changed as Tensor<S, 'f32'>
  }

/**
 * Reads rows first, first + 1, … and columns likewise, as many as asked, from where each image is told to begin. What lies outside an image reads 0.
 * Selection is by matrices of zeros and ones, so that it is exact and has a gradient.
 */
const window = (
  images: Images,
  rows: number,
  columns: number,
  firstRow: Whole,
  firstColumn: Whole,
): Images => {
  const { batch, height, width } = extentsOf('window', images)
  const between = images.shape.slice(1, -2)
  const stacked: Images = reshape([batch, between.reduce((all, n) => all * n, 1), height, width])(images)
  const offsets = (first: Whole): Whole => reshape([batch, 1, 1, 1])(first)
  const row: Whole = reshape([rows, 1])(arange(rows, 'i32'))
  const column: Whole = arange(columns, 'i32')
  const oldRow: Whole = arange(height, 'i32')
  const oldColumn: Whole = reshape([width, 1])(arange(width, 'i32'))
  const fromRows: Images = cast('f32')(eq(oldRow)(add(offsets(firstRow))(row)))
  const fromColumns: Images = cast('f32')(eq(oldColumn)(add(offsets(firstColumn))(column)))
  const selected: Images = pipe(fromRows, matmul(stacked), matmul(fromColumns))
  return reshape([batch, ...between, rows, columns])(selected)
}

const wholeNumber = (operation: string, name: string, value: number): void => {
  if (!(Number.isSafeInteger(value) && value >= 0))
    throw new RangeError(`${operation}: ${name} is a whole number from 0, got ${value}`)
}

const begins = (low: number, high: number, batch: number, key: Key): Whole =>
  integers(low, high + 1)([batch])(key)

/** Moves each image by up to so many pixels up or down and left or right; what comes in is 0. */
export const randomShift = (pixels: number): Augmentation => {
  wholeNumber('randomShift', 'a number of pixels', pixels)
  return <S extends Shape>(given: Tensor<S, 'f32'>) =>
    (key: Key): Tensor<S, 'f32'> => {
      const images: Images = given
      const { batch, height, width } = extentsOf('randomShift', images)
      const [vertical, horizontal] = split(key, 2) as readonly [Key, Key]
      return window(
        images,
        height,
        width,
        begins(-pixels, pixels, batch, vertical),
        begins(-pixels, pixels, batch, horizontal),
      ) as Tensor<S, 'f32'>
    }
}

/**
 * A part [height, width] of each image, from anywhere in it: f32[batch, …, height, width].
 * @throws ShapeError where the images are smaller.
 */
export const randomCrop =
  (height: number, width: number) =>
  (images: Images): Draw<Images> =>
  key => {
    const whole = extentsOf('randomCrop', images)
    if (height > whole.height || width > whole.width) {
      throw new ShapeError(`randomCrop: [${images.shape.join(', ')}]: no part of it is ${height} × ${width}`)
    }
    const [vertical, horizontal] = split(key, 2) as readonly [Key, Key]
    return window(
      images,
      height,
      width,
      begins(0, whole.height - height, whole.batch, vertical),
      begins(0, whole.width - width, whole.batch, horizontal),
    )
  }

/**
 * Sets a square of each image to 0, of which the centre is anywhere in the image and the rest may lie outside (DeVries and Taylor 2017).
 * With an even side the square reaches one pixel further up and left of its centre than down and right.
 */
export const cutout = (side: number): Augmentation => {
  wholeNumber('cutout', 'a side', side)
  return <S extends Shape>(given: Tensor<S, 'f32'>) =>
    (key: Key): Tensor<S, 'f32'> => {
      const images: Images = given
      const { batch, height, width } = extentsOf('cutout', images)
      const [vertical, horizontal] = split(key, 2) as readonly [Key, Key]
      const covered = (centre: Whole, places: Whole): Truth => {
        const first = sub(Math.floor(side / 2))(perImage(centre, images))
        return and(lt(add(side)(first))(places))(ge(first)(places))
      }
      const rows: Whole = reshape([height, 1])(arange(height, 'i32'))
      const columns: Whole = arange(width, 'i32')
      const hole = and(covered(begins(0, width - 1, batch, horizontal), columns))(
        covered(begins(0, height - 1, batch, vertical), rows),
      )
      const nothing: Images = full([], 0)
      const changed: Images = where(nothing, images)(hole)
      return changed as Tensor<S, 'f32'>
    }
}

/**
 * (x − mean)/deviation, with one mean and deviation for all numbers of images [batch, …, height, width], or one for each channel of [batch, channels, height, width].
 * @throws RangeError when a deviation is not positive; ShapeError when the images have other channels.
 */
export const normalise =
  (mean: number | readonly number[], deviation: number | readonly number[]) =>
  <S extends Shape>(images: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const [means, deviations] = [mean, deviation].map(value => (typeof value === 'number' ? [value] : value))
    const bad = deviations.find(value => !(value > 0))
    if (bad !== undefined) throw new RangeError(`normalise: a deviation is positive, got ${bad}`)
    const constants = (values: readonly number[]): Images => {
      if (values.length > 1 && (images.shape.length !== 4 || images.shape[1] !== values.length)) {
        throw new ShapeError(
          `normalise: [${images.shape.join(', ')}]: ${values.length} channels were expected on the second of four axes`,
        )
      }
      return values.length > 1 ? tensor(values, [values.length, 1, 1]) : full([], values[0])
    }
    const given: Images = images
    const changed = pipe(given, sub(constants(means)), mul(constants(deviations.map(value => 1 / value))))
    return changed as Tensor<S, 'f32'>
  }
