const f32 = Math.fround

// erfinv(w) = w P(s)/Q(s), s = −log(1 − w²) ≤ 16.7 (fixtures/approximations.py, relative error 2^-25).
const numerator = [
  0.8862269520759583, 0.3136804401874542, 0.06298413127660751, 0.008536692708730698, 0.0007569400477223098,
  3.6573015677277e-5, 9.517715682250127e-8,
].map(f32)
const denominator = [
  1, 0.09215106815099716, 0.0339132659137249, 0.002187419915571809, 0.00022737504332326353,
  3.002835001097992e-6,
].map(f32)

/** erfinv(w)/w as a function of s = −log(1 − w²): relative error 2^-25 for s ≤ 16.7. */
export const inverseErrorRatio = (s: number): number => {
  const p = numerator.reduceRight((sum, c) => sum * s + c, 0)
  const q = denominator.reduceRight((sum, c) => sum * s + c, 0)
  return p / q
}

const word = new Int32Array(1)
const single = new Float32Array(word.buffer)

/** Natural logarithm of a normal positive float32, in float32 arithmetic (see `logNormal` of the wasm kernels). */
const logF32 = (x: number): number => {
  single[0] = x
  const exponent = (word[0] - 0x3f3504f3) >> 23
  word[0] -= exponent << 23
  const r = f32(single[0] - 1)
  const z = f32(r * r)
  let p = f32(0.06749293953180313)
  p = f32(f32(p * r) - f32(0.11670111119747162))
  p = f32(f32(p * r) + f32(0.11883547902107239))
  p = f32(f32(p * r) - f32(0.12406232953071594))
  p = f32(f32(p * r) + f32(0.14220358431339264))
  p = f32(f32(p * r) - f32(0.16667988896369934))
  p = f32(f32(p * r) + f32(0.2000207155942917))
  p = f32(f32(p * r) - f32(0.25000008940696716))
  p = f32(f32(p * r) + f32(0.3333331346511841))
  let y = f32(f32(r * z) * p)
  y = f32(y + f32(exponent * f32(-2.1219444e-4)))
  y = f32(y - f32(0.5 * z))
  return f32(f32(r + y) + f32(exponent * f32(0.693359375)))
}

/**
 * erfinv of a float32 with |w| < 1, in float32 arithmetic: every operation is one IEEE single-precision
 * addition, subtraction, multiplication or division, so that any backend can repeat it bit for bit.
 */
export const erfinvF32 = (w: number): number => {
  const s = -logF32(f32(f32(1 - w) * f32(1 + w)))
  let p = numerator[6]
  for (let k = 5; k >= 0; k--) p = f32(f32(p * s) + numerator[k])
  let q = denominator[5]
  for (let k = 4; k >= 0; k--) q = f32(f32(q * s) + denominator[k])
  return f32(w * f32(p / q))
}
