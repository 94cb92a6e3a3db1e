import * as op from '../opcodes'
import * as math from './math/index'

// What each operation of FUSED does to four lanes. The operation is a constant wherever these are compiled in, and its branch alone remains.

/** 0 or 1 for the lanes of a comparison. */
@inline function truth(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1))
}


@inline function signOf(x: v128): v128 {
  const unit = v128.or(v128.and(x, i32x4.splat(0x80000000)), f32x4.splat(1))
  return v128.bitselect(unit, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)))
}

/** One lane of a division or remainder of whole numbers, towards −∞. */
@inline function divideLane(operation: i32, a: i32, b: i32): i32 {
  if (b == 0) return 0
  if (operation == op.OP_DIV_U32) return <i32>(<u32>a / <u32>b)
  if (operation == op.OP_MOD_U32) return <i32>(<u32>a % <u32>b)
  if (b == -1) return operation == op.OP_DIV_I32 ? -a : 0
  const rest = a % b
  const isBelow = rest != 0 && (rest ^ b) < 0
  if (operation == op.OP_DIV_I32) return a / b - <i32>isBelow
  return isBelow ? rest + b : rest
}


@inline function divide(operation: i32, a: v128, b: v128): v128 {
  let x = i32x4.splat(divideLane(operation, i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)))
  x = i32x4.replace_lane(x, 1, divideLane(operation, i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)))
  x = i32x4.replace_lane(x, 2, divideLane(operation, i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)))
  return i32x4.replace_lane(x, 3, divideLane(operation, i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)))
}


@inline function shiftLane(operation: i32, a: i32, b: i32): i32 {
  if (operation == op.OP_SHIFT_LEFT) return a << b
  return operation == op.OP_SHIFT_RIGHT_I32 ? a >> b : <i32>((<u32>a) >> b)
}


@inline function shift(operation: i32, a: v128, b: v128): v128 {
  const by = i32x4.extract_lane(b, 0)
  if (i32x4.all_true(i32x4.eq(b, i32x4.splat(by)))) {
    if (operation == op.OP_SHIFT_LEFT) return i32x4.shl(a, by)
    return operation == op.OP_SHIFT_RIGHT_I32 ? i32x4.shr_s(a, by) : i32x4.shr_u(a, by)
  }
  let x = i32x4.splat(shiftLane(operation, i32x4.extract_lane(a, 0), by))
  x = i32x4.replace_lane(x, 1, shiftLane(operation, i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)))
  x = i32x4.replace_lane(x, 2, shiftLane(operation, i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)))
  return i32x4.replace_lane(x, 3, shiftLane(operation, i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)))
}


@inline export function unaryLanes(operation: i32, x: v128): v128 {
  if (operation == op.OP_NEG) return f32x4.neg(x)
  if (operation == op.OP_ABS) return f32x4.abs(x)
  if (operation == op.OP_SIGN) return signOf(x)
  if (operation == op.OP_FLOOR) return f32x4.floor(x)
  if (operation == op.OP_CEIL) return f32x4.ceil(x)
  if (operation == op.OP_ROUND) return f32x4.nearest(x)
  if (operation == op.OP_SQRT) return f32x4.sqrt(x)
  if (operation == op.OP_EXP) return math.exp(x)
  if (operation == op.OP_EXPM1) return math.expm1(x)
  if (operation == op.OP_LOG) return math.log(x)
  if (operation == op.OP_LOG1P) return math.log1p(x)
  if (operation == op.OP_SIN) return math.sin(x)
  if (operation == op.OP_COS) return math.cos(x)
  if (operation == op.OP_TANH) return math.tanh(x)
  if (operation == op.OP_ERF) return math.erf(x)
  if (operation == op.OP_ERFINV) return math.erfinv(x)
  if (operation == op.OP_LGAMMA) return math.lgamma(x)
  if (operation == op.OP_NORMAL_FROM_BITS) return math.normalFromBits(x)
  if (operation == op.OP_NOT_BOOL) return v128.xor(x, i32x4.splat(1))
  if (operation == op.OP_NOT) return v128.not(x)
  if (operation == op.OP_NEG_I32) return i32x4.neg(x)
  if (operation == op.OP_ABS_I32) return i32x4.abs(x)
  if (operation == op.OP_SIGN_I32) return v128.or(i32x4.shr_s(x, 31), truth(i32x4.gt_s(x, i32x4.splat(0))))
  if (operation == op.OP_F32_TO_I32) return i32x4.trunc_sat_f32x4_s(x)
  if (operation == op.OP_F32_TO_U32) return i32x4.trunc_sat_f32x4_u(x)
  if (operation == op.OP_F32_TO_BOOL) return truth(f32x4.ne(x, f32x4.splat(0)))
  if (operation == op.OP_I32_TO_F32) return f32x4.convert_i32x4_s(x)
  if (operation == op.OP_U32_TO_F32) return f32x4.convert_i32x4_u(x)
  if (operation == op.OP_WHOLE_TO_BOOL) return truth(i32x4.ne(x, i32x4.splat(0)))
  return x
}


