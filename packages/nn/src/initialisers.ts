import { pipe } from 'fp-ts/lib/function.js'
import {
  clip,
  erfinv,
  full,
  mul,
  normal,
  ones as oneTensor,
  uniformBetween,
  zeros as zeroTensor,
  type Draw,
  type Shape,
  type Tensor,
} from '@elbo/tensor'

/** How many numbers a weight reads and how many it writes, for each of its outputs and inputs. */
export interface Fan {
  readonly in: number
  readonly out: number
}

/** Draws the first value of a parameter: `glorotUniform({ in: 784, out: 400 })([784, 400])(key)`. */
export type Initialiser = (fan: Fan) => <const S extends Shape>(shape: S) => Draw<Tensor<[...S], 'f32'>>

const uniformWithin =
  (bound: (fan: Fan) => number): Initialiser =>
  fan =>
    uniformBetween(-bound(fan), bound(fan))

const normalOf =
  (deviation: (fan: Fan) => number): Initialiser =>
  fan =>
  <const S extends Shape>(shape: S) =>
  key =>
    pipe(normal(shape)(key), mul(deviation(fan)))

/** Looks at no key. */
const always =
  (tensor: (shape: Shape) => unknown): Initialiser =>
  () =>
  <const S extends Shape>(shape: S) =>
  () =>
    tensor(shape) as Tensor<[...S], 'f32'>

/** Uniform on ±1/√in: what PyTorch gives the weight and the bias of a linear layer and of a convolution. */
export const fanInUniform = uniformWithin(fan => 1 / Math.sqrt(fan.in))
/** Uniform on ±√(6/(in + out)) (Glorot and Bengio 2010, eq. 16). */
export const glorotUniform = uniformWithin(fan => Math.sqrt(6 / (fan.in + fan.out)))
/** Normal with variance 2/(in + out) (Glorot and Bengio 2010, eq. 12). */
export const glorotNormal = normalOf(fan => Math.sqrt(2 / (fan.in + fan.out)))
/** Uniform on ±√(6/in), for rectifiers (He et al. 2015, eq. 10). */
export const heUniform = uniformWithin(fan => Math.sqrt(6 / fan.in))
/** Normal with variance 2/in, for rectifiers (He et al. 2015, eq. 10). */
export const heNormal = normalOf(fan => Math.sqrt(2 / fan.in))
/** Uniform on ±√(3/in): variance 1/in (LeCun et al. 1998, eq. 16), for `selu`. */
export const lecunUniform = uniformWithin(fan => Math.sqrt(3 / fan.in))
/** Normal with variance 1/in (LeCun et al. 1998, eq. 16), for `selu`. */
export const lecunNormal = normalOf(fan => Math.sqrt(1 / fan.in))
/** Normal with variance 1, whatever the fan: what PyTorch gives an embedding. */
export const standardNormal = normalOf(() => 1)

/** erf(√2): the probability that a normal variable is within two standard deviations. */
const withinTwo = 0.9544997361036416

/**
 * Normal with standard deviation `deviation`, given that it is within two of them: its own standard deviation is .8796 · `deviation`. Drawn by
 * the inverse of the distribution function, √2 · erfinv(u) with u uniform on ±erf(√2).
 */
export const truncatedNormal =
  (deviation: number): Initialiser =>
  () =>
  <const S extends Shape>(shape: S) =>
  key =>
    pipe(
      uniformBetween(-withinTwo, withinTwo)(shape)(key),
      erfinv,
      mul(Math.SQRT2),
      // The last digit of erfinv may stand beyond.
      clip(-2, 2),
      mul(deviation),
    )

/** Zero everywhere; takes a key and does not look at it. */
export const zeros = always(zeroTensor)
/** One everywhere. */
export const ones = always(oneTensor)
/** One value everywhere. */
export const constant = (value: number): Initialiser => always(shape => full(shape, value))
