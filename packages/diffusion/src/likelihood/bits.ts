import { uniform, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import { minus, plus, times } from '../arithmetic.js'

/** A mean over examples, and how far it may be off: the standard deviation of such means. */
export interface Mean {
  readonly mean: number
  readonly standardError: number
}

/** The mean of values that are independent; of one value alone the error is not known (NaN). */
export const meanOf = (values: ArrayLike<number>): Mean => {
  const all = Array.from(values)
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (all.length - 1) / all.length) }
}

/** −ln p of whole examples, in nats, as bits per dimension: the same for every route to ln p or a bound of it. */
export const bitsPerDim =
  (dimensions: number) =>
  ({ mean, standardError }: Mean): Mean => {
    const nats = dimensions * Math.LN2
    return { mean: mean / nats, standardError: standardError / nats }
  }

/** The width of one of 256 levels on [−1, 1]: the first is in the middle of its bin at −1, the last at 1. */
const binWidth = 2 / 255

/** ln of a bin's width: to be added to ln p of dequantised images, once for each dimension. */
export const natsOfBin = Math.log(binWidth)

/**
 * Images of 256 levels on [−1, 1], spread evenly over their bins. ln p of the result, and `natsOfBin` for each dimension, is in the mean a lower bound of
 * the images' ln P (Theis et al. 2016, section 3.1, by Jensen's inequality).
 */
export const dequantised =
  <S extends Shape>(images: Tensor<S>): Draw<Tensor<S>> =>
  key =>
    plus(images, times(minus(uniform(images.shape as Shape)(key), 0.5), binWidth)) as Tensor<S>
