// Numbers that the common functions spread over four lanes. They lie in static memory, as coefficients do: engines load and spread a number from
// there in one instruction, and build a vector constant in three, in every turn of a loop.

const FLOATS = memory.data<f32>([
  0.5, 1, 2, 5, 10, -18, -104, 89, 1.44269504, 12582912, 0.693145751953125, 1.4286068e-6,
  5.9604644775390625e-8, 1.41421356,
])
const WORDS = memory.data<i32>([
  126, 127, 0x4b400000, 0x3f3504f3, 0x00800000, 0x7f000000, -0x80000000, 0x01000000, 1,
])


@inline export function half(): v128 {
  return v128.load32_splat(FLOATS)
}


@inline export function one(): v128 {
  return v128.load32_splat(FLOATS + 4)
}


@inline export function two(): v128 {
  return v128.load32_splat(FLOATS + 8)
}


@inline export function five(): v128 {
  return v128.load32_splat(FLOATS + 12)
}


@inline export function ten(): v128 {
  return v128.load32_splat(FLOATS + 16)
}

/** Below it e^x − 1 is −1, and e^x is 0; above it e^x is infinite. */
@inline export function leastOfExpm1(): v128 {
  return v128.load32_splat(FLOATS + 20)
}


@inline export function leastOfExp(): v128 {
  return v128.load32_splat(FLOATS + 24)
}


@inline export function mostOfExp(): v128 {
  return v128.load32_splat(FLOATS + 28)
}


@inline export function log2E(): v128 {
  return v128.load32_splat(FLOATS + 32)
}

/** 1.5 · 2²³: adding it leaves the nearest integer in the low bits of the significand. */
@inline export function shifter(): v128 {
  return v128.load32_splat(FLOATS + 36)
}

// ln 2 in two parts; the product of the first with an integer up to 2^9 is exact. Both are positive, which keeps the sign of zeros.

@inline export function ln2High(): v128 {
  return v128.load32_splat(FLOATS + 40)
}


@inline export function ln2Low(): v128 {
  return v128.load32_splat(FLOATS + 44)
}

/** 2⁻²⁴ */
@inline export function unit24(): v128 {
  return v128.load32_splat(FLOATS + 48)
}


@inline export function sqrtTwo(): v128 {
  return v128.load32_splat(FLOATS + 52)
}


@inline export function word126(): v128 {
  return v128.load32_splat(WORDS)
}


@inline export function word127(): v128 {
  return v128.load32_splat(WORDS + 4)
}


@inline export function shifterBits(): v128 {
  return v128.load32_splat(WORDS + 8)
}


@inline export function sqrtHalfBits(): v128 {
  return v128.load32_splat(WORDS + 12)
}


@inline export function smallestNormal(): v128 {
  return v128.load32_splat(WORDS + 16)
}

/** Bits of infinity less those of the smallest normal number. */
@inline export function normalSpan(): v128 {
  return v128.load32_splat(WORDS + 20)
}


@inline export function signBit(): v128 {
  return v128.load32_splat(WORDS + 24)
}


@inline export function word2To24(): v128 {
  return v128.load32_splat(WORDS + 28)
}


@inline export function word1(): v128 {
  return v128.load32_splat(WORDS + 32)
}
