import type { DType } from '../graph/dtype.js'
import { zeroGradient } from '../graph/primitive.js'
import type { AnyTensor } from '../graph/tensor.js'
import { floorMod, roundHalfEven } from '../special/index.js'
import { binary, binaryNode, unary, unaryNode } from './elementwise.js'
import { full } from './leaves.js'
import { eq, lt, select } from './logic.js'

const real: readonly DType[] = ['f32']
const signed: readonly DType[] = ['f32', 'i32']
const numeric: readonly DType[] = ['f32', 'i32', 'u32']

/** `value` with the shape and element type of `x`. */
export const like = (x: AnyTensor, value: number): AnyTensor => full(x.shape, x.dtype, value)

export const negPrimitive = unary('neg', x => -x, { dtypes: signed, slope: g => [neg(g)] })
export const absPrimitive = unary('abs', Math.abs, { dtypes: signed, slope: (g, [x]) => [mul(g, sign(x))] })
/** −1, 0 or 1; keeps −0 and NaN. */
export const signPrimitive = unary('sign', Math.sign, { dtypes: signed, slope: zeroGradient })
export const floorPrimitive = unary('floor', Math.floor, { dtypes: real, slope: zeroGradient })
export const ceilPrimitive = unary('ceil', Math.ceil, { dtypes: real, slope: zeroGradient })

/** Half to even, as IEEE 754, NumPy, WebAssembly and WGSL round. */
export const roundPrimitive = unary('round', roundHalfEven, { dtypes: real, slope: zeroGradient })

export const addPrimitive = binary('add', (a, b) => a + b, { dtypes: numeric, slope: g => [g, g] })
export const subPrimitive = binary('sub', (a, b) => a - b, { dtypes: numeric, slope: g => [g, neg(g)] })
export const mulPrimitive = binary(
  'mul',
  (a, b) => a * b,
  { dtypes: numeric, slope: (g, [a, b]) => [mul(g, b), mul(g, a)] },
  Math.imul,
)
const wholeQuotient = (a: number, b: number): number => (b === 0 ? 0 : Math.floor(a / b))

/** a / b; floors for integers, where a division by zero reads 0. */
export const divPrimitive = binary(
  'div',
  (a, b) => a / b,
  {
    dtypes: numeric,
    slope: (g, [, b], quotient) => {
      const share = div(g, b)
      return [share, neg(mul(share, quotient))]
    },
  },
  wholeQuotient,
)

/** a − b·⌊a/b⌋: the sign of the divisor, zeros too, as in Python; modulo zero reads NaN for f32 and 0 for integers. */
export const modPrimitive = binary(
  'mod',
  floorMod,
  { dtypes: numeric, slope: (g, [a, b]) => [g, neg(mul(g, floor(div(a, b))))] },
  (a, b) => (b === 0 ? 0 : floorMod(a, b)),
)

/** Where a and b tie, each gets half of the gradient. */
const winner =
  (wins: (a: AnyTensor, b: AnyTensor) => AnyTensor) =>
  (g: AnyTensor, [a, b]: readonly AnyTensor[]): readonly AnyTensor[] => {
    const half = mul(g, like(g, 0.5))
    const zero = like(g, 0)
    const share = (mine: AnyTensor, other: AnyTensor): AnyTensor =>
      select(wins(mine, other), g, select(eq(mine, other), half, zero))
    return [share(a, b), share(b, a)]
  }

/** NaN where either is NaN; +0 is above −0. */
export const maxPrimitive = binary('max', Math.max, {
  dtypes: numeric,
  slope: winner((mine, other) => lt(other, mine)),
})
/** NaN where either is NaN; −0 is below +0. */
export const minPrimitive = binary('min', Math.min, {
  dtypes: numeric,
  slope: winner((mine, other) => lt(mine, other)),
})

export const neg = unaryNode(negPrimitive)
export const abs = unaryNode(absPrimitive)
export const sign = unaryNode(signPrimitive)
export const floor = unaryNode(floorPrimitive)
export const ceil = unaryNode(ceilPrimitive)
export const round = unaryNode(roundPrimitive)
export const add: (a: AnyTensor, b: AnyTensor) => AnyTensor = binaryNode(addPrimitive)
export const sub = binaryNode(subPrimitive)
export const mul: (a: AnyTensor, b: AnyTensor) => AnyTensor = binaryNode(mulPrimitive)
export const div: (a: AnyTensor, b: AnyTensor) => AnyTensor = binaryNode(divPrimitive)
export const mod = binaryNode(modPrimitive)
export const max = binaryNode(maxPrimitive)
export const min = binaryNode(minPrimitive)
