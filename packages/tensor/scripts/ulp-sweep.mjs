// How far the kernels of src/backends/cpu/assembly/math are from double precision, in units in the last place.
// Shared by ulp-table.mjs and accuracy.test.ts, which pass the reference functions of src/special in.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Looked up once: in a Jest sandbox each access to a global is slow.
const {
  abs,
  fround,
  log2,
  max,
  min,
  round,
  sign: signOf,
  PI,
  SQRT2,
  atan2,
  cos,
  exp,
  expm1,
  log,
  log1p,
  sin,
  tanh,
} = Math
const { isNaN } = Number
const { is } = Object

const chunk = 1 << 14
const flags = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert']

/** Compiles probe.ts and gives its exports with typed views of three operand areas in its memory. */
export const openProbe = () => {
  const entry = new URL('../src/backends/cpu/assembly/math/probe.ts', import.meta.url)
  const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')
  const folder = mkdtempSync(join(tmpdir(), 'elbo-probe-'))
  try {
    const output = join(folder, 'probe.wasm')
    execFileSync(process.execPath, [asc, fileURLToPath(entry), ...flags, '-o', output], { stdio: 'pipe' })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(output)), {
      env: {
        abort: () => {
          throw new Error('the probe aborted')
        },
      },
    })
    exports.memory.grow(4)
    const area = index => {
      const address = 65536 + index * 4 * chunk
      return {
        address,
        bits: new Uint32Array(exports.memory.buffer, address, chunk),
        values: new Float32Array(exports.memory.buffer, address, chunk),
      }
    }
    return { kernels: exports, operands: [area(0), area(1)], result: area(2), chunk }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const bitsOf = value => new Uint32Array(new Float32Array([value]).buffer)[0]

/** A reproducible stream of 32-bit words (Marsaglia's xorshift). */
const words = seed => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

// Where formulas change, results overflow, vanish or round to a constant, and where digits cancel.
const turningPoints = [
  0,
  1,
  2,
  3,
  0.5,
  1.5,
  2.5,
  10,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  Infinity,
  NaN,
  88.72284,
  87.33655,
  103.97208,
  17.32868,
  9.010914,
  3.92,
  0.34657359,
  0.41421356,
  0.70710678,
  1.41421356,
  0.2928932,
  1048576,
  8388608,
  16777216,
  1.46163214,
  0.50408,
  2.4570247,
  2.7476827,
  4.085e36,
  0.999999,
]

/** Bit patterns: `perBinade` significands of every exponent and sign, and the neighbours of the turning points. */
function* stratified(perBinade) {
  for (const point of turningPoints) {
    for (let k = -50; k <= 50; k++) {
      const bits = (bitsOf(point) + k) >>> 0
      yield bits
      yield (bits ^ 0x80000000) >>> 0
    }
  }
  // Float32 numbers next to multiples of a quarter turn.
  for (let n = 1; n < 4096; n++) {
    const bits = bitsOf((n * PI) / 2)
    for (let k = -1; k <= 1; k++) yield bits + k
  }
  const stride = 0x800000 / perBinade
  const draw = words(1)
  for (let exponent = 0; exponent < 512; exponent++) {
    for (let k = 0; k < perBinade; k++) yield ((exponent << 23) | (k * stride + (draw() % stride))) >>> 0
  }
}

/** Writes points (or pairs) into the operands, one chunk after another, and yields how many it wrote. */
function* filled(points, [a, b]) {
  let count = 0
  for (const point of points) {
    if (typeof point === 'number') a.bits[count++] = point
    else [a.bits[count], b.bits[count++]] = point
    if (count === chunk) {
      yield count
      count = 0
    }
  }
  if (count > 0) yield count
}

function* everything([a]) {
  for (let first = 0; first < 2 ** 32; first += chunk) {
    for (let i = 0; i < chunk; i++) a.bits[i] = first + i
    yield chunk
  }
}

const special = [
  0,
  1,
  2,
  3,
  4,
  5,
  0.5,
  1.5,
  2.5,
  0.25,
  1e-45,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  Infinity,
  NaN,
  7,
  1e10,
  16777215,
  16777216,
  33554432,
  1.0000001,
  0.99999994,
  1e-10,
  0.33333334,
  126,
  149.5,
  127.99999,
].flatMap(x => [x, -x])

