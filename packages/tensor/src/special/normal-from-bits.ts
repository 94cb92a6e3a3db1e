import { erfinvF32 } from './inverse-error-ratio.js'

const squareRootOfTwo = Math.fround(Math.SQRT2)

/**
 * A standard normal draw (float32) from a uniform 32-bit word: the quantile √2 erfinv(2u − 1) of
 * u = (⌊bits / 2⁸⌋ + ½) 2⁻²⁴. The 2²⁴ values are symmetric about 0, none is infinite: |z| ≤ 5.42.
 *
 * 2u − 1 is exact in float32, and the rest is IEEE single-precision arithmetic without library
 * functions: the CPU backend gives the same bits.
 */
export const normalFromBits = (bits: number): number => {
  const w = (2 * (bits >>> 8) + 1 - 0x1000000) * 2 ** -24
  return Math.fround(squareRootOfTwo * erfinvF32(w))
}
