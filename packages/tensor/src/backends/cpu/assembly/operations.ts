import * as op from '../opcodes'
import { binaryLanes, polygammaLanes, selectLanes, unaryLanes } from './lanes'


@inline function unary(operation: i32, to: usize, a: usize, last: usize): void {
  for (; to < last; to += 16, a += 16) v128.store(to, unaryLanes(operation, v128.load(a)))
}


@inline function binary(operation: i32, to: usize, a: usize, b: usize, last: usize): void {
  for (; to < last; to += 16, a += 16, b += 16)
    v128.store(to, binaryLanes(operation, v128.load(a), v128.load(b)))
}

// The loops of operations of one or two instructions do four vectors a turn: one would cost less than the loop around it.

@inline function unaryByFour(operation: i32, to: usize, a: usize, last: usize): void {
  for (; to + 48 < last; to += 64, a += 64) {
    const p = unaryLanes(operation, v128.load(a))
    const q = unaryLanes(operation, v128.load(a, 16))
    const r = unaryLanes(operation, v128.load(a, 32))
    const s = unaryLanes(operation, v128.load(a, 48))
    v128.store(to, p)
    v128.store(to, q, 16)
    v128.store(to, r, 32)
    v128.store(to, s, 48)
  }
  unary(operation, to, a, last)
}


@inline function binaryByFour(operation: i32, to: usize, a: usize, b: usize, last: usize): void {
  for (; to + 48 < last; to += 64, a += 64, b += 64) {
    const p = binaryLanes(operation, v128.load(a), v128.load(b))
    const q = binaryLanes(operation, v128.load(a, 16), v128.load(b, 16))
    const r = binaryLanes(operation, v128.load(a, 32), v128.load(b, 32))
    const s = binaryLanes(operation, v128.load(a, 48), v128.load(b, 48))
    v128.store(to, p)
    v128.store(to, q, 16)
    v128.store(to, r, 32)
    v128.store(to, s, 48)
  }
  binary(operation, to, a, b, last)
}

