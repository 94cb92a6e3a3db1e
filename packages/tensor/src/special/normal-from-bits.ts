// Single-precision arithmetic throughout: each operation is rounded at once, in the order of the wasm kernels
// (src/backends/cpu/assembly/math), so that both give the same bits. Coefficients: fixtures/approximations.py.

const { fround: f32, sqrt, SQRT2 } = Math

const horner = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((p, c) => f32(f32(p * x) + c))

/** The coefficients of the even powers and of the odd ones, in single precision. */
const split = (coefficients: readonly number[]) =>
  [0, 1].map(parity => coefficients.filter((_, k) => k % 2 === parity).map(f32))

const polynomial = (x: number, [even, odd]: readonly (readonly number[])[]): number => {
  const z = f32(x * x)
  return f32(horner(z, even) + f32(horner(z, odd) * x))
}

// (log(1 + r) − r + r²/2)/r³, √½ ≤ 1 + r < √2.
const logTail = split([
  0.3333331346511841, -0.25000008940696716, 0.2000207155942917, -0.16667988896369934, 0.14220358431339264,
  -0.12406232953071594, 0.11883547902107239, -0.11670111119747162, 0.06749293953180313,
])

// erfinv(w)/w in s − 1, s = −log(1 − w²) < 5, and in √s − 25/8 beyond.
const inverseCentre = split([
  1.1273744106292725, 0.24783287942409515, 0.004250539466738701, -0.0023763813078403473,
  0.00010039578046416864, 3.814044248429127e-5, -4.412223461258691e-6, -5.006206720281625e-7,
  1.34935959295035e-7, -8.159728892564999e-9,
])
const inverseTail = split([
  2.958320140838623, 1.003718614578247, 0.007049253210425377, -0.005299064330756664, 0.0037792883813381195,
  -0.0025318595580756664, 0.0013168262084946036, -0.0003020252042915672, -0.00017828945419751108,
  0.0001159722960437648,
])

const squareRootOfTwo = f32(SQRT2)
const lnTwoHigh = f32(0.693145751953125)
const lnTwoLow = f32(1.4286068e-6)

const word = new Int32Array(1)
const single = new Float32Array(word.buffer)

/** The natural logarithm of a normal positive float32. */
const logF32 = (x: number): number => {
  single[0] = x
  const exponent = (word[0] - 0x3f3504f3) >> 23
  word[0] -= exponent << 23
  const r = f32(single[0] - 1)
  const z = f32(r * r)
  let y = f32(f32(r * z) * polynomial(r, logTail))
  y = f32(y + f32(exponent * lnTwoLow))
  y = f32(y - f32(0.5 * z))
  return f32(f32(r + y) + f32(exponent * lnTwoHigh))
}

/**
 * erfinv of a float32 with |w| < 1 in IEEE single-precision additions, subtractions, multiplications and square roots alone: any
 * backend can repeat it bit for bit. Within 3 ulp.
 */
export const erfinvF32 = (w: number): number => {
  const s = -logF32(f32(f32(1 - w) * f32(1 + w)))
  return f32(
    w * (s < 5 ? polynomial(f32(s - 1), inverseCentre) : polynomial(f32(f32(sqrt(s)) - 3.125), inverseTail)),
  )
}

/**
 * A standard normal draw (float32) from a uniform 32-bit word: the quantile √2 erfinv(2u − 1) of
 * u = (⌊bits / 2⁸⌋ + ½) 2⁻²⁴. The 2²⁴ values are symmetric about 0, none is infinite: |z| ≤ 5.42.
 *
 * 2u − 1 is exact in float32, and the rest is IEEE single-precision arithmetic without library
 * functions: the CPU backend gives the same bits.
 */
export const normalFromBits = (bits: number): number => {
  const w = (2 * (bits >>> 8) + 1 - 0x1000000) * 2 ** -24
  return f32(squareRootOfTwo * erfinvF32(w))
}
