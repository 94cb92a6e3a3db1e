// Loops over each function, exported for the measurement of accuracy and speed (scripts/ulp-table.mjs).
// Addresses are in bytes; `count` is a multiple of 4.
import * as math from './index'

export function exp(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.exp(v128.load(x)))
}

export function expm1(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.expm1(v128.load(x)))
}

export function log(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.log(v128.load(x)))
}

export function log1p(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.log1p(v128.load(x)))
}

export function sin(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.sin(v128.load(x)))
}

export function cos(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.cos(v128.load(x)))
}

export function tanh(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.tanh(v128.load(x)))
}

export function erf(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.erf(v128.load(x)))
}

export function erfinv(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.erfinv(v128.load(x)))
}

export function lgamma(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, math.lgamma(v128.load(x)))
}

export function roundHalfEven(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16)
    v128.store(y, math.roundHalfEven(v128.load(x)))
}

export function normalFromBits(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16)
    v128.store(y, math.normalFromBits(v128.load(x)))
}

export function pow(a: usize, b: usize, y: usize, count: i32): void {
  for (const end = a + (count << 2); a < end; a += 16, b += 16, y += 16) {
    v128.store(y, math.pow(v128.load(a), v128.load(b)))
  }
}

export function atan2(a: usize, b: usize, y: usize, count: i32): void {
  for (const end = a + (count << 2); a < end; a += 16, b += 16, y += 16) {
    v128.store(y, math.atan2(v128.load(a), v128.load(b)))
  }
}

export function mod(a: usize, b: usize, y: usize, count: i32): void {
  for (const end = a + (count << 2); a < end; a += 16, b += 16, y += 16) {
    v128.store(y, math.mod(v128.load(a), v128.load(b)))
  }
}

export function polygamma(order: i32, x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) {
    v128.store(y, math.polygamma(order, v128.load(x)))
  }
}

/** A plain copy: what the loop itself costs. */
export function copy(x: usize, y: usize, count: i32): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) v128.store(y, v128.load(x))
}
