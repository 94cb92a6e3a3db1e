import type { DType } from '../../../graph/dtype.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import { types, unsigned, v128, type Code, type Signature } from './encoding.js'

/** How the kernels' functions of four lanes are called. */
const { i32, v128: vector } = types
const unary: Signature = { parameters: [vector], results: [vector] }
const binary: Signature = { parameters: [vector, vector], results: [vector] }
const ordered: Signature = { parameters: [vector, i32], results: [vector] }

/** Functions that the kernels export for what takes more than an instruction or two: assembly/lanes.ts. */
export const functions = {
  ...{
    sign: unary,
    signI32: unary,
    exp: unary,
    expm1: unary,
    log: unary,
    log1p: unary,
    sin: unary,
    cos: unary,
    tanh: unary,
  },
  ...{ erf: unary, erfinv: unary, lgamma: unary, polygamma: ordered, normalFromBits: unary },
  ...{ mod: binary, pow: binary, atan2: binary },
  ...{ divideI32: binary, divideU32: binary, moduloI32: binary, moduloU32: binary },
  ...{ shiftLeft: binary, shiftRightI32: binary, shiftRightU32: binary },
} as const satisfies { readonly [name: string]: Signature }

export type FunctionName = keyof typeof functions

/** What an elementwise operation does to four lanes, its operands on the stack. */
export type Lanes =
  /** Instructions. */
  | { readonly kind: 'code'; readonly code: Code }
  /** A comparison: instructions that leave all bits set where it holds. As a value that is 1. */
  | { readonly kind: 'mask'; readonly code: Code }
  /** One of the kernels' functions; `order` is its last operand, where it has one that is a number. */
  | { readonly kind: 'call'; readonly name: FunctionName; readonly order?: number }
  /** a ? b : c. */
  | { readonly kind: 'select' }
  /** The operand as it is, under another type. */
  | { readonly kind: 'same' }

const instruction = (...codes: readonly number[]): Code => codes.flatMap(code => [0xfd, ...unsigned(code)])
const code = (...codes: readonly number[]): Lanes => ({ kind: 'code', code: instruction(...codes) })
const mask = (...codes: readonly number[]): Lanes => ({ kind: 'mask', code: instruction(...codes) })
const call = (name: FunctionName): Lanes => ({ kind: 'call', name })
const same: Lanes = { kind: 'same' }
const isNonZero = (compare: number): Lanes => ({
  kind: 'mask',
  code: [...v128.splat(0), ...instruction(compare)],
})

// Numbers of the specification, section 5.4.10.
const i32x4 = {
  ...{ eq: 0x37, ne: 0x38, ltS: 0x39, ltU: 0x3a, leS: 0x3d, leU: 0x3e },
  ...{
    abs: 0xa0,
    neg: 0xa1,
    add: 0xae,
    sub: 0xb1,
    mul: 0xb5,
    minS: 0xb6,
    minU: 0xb7,
    maxS: 0xb8,
    maxU: 0xb9,
  },
  ...{ truncS: 0xf8, truncU: 0xf9 },
} as const
const f32x4 = {
  ...{ eq: 0x41, ne: 0x42, lt: 0x43, le: 0x45, ceil: 0x67, floor: 0x68, nearest: 0x6a, abs: 0xe0, neg: 0xe1 },
  ...{ sqrt: 0xe3, add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7, min: 0xe8, max: 0xe9 },
  ...{ convertS: 0xfa, convertU: 0xfb },
} as const
const bits = { not: 0x4d, and: 0x4e, or: 0x50, xor: 0x51 } as const

type Choice<P> = (dtype: DType, params: P) => Lanes

const always =
  (lanes: Lanes): Choice<object> =>
  () =>
    lanes

/** Different ones for floats and for integers; bool counts as u32. */
const by =
  (f32: Lanes, i32: Lanes, u32: Lanes = i32): Choice<object> =>
  dtype =>
    dtype === 'f32' ? f32 : dtype === 'i32' ? i32 : u32

const cast: Choice<ParamsOf<'cast'>> = (from, { dtype: to }) => {
  if (from === to) return same
  if (to === 'bool') return isNonZero(from === 'f32' ? f32x4.ne : i32x4.ne)
  if (from === 'f32') return code(to === 'i32' ? i32x4.truncS : i32x4.truncU)
  if (to === 'f32') return code(from === 'u32' ? f32x4.convertU : f32x4.convertS)
  return same
}

/** 0 and 1 change places. */
const notBool: Lanes = { kind: 'code', code: [...v128.splat(1), ...instruction(bits.xor)] }

/** The elementwise primitives. */
const elementwise = {
  neg: by(code(f32x4.neg), code(i32x4.neg)),
  abs: by(code(f32x4.abs), code(i32x4.abs)),
  sign: by(call('sign'), call('signI32')),
  floor: always(code(f32x4.floor)),
  ceil: always(code(f32x4.ceil)),
  round: always(code(f32x4.nearest)),
  add: by(code(f32x4.add), code(i32x4.add)),
  sub: by(code(f32x4.sub), code(i32x4.sub)),
  mul: by(code(f32x4.mul), code(i32x4.mul)),
  div: by(code(f32x4.div), call('divideI32'), call('divideU32')),
  mod: by(call('mod'), call('moduloI32'), call('moduloU32')),
  max: by(code(f32x4.max), code(i32x4.maxS), code(i32x4.maxU)),
  min: by(code(f32x4.min), code(i32x4.minS), code(i32x4.minU)),
  sqrt: always(code(f32x4.sqrt)),
  exp: always(call('exp')),
  expm1: always(call('expm1')),
  log: always(call('log')),
  log1p: always(call('log1p')),
  sin: always(call('sin')),
  cos: always(call('cos')),
  tanh: always(call('tanh')),
  erf: always(call('erf')),
  erfinv: always(call('erfinv')),
  lgamma: always(call('lgamma')),
  polygamma: (_, { order }) => ({ kind: 'call', name: 'polygamma', order }),
  pow: always(call('pow')),
  atan2: always(call('atan2')),
  normalFromBits: always(call('normalFromBits')),
  eq: by(mask(f32x4.eq), mask(i32x4.eq)),
  lt: by(mask(f32x4.lt), mask(i32x4.ltS), mask(i32x4.ltU)),
  le: by(mask(f32x4.le), mask(i32x4.leS), mask(i32x4.leU)),
  and: always(code(bits.and)),
  or: always(code(bits.or)),
  xor: always(code(bits.xor)),
  not: dtype => (dtype === 'bool' ? notBool : code(bits.not)),
  shiftLeft: always(call('shiftLeft')),
  shiftRight: by(call('shiftRightU32'), call('shiftRightI32'), call('shiftRightU32')),
  select: always({ kind: 'select' }),
  cast,
} as const satisfies { readonly [N in PrimitiveName]?: Choice<ParamsOf<N>> }

export type ElementwiseName = keyof typeof elementwise

export const isElementwise = (name: PrimitiveName): name is ElementwiseName => name in elementwise

export const elementwiseNames = Object.keys(elementwise) as readonly ElementwiseName[]

/** What an elementwise instruction does to four lanes, by the type of the elements that it reads (first). */
export const lanesOf = (name: ElementwiseName, dtype: DType, params: object): Lanes =>
  (elementwise[name] as Choice<object>)(dtype, params)
