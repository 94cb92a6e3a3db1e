import type { DType } from '../graph/dtype.js'
import { zeroGradient, type Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply } from '../graph/tensor.js'
import {
  erf as erfOf,
  erfinv as erfinvOf,
  lgamma as lgammaOf,
  normalFromBits as normalOf,
  polygamma as polygammaOf,
} from '../special/index.js'
import { add, div, like, mul, neg, sub } from './arithmetic.js'
import { binary, binaryNode, elementwise, unary, unaryNode, type Slope } from './elementwise.js'
import { ShapeError } from '../shape/index.js'
import { eq, lt, select } from './logic.js'

const real: readonly DType[] = ['f32']
const smooth = (name: string, meaning: (x: number) => number, slope: Slope) =>
  unary(name, meaning, { dtypes: real, slope })

export const sqrtPrimitive = smooth('sqrt', Math.sqrt, (g, _, root) => [div(g, mul(like(root, 2), root))])
export const expPrimitive = smooth('exp', Math.exp, (g, _, y) => [mul(g, y)])
/** eˣ − 1 without cancellation near 0. */
export const expm1Primitive = smooth('expm1', Math.expm1, (g, _, y) => [mul(g, add(y, like(y, 1)))])
export const logPrimitive = smooth('log', Math.log, (g, [x]) => [div(g, x)])
/** ln(1 + x) without cancellation near 0. */
export const log1pPrimitive = smooth('log1p', Math.log1p, (g, [x]) => [div(g, add(x, like(x, 1)))])
export const sinPrimitive = smooth('sin', Math.sin, (g, [x]) => [mul(g, cos(x))])
export const cosPrimitive = smooth('cos', Math.cos, (g, [x]) => [neg(mul(g, sin(x)))])
export const tanhPrimitive = smooth('tanh', Math.tanh, (g, _, y) => [mul(g, sub(like(y, 1), mul(y, y)))])
/** (2/√π) ∫₀ˣ e^(−t²) dt. */
export const erfPrimitive = smooth('erf', erfOf, (g, [x]) => [
  mul(g, mul(like(x, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))),
])
/** The inverse of erf on (−1, 1); ±∞ at ±1, NaN outside. */
export const erfinvPrimitive = smooth('erfinv', erfinvOf, (g, _, y) => [
  mul(g, mul(like(y, Math.sqrt(Math.PI) / 2), exp(mul(y, y)))),
])
/** ln |Γ(x)|; +∞ at the poles. */
export const lgammaPrimitive = smooth('lgamma', lgammaOf, (g, [x]) => [mul(g, polygamma(x, 0))])

/** The derivative of order `order` of the digamma function ψ; order 0 is ψ itself (DLMF §5.15). */
export const polygammaPrimitive: Primitive<{ readonly order: number }> = {
  name: 'polygamma',
  elementwise: true,
  outputs: ([x], { order }) => {
    if (x.dtype !== 'f32') throw new ShapeError(`polygamma: element type ${x.dtype} is not one of f32`)
    if (!Number.isInteger(order) || order < 0)
      throw new ShapeError(`polygamma: order ${order} is not a whole number from 0`)
    return [{ shape: x.shape, dtype: 'f32' }]
  },
  gradient: ([g], { inputs, params }) => [mul(g as AnyTensor, polygamma(inputs[0], params.order + 1))],
  evaluate: ([x], { order }, [out]) => {
    for (let i = 0; i < out.data.length; i++) out.data[i] = polygammaOf(order, x.data[i])
  },
}

/** aᵇ as C's powf: NaN for a negative base with a fractional exponent, 1 for b = 0 and for a = 1. */
export const powPrimitive = binary(
  'pow',
  (a, b) => (a === 1 ? 1 : a === -1 && Math.abs(b) === Infinity ? 1 : a ** b),
  {
    dtypes: real,
    slope: (g, [a, b], y) => {
      const zero = like(g, 0)
      const base = select(eq(b, zero), zero, mul(b, pow(a, sub(b, like(b, 1)))))
      const positive = lt(zero, a)
      const exponent = select(positive, mul(y, log(select(positive, a, like(a, 1)))), zero)
      return [mul(g, base), mul(g, exponent)]
    },
  },
)

/** The angle of the point (x, y) in (−π, π]: `atan2(y, x)`. */
export const atan2Primitive = binary('atan2', Math.atan2, {
  dtypes: real,
  slope: (g, [y, x]) => {
    const share = div(g, add(mul(x, x), mul(y, y)))
    return [mul(share, x), neg(mul(share, y))]
  },
})

/**
 * A standard normal draw from a random word, √2·erfinv(2u − 1) in single-precision steps that every backend repeats exactly:
 * a draw is data, and is the same number everywhere.
 */
export const normalFromBitsPrimitive = elementwise(
  'normalFromBits',
  { dtypes: ['u32'], result: 'f32', slope: zeroGradient },
  ([bits], _, [out]) => {
    for (let i = 0; i < out.data.length; i++) out.data[i] = normalOf(bits.data[i])
  },
)

export const sqrt = unaryNode(sqrtPrimitive)
export const exp: (x: AnyTensor) => AnyTensor = unaryNode(expPrimitive)
export const expm1 = unaryNode(expm1Primitive)
export const log: (x: AnyTensor) => AnyTensor = unaryNode(logPrimitive)
export const log1p = unaryNode(log1pPrimitive)
export const sin: (x: AnyTensor) => AnyTensor = unaryNode(sinPrimitive)
export const cos: (x: AnyTensor) => AnyTensor = unaryNode(cosPrimitive)
export const tanh = unaryNode(tanhPrimitive)
export const erf = unaryNode(erfPrimitive)
export const erfinv = unaryNode(erfinvPrimitive)
export const lgamma = unaryNode(lgammaPrimitive)
export const polygamma = (x: AnyTensor, order: number): AnyTensor => apply(polygammaPrimitive, [x], { order })
export const pow: (a: AnyTensor, b: AnyTensor) => AnyTensor = binaryNode(powPrimitive)
export const atan2 = binaryNode(atan2Primitive)
export const normalFromBits = unaryNode(normalFromBitsPrimitive)
