// Reduction of huge arguments: M. H. Payne and R. N. Hanek, "Radian reduction for trigonometric functions",
// SIGNUM Newsletter 18 (1983). x/(2 pi) modulo 1 needs only the bits of 1/(2 pi) that the exponent of x leaves below the point.

/** 64 bits of 1/(2 pi) behind a run of 32 zeros: word k of the string. */
function inverseTurnWord(k: i32): u64 {
  if (k == 0) return 0x0000000028be60db
  if (k == 1) return 0x9391054a7f09d5f4
  if (k == 2) return 0x7d4d377036d8a566
  return 0x4f10e4107f9458ea
}

function inverseTurnBits(position: i32): u64 {
  const k = position >> 6
  const shift = position & 63
  const word = inverseTurnWord(k) << shift
  return shift == 0 ? word : word | (inverseTurnWord(k + 1) >> (64 - shift))
}

/** |x|/(2 pi) modulo 1, in units of 2^-64, for finite |x| >= 2^20. */
function turns(x: f32): u64 {
  const bits = reinterpret<u32>(x)
  const significand = <u64>((bits & 0x007fffff) | 0x00800000)
  // |x| = significand 2^exponent; the first of the bits below the point has the weight 2^-1.
  const exponent = <i32>((bits >> 23) & 0xff) - 150
  const first = inverseTurnBits(exponent + 32)
  const next = inverseTurnBits(exponent + 96) >> 32
  return significand * first + ((significand * next) >> 32)
}

function isHuge(x: f32): bool {
  return (reinterpret<u32>(x) & 0x7fffffff) > 0x49800000
}

/** The number of quarter turns (modulo 4) nearest to x above 2^20; `otherwise` below. */
export function hugeQuadrant(x: f32, otherwise: i32): i32 {
  if (!isHuge(x)) return otherwise
  const n = <i32>((turns(x) + ((<u64>1) << 61)) >> 62)
  return x < 0 ? -n : n
}

/** What those quarter turns leave, in radians; `otherwise` below 2^20, NaN for an infinite x. */
export function hugeRemainder(x: f32, otherwise: f32): f32 {
  if (!isHuge(x)) return otherwise
  if (!(abs(x) < <f32>Infinity)) return <f32>NaN
  const t = turns(x)
  // Half a turn more or less makes the difference signed.
  const excess = <i64>(t - (((t + ((<u64>1) << 61)) >> 62) << 62))
  const r = <f32>(<f64>excess * 3.4061215800865545e-19) // 2 pi 2^-64
  return x < 0 ? -r : r
}