/** Pairs of bit patterns: all special values, any bits, moderate sizes, and pairs chosen for one function. */
function* pairs(count, choose) {
  for (const a of special) for (const b of special) yield [bitsOf(a), bitsOf(b)]
  const draw = words(7)
  const uniform = () => draw() / 2 ** 32
  const moderate = () => bitsOf((draw() & 1 ? -1 : 1) * 2 ** (40 * uniform() - 20))
  for (let k = 0; k < count; k++) {
    if (k % 8 === 0) yield [draw(), draw()]
    else if (k % 8 < 4) yield [moderate(), moderate()]
    else yield choose(uniform).map(bitsOf)
  }
}

const sign = uniform => (uniform() < 0.5 ? -1 : 1)

/** Bases of any size with exponents that put the power inside the range of float32, or just outside. */
const powerPair = uniform => {
  const nearOne = uniform() < 0.3
  const x = fround(nearOne ? 1 + sign(uniform) * 2 ** (-1 - 23 * uniform()) : 2 ** (277 * uniform() - 149))
  const y = (285 * uniform() - 152) / log2(x)
  return uniform() < 0.25 ? [-x, round(y)] : [x, y]
}

const anglePair = uniform => {
  const x = 2 ** (60 * uniform() - 30)
  return [sign(uniform) * x * 2 ** (4 * uniform() - 2), sign(uniform) * x]
}

/** Quotients up to 2^40, a third of them within one ulp of an integer. */
const quotientPair = uniform => {
  const y = fround(2 ** (20 * uniform() - 10))
  const quotient = 2 ** (41 * uniform() - 1)
  return [sign(uniform) * y * (uniform() < 0.33 ? round(quotient) : quotient), sign(uniform) * y]
}

/**
 * The functions measured: `name` of the kernel, its `reference` in double precision, the `promise` in ulps and the number of
 * operands; `leading` is an argument before the addresses.
 */
export const measured = references => {
  const unary = (name, reference, promise = 4) => ({ label: name, name, reference, promise, operands: 1 })
  const binary = (name, reference, choose, promise = 4) => ({
    label: name,
    name,
    reference,
    promise,
    operands: 2,
    choose,
  })
  return [
    unary('exp', exp),
    unary('expm1', expm1),
    unary('log', log),
    unary('log1p', log1p),
    unary('sin', sin),
    unary('cos', cos),
    unary('tanh', tanh),
    unary('erf', references.erf),
    unary('erfinv', references.erfinv),
    { ...unary('lgamma', references.lgamma), laneByLane: true },
    ...[0, 1, 2].map(order => ({
      ...unary('polygamma', x => references.polygamma(order, x)),
      label: `polygamma(${order}, ·)`,
      leading: [order],
      laneByLane: true,
    })),
    unary('roundHalfEven', references.roundHalfEven, 0),
    binary('pow', references.pow, powerPair),
    binary('atan2', atan2, anglePair),
    binary('mod', references.floorMod, quotientPair, 0.5),
  ]
}

const significandBits = new Float64Array(1)
const significandWords = new Uint32Array(significandBits.buffer)

/** The spacing of float32 numbers at a finite double. */
const spacing = x => {
  significandBits[0] = x
  const exponent = ((significandWords[1] >>> 20) & 0x7ff) - 1023
  return 2 ** (min(max(exponent, -126), 127) - 23)
}

/**
 * The error of a float32 result in ulps of the exact value. Infinity counts as 2^128, so that overflow just above the largest
 * number is no error; a NaN, a sign of zero or an infinity that the reference does not have is an infinite error.
 */
export const ulpError = (result, exact) => {
  if (isNaN(exact) || isNaN(result)) return isNaN(exact) && isNaN(result) ? 0 : Infinity
  if (result === 0 && is(result, -0) !== (exact < 0 || is(exact, -0))) return Infinity
  if (result === exact) return 0
  if (abs(exact) === Infinity) return Infinity
  const rounded = fround(exact)
  if (rounded === result && abs(rounded) === Infinity) return 0
  const finite = abs(result) === Infinity ? signOf(result) * 2 ** 128 : result
  return abs(finite - exact) / spacing(exact)
}