@inline export function binaryLanes(operation: i32, a: v128, b: v128): v128 {
  if (operation == op.OP_ADD) return f32x4.add(a, b)
  if (operation == op.OP_SUB) return f32x4.sub(a, b)
  if (operation == op.OP_MUL) return f32x4.mul(a, b)
  if (operation == op.OP_DIV) return f32x4.div(a, b)
  if (operation == op.OP_MOD) return math.mod(a, b)
  if (operation == op.OP_MAX) return f32x4.max(a, b)
  if (operation == op.OP_MIN) return f32x4.min(a, b)
  if (operation == op.OP_POW) return math.pow(a, b)
  if (operation == op.OP_ATAN2) return math.atan2(a, b)
  if (operation == op.OP_EQ) return truth(f32x4.eq(a, b))
  if (operation == op.OP_LT) return truth(f32x4.lt(a, b))
  if (operation == op.OP_LE) return truth(f32x4.le(a, b))
  if (operation == op.OP_AND) return v128.and(a, b)
  if (operation == op.OP_OR) return v128.or(a, b)
  if (operation == op.OP_XOR) return v128.xor(a, b)
  if (
    operation == op.OP_SHIFT_LEFT ||
    operation == op.OP_SHIFT_RIGHT_I32 ||
    operation == op.OP_SHIFT_RIGHT_U32
  )
    return shift(operation, a, b)
  if (operation == op.OP_ADD_WHOLE) return i32x4.add(a, b)
  if (operation == op.OP_SUB_WHOLE) return i32x4.sub(a, b)
  if (operation == op.OP_MUL_WHOLE) return i32x4.mul(a, b)
  if (
    operation == op.OP_DIV_I32 ||
    operation == op.OP_DIV_U32 ||
    operation == op.OP_MOD_I32 ||
    operation == op.OP_MOD_U32
  )
    return divide(operation, a, b)
  if (operation == op.OP_MAX_I32) return i32x4.max_s(a, b)
  if (operation == op.OP_MAX_U32) return i32x4.max_u(a, b)
  if (operation == op.OP_MIN_I32) return i32x4.min_s(a, b)
  if (operation == op.OP_MIN_U32) return i32x4.min_u(a, b)
  if (operation == op.OP_EQ_WHOLE) return truth(i32x4.eq(a, b))
  if (operation == op.OP_LT_I32) return truth(i32x4.lt_s(a, b))
  if (operation == op.OP_LT_U32) return truth(i32x4.lt_u(a, b))
  if (operation == op.OP_LE_I32) return truth(i32x4.le_s(a, b))
  return truth(i32x4.le_u(a, b))
}

/** a ? b : c */
@inline export function selectLanes(a: v128, b: v128, c: v128): v128 {
  return v128.bitselect(b, c, i32x4.ne(a, i32x4.splat(0)))
}


@inline export function polygammaLanes(order: i32, x: v128): v128 {
  return math.polygamma(order, x)
}
