// Elementwise operations of more than an instruction or two, of four lanes: what passes import (code/lanes.ts names them).
import * as math from './math/index'

export function exp(x: v128): v128 {
  return math.exp(x)
}

export function expm1(x: v128): v128 {
  return math.expm1(x)
}

export function log(x: v128): v128 {
  return math.log(x)
}

export function log1p(x: v128): v128 {
  return math.log1p(x)
}

export function sin(x: v128): v128 {
  return math.sin(x)
}

export function cos(x: v128): v128 {
  return math.cos(x)
}

export function tanh(x: v128): v128 {
  return math.tanh(x)
}

export function erf(x: v128): v128 {
  return math.erf(x)
}

export function erfinv(x: v128): v128 {
  return math.erfinv(x)
}

export function lgamma(x: v128): v128 {
  return math.lgamma(x)
}

export function polygamma(x: v128, order: i32): v128 {
  return math.polygamma(order, x)
}

export function normalFromBits(x: v128): v128 {
  return math.normalFromBits(x)
}

export function mod(a: v128, b: v128): v128 {
  return math.mod(a, b)
}

export function pow(a: v128, b: v128): v128 {
  return math.pow(a, b)
}

export function atan2(a: v128, b: v128): v128 {
  return math.atan2(a, b)
}

/** −1, 0 or 1; a zero keeps its sign, and a NaN stays. */
export function sign(x: v128): v128 {
  const unit = v128.or(v128.and(x, i32x4.splat(0x80000000)), f32x4.splat(1))
  return v128.bitselect(unit, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)))
}

export function signI32(x: v128): v128 {
  return v128.or(i32x4.shr_s(x, 31), v128.and(i32x4.gt_s(x, i32x4.splat(0)), i32x4.splat(1)))
}

// Divisions of whole numbers, towards −∞; a division by zero gives 0.

const DIVIDE_I32 = 0
const DIVIDE_U32 = 1
const MODULO_I32 = 2
const MODULO_U32 = 3


@inline function divideLane(operation: i32, a: i32, b: i32): i32 {
  if (b == 0) return 0
  if (operation == DIVIDE_U32) return <i32>(<u32>a / <u32>b)
  if (operation == MODULO_U32) return <i32>(<u32>a % <u32>b)
  if (b == -1) return operation == DIVIDE_I32 ? -a : 0
  const rest = a % b
  const isBelow = rest != 0 && (rest ^ b) < 0
  if (operation == DIVIDE_I32) return a / b - <i32>isBelow
  return isBelow ? rest + b : rest
}


@inline function divide(operation: i32, a: v128, b: v128): v128 {
  let x = i32x4.splat(divideLane(operation, i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)))
  x = i32x4.replace_lane(x, 1, divideLane(operation, i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)))
  x = i32x4.replace_lane(x, 2, divideLane(operation, i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)))
  return i32x4.replace_lane(x, 3, divideLane(operation, i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)))
}

export function divideI32(a: v128, b: v128): v128 {
  return divide(DIVIDE_I32, a, b)
}

export function divideU32(a: v128, b: v128): v128 {
  return divide(DIVIDE_U32, a, b)
}

export function moduloI32(a: v128, b: v128): v128 {
  return divide(MODULO_I32, a, b)
}

export function moduloU32(a: v128, b: v128): v128 {
  return divide(MODULO_U32, a, b)
}

// Shifts by as many bits as each lane says, modulo 32.

const LEFT = 0
const RIGHT_I32 = 1
const RIGHT_U32 = 2


@inline function shiftAll(operation: i32, a: v128, by: i32): v128 {
  if (operation == LEFT) return i32x4.shl(a, by)
  return operation == RIGHT_I32 ? i32x4.shr_s(a, by) : i32x4.shr_u(a, by)
}


@inline function shift(operation: i32, a: v128, b: v128): v128 {
  const by = i32x4.extract_lane(b, 0)
  const first = shiftAll(operation, a, by)
  if (i32x4.all_true(i32x4.eq(b, i32x4.splat(by)))) return first
  const second = shiftAll(operation, a, i32x4.extract_lane(b, 1))
  const third = shiftAll(operation, a, i32x4.extract_lane(b, 2))
  const fourth = shiftAll(operation, a, i32x4.extract_lane(b, 3))
  return v128.shuffle<i32>(
    v128.shuffle<i32>(first, second, 0, 5, 2, 3),
    v128.shuffle<i32>(third, fourth, 0, 1, 2, 7),
    0,
    1,
    6,
    7,
  )
}

export function shiftLeft(a: v128, b: v128): v128 {
  return shift(LEFT, a, b)
}

export function shiftRightI32(a: v128, b: v128): v128 {
  return shift(RIGHT_I32, a, b)
}

export function shiftRightU32(a: v128, b: v128): v128 {
  return shift(RIGHT_U32, a, b)
}