/** Runs one kernel over chunks of operands and reports the largest error and where it is. */
const compare = (probe, { name, reference, operands, leading = [] }, chunks) => {
  const [a, b] = probe.operands
  const y = probe.result.values
  const kernel = probe.kernels[name]
  const addresses = [
    ...leading,
    ...probe.operands.slice(0, operands).map(o => o.address),
    probe.result.address,
  ]
  const worst = { error: 0, at: [], result: 0, exact: 0, count: 0 }
  for (const count of chunks) {
    kernel(...addresses, (count + 3) & ~3)
    for (let i = 0; i < count; i++) {
      const exact = operands === 1 ? reference(a.values[i]) : reference(a.values[i], b.values[i])
      // Correctly rounded: at most half an ulp.
      if (fround(exact) === y[i] && y[i] !== 0 && worst.error >= 0.5) continue
      const error = ulpError(y[i], exact)
      if (error > worst.error) {
        worst.error = error
        worst.at = operands === 1 ? [a.values[i]] : [a.values[i], b.values[i]]
        worst.result = y[i]
        worst.exact = exact
      }
    }
    worst.count += count
  }
  return worst
}

/**
 * The largest error of a function over a sweep: `'exhaustive'` (all 2^32 numbers; 2^25 pairs; 2^16 significands of the functions
 * that work lane by lane, for which all would take hours), or the number of significands per exponent and sign (a power of two;
 * 256 times as many pairs).
 */
export const sweep = (probe, fn, density) => {
  const exhaustive = density === 'exhaustive'
  if (exhaustive && fn.operands === 1 && !fn.laneByLane) return compare(probe, fn, everything(probe.operands))
  const significands = exhaustive ? 2 ** (fn.operands === 2 ? 17 : 16) : density
  const points = fn.operands === 2 ? pairs(256 * significands, fn.choose) : stratified(significands)
  return compare(probe, fn, filled(points, probe.operands))
}

/** The draws of normalFromBits: bits that differ from the reference, the largest error and the first moments. */
export const sweepNormal = (probe, { normalFromBits, erfinv }, stride) => {
  const [input] = probe.operands
  const { bits, values } = probe.result
  const expected = new Float32Array(1)
  const expectedBits = new Uint32Array(expected.buffer)
  const summary = { count: 0, different: 0, error: 0, at: 0, mean: 0, variance: 0, kurtosis: 0, largest: 0 }
  for (let first = 0; first < 2 ** 24; first += chunk * stride) {
    // The low eight bits take no part; they vary to show it.
    for (let i = 0; i < chunk; i++) input.bits[i] = ((first + i * stride) << 8) | ((i * 37) & 255)
    probe.kernels.normalFromBits(input.address, probe.result.address, chunk)
    for (let i = 0; i < chunk && first + i * stride < 2 ** 24; i++) {
      expected[0] = normalFromBits(input.bits[i])
      if (bits[i] !== expectedBits[0]) summary.different++
      const u = (first + i * stride + 0.5) * 2 ** -24
      const z = values[i]
      const error = ulpError(z, SQRT2 * erfinv(2 * u - 1))
      if (error > summary.error) [summary.error, summary.at] = [error, u]
      summary.count++
      summary.mean += z
      summary.variance += z * z
      summary.kurtosis += z ** 4
      summary.largest = max(summary.largest, z)
    }
  }
  for (const moment of ['mean', 'variance', 'kurtosis']) summary[moment] /= summary.count
  return summary
}

/** Nanoseconds per element of a kernel on arguments drawn from [low, high), the loop included. */
export const nanoseconds = (probe, { name, operands, leading = [] }, low, high) => {
  const draw = words(3)
  for (const operand of probe.operands) {
    for (let i = 0; i < chunk; i++) operand.values[i] = low + ((high - low) * draw()) / 2 ** 32
  }
  const addresses = [
    ...leading,
    ...probe.operands.slice(0, operands).map(o => o.address),
    probe.result.address,
  ]
  let best = Infinity
  for (let run = 0; run < 12; run++) {
    const start = process.hrtime.bigint()
    for (let k = 0; k < 20; k++) probe.kernels[name](...addresses, chunk)
    best = min(best, Number(process.hrtime.bigint() - start) / (20 * chunk))
  }
  return best
}
