import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  and,
  clip,
  expm1,
  gt,
  lt,
  mul,
  softplus,
  square,
  stopGradient,
  tanh,
  where,
  zerosLike,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { layerOf, type Layer, type NoParameters, type ShapePreserving } from './layer.js'

/*
 * Activations are functions that keep the shape. `relu`, `leakyRelu`, `elu`, `silu`, `gelu`, `sigmoid`, `softplus`, `logSigmoid` and `tanh`
 * are operations of `@elbo/tensor`; here are those that networks alone need.
 */

/** An activation as a layer without parameters, for a `sequence`: `activation(relu)`. */
export const activation = <X extends Tensor<Shape, 'f32'>>(f: ShapePreserving): Layer<NoParameters, X, X> =>
  layerOf(x => f(x as Tensor<Shape, 'f32'>) as X)

/** `scale`·x where positive, `scale`·`alpha`·(eˣ − 1) elsewhere. The exponential sees no positive number, so that it does not overflow. */
const exponentialBelow =
  (scale: number, alpha: number): ShapePreserving =>
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const positive = gt(0)(x)
    const below = where(zerosLike(x), x)(positive) as Tensor<S, 'f32'>
    return where(mul(scale)(x), mul(scale * alpha)(expm1(below)))(positive) as Tensor<S, 'f32'>
  }

/** x held to [low, high], with slope 0 in both corners. */
const held =
  (low: number, high: number): ShapePreserving =>
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const between: Tensor<S, 'bool'> = and(lt(high)(x))(gt(low)(x))
    return where(x, stopGradient(clip(low, high)(x)))(between) as Tensor<S, 'f32'>
  }

/** x where positive, α(eˣ − 1) elsewhere (Clevert, Unterthiner and Hochreiter 2016, eq. 15). */
export const eluOf = (alpha: number): ShapePreserving => exponentialBelow(1, alpha)

/** λx where positive, λα(eˣ − 1) elsewhere, with the λ and α that keep mean 0 and variance 1 (Klambauer et al. 2017, eq. 2 and 14). */
export const selu = exponentialBelow(1.0507009873554805, 1.6732632423543772)

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))), which is nearly x·Φ(x) (Hendrycks and Gimpel 2016, section 2). */
export const geluTanh: ShapePreserving = x =>
  pipe(square(x), mul(0.044715), add(1), mul(x), mul(Math.sqrt(2 / Math.PI)), tanh, add(1), mul(x), mul(0.5))

/** x·tanh(ln(1 + eˣ)) (Misra 2019). */
export const mish: ShapePreserving = x => pipe(softplus(x), tanh, mul(x))

/** x held to [−1, 1]. */
export const hardTanh = held(-1, 1)

/** x held to [0, 6] (Howard et al. 2017). */
export const relu6 = held(0, 6)

/** x/6 + ½ held to [0, 1]: `sigmoid` in three straight pieces. */
export const hardSigmoid: ShapePreserving = x => pipe(x, add(3), relu6, mul(1 / 6))

/** x·hardSigmoid(x): `silu` without an exponential (Howard et al. 2019, section 5.2). */
export const hardSwish: ShapePreserving = x => pipe(hardSigmoid(x), mul(x))
