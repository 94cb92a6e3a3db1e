import type { DType } from '../../../graph/dtype.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import * as code from '../opcodes.js'

/** Which operation of FUSED an elementwise instruction is: by the element type that it reads. */
type Choice<P> = (dtype: DType, params: P) => number

const always =
  (operation: number): Choice<object> =>
  () =>
    operation

/** Different words for floats and for integers; bool counts as u32. */
const by =
  (f32: number, i32: number, u32: number = i32): Choice<object> =>
  dtype =>
    dtype === 'f32' ? f32 : dtype === 'i32' ? i32 : u32

const cast: Choice<ParamsOf<'cast'>> = (from, { dtype: to }) => {
  if (from === to) return code.OP_COPY
  if (to === 'bool') return from === 'f32' ? code.OP_F32_TO_BOOL : code.OP_WHOLE_TO_BOOL
  if (from === 'f32') return to === 'i32' ? code.OP_F32_TO_I32 : code.OP_F32_TO_U32
  if (to === 'f32') return from === 'u32' ? code.OP_U32_TO_F32 : code.OP_I32_TO_F32
  return code.OP_COPY
}

/** The elementwise primitives. */
export const operations = {
  neg: by(code.OP_NEG, code.OP_NEG_I32),
  abs: by(code.OP_ABS, code.OP_ABS_I32),
  sign: by(code.OP_SIGN, code.OP_SIGN_I32),
  floor: always(code.OP_FLOOR),
  ceil: always(code.OP_CEIL),
  round: always(code.OP_ROUND),
  add: by(code.OP_ADD, code.OP_ADD_WHOLE),
  sub: by(code.OP_SUB, code.OP_SUB_WHOLE),
  mul: by(code.OP_MUL, code.OP_MUL_WHOLE),
  div: by(code.OP_DIV, code.OP_DIV_I32, code.OP_DIV_U32),
  mod: by(code.OP_MOD, code.OP_MOD_I32, code.OP_MOD_U32),
  max: by(code.OP_MAX, code.OP_MAX_I32, code.OP_MAX_U32),
  min: by(code.OP_MIN, code.OP_MIN_I32, code.OP_MIN_U32),
  sqrt: always(code.OP_SQRT),
  exp: always(code.OP_EXP),
  expm1: always(code.OP_EXPM1),
  log: always(code.OP_LOG),
  log1p: always(code.OP_LOG1P),
  sin: always(code.OP_SIN),
  cos: always(code.OP_COS),
  tanh: always(code.OP_TANH),
  erf: always(code.OP_ERF),
  erfinv: always(code.OP_ERFINV),
  lgamma: always(code.OP_LGAMMA),
  polygamma: always(code.OP_POLYGAMMA),
  pow: always(code.OP_POW),
  atan2: always(code.OP_ATAN2),
  normalFromBits: always(code.OP_NORMAL_FROM_BITS),
  eq: by(code.OP_EQ, code.OP_EQ_WHOLE),
  lt: by(code.OP_LT, code.OP_LT_I32, code.OP_LT_U32),
  le: by(code.OP_LE, code.OP_LE_I32, code.OP_LE_U32),
  and: always(code.OP_AND),
  or: always(code.OP_OR),
  xor: always(code.OP_XOR),
  not: dtype => (dtype === 'bool' ? code.OP_NOT_BOOL : code.OP_NOT),
  shiftLeft: always(code.OP_SHIFT_LEFT),
  shiftRight: by(code.OP_SHIFT_RIGHT_U32, code.OP_SHIFT_RIGHT_I32, code.OP_SHIFT_RIGHT_U32),
  select: always(code.OP_SELECT),
  cast,
} as const satisfies { readonly [N in PrimitiveName]?: Choice<ParamsOf<N>> }

export type ElementwiseName = keyof typeof operations

export const isElementwise = (name: PrimitiveName): name is ElementwiseName => name in operations

/** The operation of an elementwise instruction that reads (first) elements of `dtype`. */
export const operationOf = (name: ElementwiseName, dtype: DType, params: object): number =>
  (operations[name] as Choice<object>)(dtype, params)

export const elementwiseNames = Object.keys(operations) as readonly ElementwiseName[]