/** One operation over a block: whole vectors from `to` up to `last`. `order` is that of a polygamma function. */
export function operate(
  operation: i32,
  to: usize,
  last: usize,
  a: usize,
  b: usize,
  c: usize,
  order: i32,
): void {
  switch (operation) {
    case op.OP_ADD: {
      binaryByFour(op.OP_ADD, to, a, b, last)
      break
    }
    case op.OP_SUB: {
      binaryByFour(op.OP_SUB, to, a, b, last)
      break
    }
    case op.OP_MUL: {
      binaryByFour(op.OP_MUL, to, a, b, last)
      break
    }
    case op.OP_DIV: {
      binaryByFour(op.OP_DIV, to, a, b, last)
      break
    }
    case op.OP_MOD: {
      binary(op.OP_MOD, to, a, b, last)
      break
    }
    case op.OP_MAX: {
      binaryByFour(op.OP_MAX, to, a, b, last)
      break
    }
    case op.OP_MIN: {
      binaryByFour(op.OP_MIN, to, a, b, last)
      break
    }
    case op.OP_POW: {
      binary(op.OP_POW, to, a, b, last)
      break
    }
    case op.OP_ATAN2: {
      binary(op.OP_ATAN2, to, a, b, last)
      break
    }
    case op.OP_NEG: {
      unaryByFour(op.OP_NEG, to, a, last)
      break
    }
    case op.OP_ABS: {
      unary(op.OP_ABS, to, a, last)
      break
    }
    case op.OP_SIGN: {
      unary(op.OP_SIGN, to, a, last)
      break
    }
    case op.OP_FLOOR: {
      unary(op.OP_FLOOR, to, a, last)
      break
    }
    case op.OP_CEIL: {
      unary(op.OP_CEIL, to, a, last)
      break
    }
    case op.OP_ROUND: {
      unary(op.OP_ROUND, to, a, last)
      break
    }
    case op.OP_SQRT: {
      unaryByFour(op.OP_SQRT, to, a, last)
      break
    }
    case op.OP_EXP: {
      unary(op.OP_EXP, to, a, last)
      break
    }
    case op.OP_EXPM1: {
      unary(op.OP_EXPM1, to, a, last)
      break
    }
    case op.OP_LOG: {
      unary(op.OP_LOG, to, a, last)
      break
    }
    case op.OP_LOG1P: {
      unary(op.OP_LOG1P, to, a, last)
      break
    }
    case op.OP_SIN: {
      unary(op.OP_SIN, to, a, last)
      break
    }
    case op.OP_COS: {
      unary(op.OP_COS, to, a, last)
      break
    }
    case op.OP_TANH: {
      unary(op.OP_TANH, to, a, last)
      break
    }
    case op.OP_ERF: {
      unary(op.OP_ERF, to, a, last)
      break
    }
    case op.OP_ERFINV: {
      unary(op.OP_ERFINV, to, a, last)
      break
    }
    case op.OP_LGAMMA: {
      unary(op.OP_LGAMMA, to, a, last)
      break
    }
    case op.OP_NORMAL_FROM_BITS: {
      unary(op.OP_NORMAL_FROM_BITS, to, a, last)
      break
    }
    case op.OP_EQ: {
      binary(op.OP_EQ, to, a, b, last)
      break
    }
    case op.OP_LT: {
      binary(op.OP_LT, to, a, b, last)
      break
    }
    case op.OP_LE: {
      binary(op.OP_LE, to, a, b, last)
      break
    }
    case op.OP_AND: {
      binary(op.OP_AND, to, a, b, last)
      break
    }
    case op.OP_OR: {
      binary(op.OP_OR, to, a, b, last)
      break
    }
    case op.OP_XOR: {
      binary(op.OP_XOR, to, a, b, last)
      break
    }
    case op.OP_NOT_BOOL: {
      unary(op.OP_NOT_BOOL, to, a, last)
      break
    }
    case op.OP_NOT: {
      unary(op.OP_NOT, to, a, last)
      break
    }
    case op.OP_SHIFT_LEFT: {
      binary(op.OP_SHIFT_LEFT, to, a, b, last)
      break
    }
    case op.OP_SHIFT_RIGHT_I32: {
      binary(op.OP_SHIFT_RIGHT_I32, to, a, b, last)
      break
    }
    case op.OP_SHIFT_RIGHT_U32: {
      binary(op.OP_SHIFT_RIGHT_U32, to, a, b, last)
      break
    }
    case op.OP_ADD_WHOLE: {
      binary(op.OP_ADD_WHOLE, to, a, b, last)
      break
    }
    case op.OP_SUB_WHOLE: {
      binary(op.OP_SUB_WHOLE, to, a, b, last)
      break
    }
    case op.OP_MUL_WHOLE: {
      binary(op.OP_MUL_WHOLE, to, a, b, last)
      break
    }
    case op.OP_DIV_I32: {
      binary(op.OP_DIV_I32, to, a, b, last)
      break
    }
    case op.OP_DIV_U32: {
      binary(op.OP_DIV_U32, to, a, b, last)
      break
    }
    case op.OP_MOD_I32: {
      binary(op.OP_MOD_I32, to, a, b, last)
      break
    }
    case op.OP_MOD_U32: {
      binary(op.OP_MOD_U32, to, a, b, last)
      break
    }
    case op.OP_MAX_I32: {
      binary(op.OP_MAX_I32, to, a, b, last)
      break
    }
    case op.OP_MAX_U32: {
      binary(op.OP_MAX_U32, to, a, b, last)
      break
    }
    case op.OP_MIN_I32: {
      binary(op.OP_MIN_I32, to, a, b, last)
      break
    }
    case op.OP_MIN_U32: {
      binary(op.OP_MIN_U32, to, a, b, last)
      break
    }
    case op.OP_NEG_I32: {
      unary(op.OP_NEG_I32, to, a, last)
      break
    }
    case op.OP_ABS_I32: {
      unary(op.OP_ABS_I32, to, a, last)
      break
    }
    case op.OP_SIGN_I32: {
      unary(op.OP_SIGN_I32, to, a, last)
      break
    }
    case op.OP_EQ_WHOLE: {
      binary(op.OP_EQ_WHOLE, to, a, b, last)
      break
    }
    case op.OP_LT_I32: {
      binary(op.OP_LT_I32, to, a, b, last)
      break
    }
    case op.OP_LT_U32: {
      binary(op.OP_LT_U32, to, a, b, last)
      break
    }
    case op.OP_LE_I32: {
      binary(op.OP_LE_I32, to, a, b, last)
      break
    }
    case op.OP_LE_U32: {
      binary(op.OP_LE_U32, to, a, b, last)
      break
    }
    case op.OP_F32_TO_I32: {
      unary(op.OP_F32_TO_I32, to, a, last)
      break
    }
    case op.OP_F32_TO_U32: {
      unary(op.OP_F32_TO_U32, to, a, last)
      break
    }
    case op.OP_F32_TO_BOOL: {
      unary(op.OP_F32_TO_BOOL, to, a, last)
      break
    }
    case op.OP_I32_TO_F32: {
      unary(op.OP_I32_TO_F32, to, a, last)
      break
    }
    case op.OP_U32_TO_F32: {
      unary(op.OP_U32_TO_F32, to, a, last)
      break
    }
    case op.OP_WHOLE_TO_BOOL: {
      unary(op.OP_WHOLE_TO_BOOL, to, a, last)
      break
    }
    case op.OP_COPY: {
      unary(op.OP_COPY, to, a, last)
      break
    }
    case op.OP_SELECT: {
      for (; to < last; to += 16, a += 16, b += 16, c += 16) {
        v128.store(to, selectLanes(v128.load(a), v128.load(b), v128.load(c)))
      }
      break
    }
    case op.OP_POLYGAMMA: {
      for (; to < last; to += 16, a += 16) v128.store(to, polygammaLanes(order, v128.load(a)))
      break
    }
    default:
      unreachable()
  }
}
