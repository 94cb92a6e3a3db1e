import { pipe } from 'fp-ts/lib/function.js'
import {
  mul,
  normal,
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

/** Uniform on ±1/√in: what PyTorch gives the weight and the bias of a linear layer. */
export const fanInUniform = uniformWithin(fan => 1 / Math.sqrt(fan.in))
/** Uniform on ±√(6/(in + out)) (Glorot and Bengio 2010, eq. 16). */
export const glorotUniform = uniformWithin(fan => Math.sqrt(6 / (fan.in + fan.out)))
/** Normal with variance 2/(in + out) (Glorot and Bengio 2010, eq. 12). */
export const glorotNormal = normalOf(fan => Math.sqrt(2 / (fan.in + fan.out)))
/** Uniform on ±√(6/in), for rectifiers (He et al. 2015, eq. 10). */
export const heUniform = uniformWithin(fan => Math.sqrt(6 / fan.in))
/** Normal with variance 2/in, for rectifiers (He et al. 2015, eq. 10). */
export const heNormal = normalOf(fan => Math.sqrt(2 / fan.in))
/** Zero everywhere; takes a key and does not look at it. */
export const zeros: Initialiser =
  () =>
  <const S extends Shape>(shape: S) =>
  () =>
    zeroTensor(shape as Shape) as Tensor<[...S], 'f32'>
