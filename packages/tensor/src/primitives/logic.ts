import { equalShapes, ShapeError } from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import { none, nonDifferentiable, type None, type Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply, type Spec } from '../graph/tensor.js'
import { binary, binaryNode, unary, unaryNode } from './elementwise.js'
import { full } from './leaves.js'

const anything: readonly DType[] = ['f32', 'i32', 'u32', 'bool']
const whole: readonly DType[] = ['i32', 'u32']
const bits: readonly DType[] = ['bool', 'i32', 'u32']

const comparison = (name: string, meaning: (a: number, b: number) => number): Primitive<None> =>
  binary(name, meaning, { dtypes: anything, result: 'bool', slope: nonDifferentiable })

/** a = b. NaN equals nothing; −0 equals 0. */
export const eqPrimitive = comparison('eq', (a, b) => (a === b ? 1 : 0))
/** a < b; false where either is NaN. */
export const ltPrimitive = comparison('lt', (a, b) => (a < b ? 1 : 0))
/** a ≤ b; false where either is NaN. */
export const lePrimitive = comparison('le', (a, b) => (a <= b ? 1 : 0))

const bitwise = (
  name: string,
  meaning: (a: number, b: number) => number,
  dtypes: readonly DType[],
): Primitive<None> => binary(name, meaning, { dtypes, slope: nonDifferentiable })

export const andPrimitive = bitwise('and', (a, b) => a & b, bits)
export const orPrimitive = bitwise('or', (a, b) => a | b, bits)
export const xorPrimitive = bitwise('xor', (a, b) => a ^ b, bits)
/** Shifts by b mod 32, as WebAssembly and WGSL do. */
export const shiftLeftPrimitive = bitwise('shiftLeft', (a, b) => a << b, whole)

/** Logical for u32, arithmetic for i32; by b mod 32. */
export const shiftRightPrimitive: Primitive<None> = {
  ...bitwise('shiftRight', (a, b) => a >> b, whole),
  evaluate: ([a, b], _, [out]) => {
    const logical = a.dtype === 'u32'
    for (let i = 0; i < out.data.length; i++) {
      const [word, by] = [a.data[i], b.data[i]]
      out.data[i] = logical ? word >>> by : word >> by
    }
  },
}

/** Logical for bool, bitwise for integers. */
export const notPrimitive: Primitive<None> = {
  ...unary('not', x => ~x, { dtypes: bits, slope: nonDifferentiable }),
  evaluate: ([a], _, [out]) => {
    const logical = a.dtype === 'bool'
    for (let i = 0; i < out.data.length; i++) out.data[i] = logical ? 1 - a.data[i] : ~a.data[i]
  },
}

/** condition ? a : b, element by element. */
export const selectPrimitive: Primitive<None> = {
  name: 'select',
  elementwise: true,
  outputs: inputs => {
    const [condition, a, b] = inputs as readonly [Spec, Spec, Spec]
    for (const { shape } of [a, b]) {
      if (!equalShapes(shape, condition.shape)) {
        throw new ShapeError(`select: [${condition.shape.join(', ')}] and [${shape.join(', ')}] differ`)
      }
    }
    if (condition.dtype !== 'bool')
      throw new ShapeError(`select: the condition must be bool, not ${condition.dtype}`)
    if (a.dtype !== b.dtype)
      throw new ShapeError(`select: element types ${a.dtype} and ${b.dtype} differ; cast one of them`)
    return [{ shape: a.shape, dtype: a.dtype }]
  },
  gradient: ([g], { inputs }) => {
    const [condition] = inputs as readonly [AnyTensor]
    const slope = g as AnyTensor
    const zero = full(slope.shape, 'f32', 0)
    return [undefined, select(condition, slope, zero), select(condition, zero, slope)]
  },
  evaluate: ([condition, a, b], _, [out]) => {
    for (let i = 0; i < out.data.length; i++) out.data[i] = (condition.data[i] ? a : b).data[i]
  },
}

/** Saturating float → integer as in WebAssembly and WGSL: NaN reads 0, what lies outside reads the nearest bound. */
const toInteger = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high)

/**
 * Changes the element type. To bool: is it not zero (NaN is not). f32 to integers: truncates and saturates. Between i32 and u32: the same bits.
 */
export const castPrimitive: Primitive<{ readonly dtype: DType }> = {
  name: 'cast',
  elementwise: true,
  outputs: ([x], { dtype }) => [{ shape: x.shape, dtype }],
  gradient: ([g], { inputs }) => [inputs[0]?.dtype === 'f32' ? g : undefined],
  evaluate: ([x], { dtype }, [out]) => {
    const fromFloat = x.dtype === 'f32'
    for (let i = 0; i < out.data.length; i++) {
      const value = x.data[i]
      if (dtype === 'bool') out.data[i] = value !== 0 ? 1 : 0
      else if (fromFloat && dtype === 'i32') out.data[i] = toInteger(value, -(2 ** 31), 2 ** 31 - 1)
      else if (fromFloat && dtype === 'u32') out.data[i] = toInteger(value, 0, 2 ** 32 - 1)
      else out.data[i] = value
    }
  },
}

export const eq = binaryNode(eqPrimitive)
export const lt = binaryNode(ltPrimitive)
export const le = binaryNode(lePrimitive)
export const and = binaryNode(andPrimitive)
export const or = binaryNode(orPrimitive)
export const xor = binaryNode(xorPrimitive)
export const shiftLeft = binaryNode(shiftLeftPrimitive)
export const shiftRight = binaryNode(shiftRightPrimitive)
export const not = unaryNode(notPrimitive)
export const select = (condition: AnyTensor, a: AnyTensor, b: AnyTensor): AnyTensor =>
  apply(selectPrimitive, [condition, a, b], none)
export const cast = (x: AnyTensor, dtype: DType): AnyTensor =>
  x.dtype === dtype ? x : apply(castPrimitive, [x], { dtype })
