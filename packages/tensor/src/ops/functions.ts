import type { Shape } from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import * as arithmetic from '../primitives/arithmetic.js'
import { customGradient, stopGradient as stopGradientNode } from '../primitives/identity.js'
import * as logic from '../primitives/logic.js'
import * as t from '../primitives/transcendental.js'

/** Functions of one tensor, element by element. Accuracy is stated in docs/accuracy.md. */
type Real = <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>
type Any = <S extends Shape, D extends DType>(x: Tensor<S, D>) => Tensor<S, D>
type Test = <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'bool'>

const real = (f: (x: AnyTensor) => AnyTensor): Real => f as Real
const any = (f: (x: AnyTensor) => AnyTensor): Any => f as Any
const test = (f: (x: AnyTensor) => AnyTensor): Test => f as Test
const { add, div, like, mul, neg: minus, sub, max, min } = arithmetic

const negative = (x: AnyTensor): AnyTensor => logic.lt(x, like(x, 0))
/** |x| with slope 1 at 0, where that of `abs` is 0: an even function of it keeps all its derivatives there. */
const magnitude = (x: AnyTensor): AnyTensor => logic.select(negative(x), minus(x), x)

export const neg = any(arithmetic.neg)
export const abs = any(arithmetic.abs)
/** −1, 0 or 1; keeps −0 and NaN. */
export const sign = any(arithmetic.sign)
/** x². */
export const square = any(x => mul(x, x))
/** Logical for bool, bitwise for integers. */
export const not = any(logic.not)
/** The value, held constant under differentiation. */
export const stopGradient = any(stopGradientNode)

export const floor = real(arithmetic.floor)
export const ceil = real(arithmetic.ceil)
/** Half to even. */
export const round = real(arithmetic.round)
export const sqrt = real(t.sqrt)
/** 1/√x. */
export const rsqrt = real(x => div(like(x, 1), t.sqrt(x)))
export const reciprocal = real(x => div(like(x, 1), x))
export const exp = real(t.exp)
/** eˣ − 1 without cancellation near 0. */
export const expm1 = real(t.expm1)
export const log = real(t.log)
/** ln(1 + x) without cancellation near 0. */
export const log1p = real(t.log1p)
export const sin = real(t.sin)
export const cos = real(t.cos)
export const tan = real(x => div(t.sin(x), t.cos(x)))
export const atan = real(x => t.atan2(x, like(x, 1)))
export const asin = real(x => t.atan2(x, t.sqrt(mul(sub(like(x, 1), x), add(like(x, 1), x)))))
export const acos = real(x => t.atan2(t.sqrt(mul(sub(like(x, 1), x), add(like(x, 1), x))), x))
export const tanh = real(t.tanh)
/** sinh x by expm1, exact near 0: (e + e/(e + 1))/2 with e = eˣ − 1. */
export const sinh = real(x => {
  const size = magnitude(x)
  const e = t.expm1(min(size, like(x, 88)))
  const small = mul(like(x, 0.5), add(e, div(e, add(e, like(x, 1)))))
  // Beyond 88, where eˣ overflows before eˣ/2 does.
  const half = t.exp(mul(like(x, 0.5), size))
  const large = mul(mul(like(x, 0.5), half), half)
  const odd = logic.select(negative(x), like(x, -1), like(x, 1))
  return mul(odd, logic.select(logic.lt(size, like(x, 88)), small, large))
})
export const cosh = real(x => {
  const half = t.exp(mul(like(x, 0.5), magnitude(x)))
  const large = mul(mul(like(x, 0.5), half), half)
  return add(large, div(like(x, 0.25), large))
})
export const erf = real(t.erf)
/** The inverse of erf on (−1, 1). */
export const erfinv = real(t.erfinv)
/** ln |Γ(x)|. */
export const lgamma = real(t.lgamma)
/** ψ(x), the derivative of lgamma. */
export const digamma = real(x => t.polygamma(x, 0))
/** The derivative of order n of ψ. */
export const polygamma = (order: number): Real => real(x => t.polygamma(x, order))

/** 1/(1 + e⁻ˣ) = (1 + tanh(x/2))/2, from e^(−|x|) so that nothing overflows; its slope is σ(x)(1 − σ(x)). */
export const sigmoid = real(x => {
  const e = t.exp(minus(arithmetic.abs(x)))
  const one = like(x, 1)
  const value = div(logic.select(negative(x), e, one), add(one, e))
  const result: AnyTensor = customGradient(value, [x], g => [mul(g, mul(result, sub(one, result)))])
  return result
})
/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)); its slope is σ(x). */
export const softplus = real(x => {
  const value = add(max(x, like(x, 0)), t.log1p(t.exp(minus(arithmetic.abs(x)))))
  return customGradient(value, [x], g => [mul(g, sigmoid(x as Tensor))])
})
/** ln σ(x). */
export const logSigmoid = real(x => minus(softplus(minus(x) as Tensor<Shape, 'f32'>)))
/** max(x, 0), with slope 0 at 0. */
export const relu = real(x => logic.select(logic.lt(like(x, 0), x), x, like(x, 0)))
/** x where positive, slope·x elsewhere. */
export const leakyRelu = (slope: number): Real =>
  real(x => logic.select(logic.lt(like(x, 0), x), x, mul(like(x, slope), x)))
/** x where positive, eˣ − 1 elsewhere. */
export const elu = real(x => {
  const positive = logic.lt(like(x, 0), x)
  return logic.select(positive, x, t.expm1(logic.select(positive, like(x, 0), x)))
})
/** x·σ(x) (Elfwing et al. 2017). */
export const silu = real(x => mul(x, sigmoid(x as Tensor<Shape, 'f32'>)))
/** x·Φ(x), exact (Hendrycks and Gimpel 2016). */
export const gelu = real(x =>
  mul(mul(like(x, 0.5), x), add(like(x, 1), t.erf(mul(x, like(x, Math.SQRT1_2))))),
)

export const isNaN = test(x => logic.not(logic.eq(x, x)))
export const isFinite = test(x => logic.lt(arithmetic.abs(x), like(x, Infinity)))
