import type { Writer } from './writer.js'

/*
 * Elementary functions in operations that every device has: drivers' own `exp`, `log` and `tanh` differ, and some are wrong (NaN for
 * tanh(80), −88.03 for log(0)). Coefficients are those of Cephes's single-precision functions (Moshier 1989).
 */

/** A polynomial with the coefficient of the highest power first (Horner). */
const polynomial = (writer: Writer, x: string, coefficients: readonly number[]): string =>
  coefficients
    .slice(1)
    .reduce(
      (sum, coefficient) => writer.name(`${sum} * ${x} + ${writer.number(coefficient)}`),
      writer.number(coefficients[0]),
    )

/** 1 where x is NaN: a driver may take x ≠ x for false. */
export const isNaNText = (writer: Writer, x: string): string =>
  writer.name(`(${x} < 1.0) ? 0.0 : ((${x} > 0.0) ? 0.0 : 1.0)`)

const unlessNaN = (writer: Writer, x: string, otherwise: string): string =>
  writer.name(`(${isNaNText(writer, x)} > 0.5) ? ${x} : ${otherwise}`)

/** A function that is 0 at 0 keeps the sign of zero there, and NaN everywhere. */
const throughZero = (writer: Writer, x: string, otherwise: string): string =>
  writer.name(`(${x} === 0.0) ? ${x} : ${unlessNaN(writer, x, otherwise)}`)

/** (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2. */
const exponentialTail = (writer: Writer, r: string): string =>
  polynomial(
    writer,
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  )

/** eˣ for x that is no NaN, by ln 2 in two parts; the power of two in two factors, since 2¹²⁸ is none. */
const finiteExponential = (writer: Writer, x: string): string => {
  const low = writer.name(`(${x} > ${writer.number(-104)}) ? ${x} : ${writer.number(-104)}`)
  const t = writer.name(`(${low} < 89.0) ? ${low} : 89.0`)
  const k = writer.name(`Math.floor(${t} * 1.4426950408889634 + 0.5) / 1.0`)
  const high = writer.name(`${t} - ${k} * 0.693359375`)
  const r = writer.name(`${high} + ${k} * 0.00021219444005`)
  const square = writer.name(`${r} * ${r}`)
  const power = writer.name(`${square} * ${exponentialTail(writer, r)} + ${r} + 1.0`)
  const half = writer.name(`Math.floor(${k} * 0.5) / 1.0`)
  const rest = writer.name(`${k} - ${half}`)
  const scaled = writer.name(`${power} * ${writer.powerOfTwo(half)} * ${writer.powerOfTwo(rest)}`)
  const bounded = writer.name(`(${x} < ${writer.number(-103.97208)}) ? 0.0 : ${scaled}`)
  return writer.name(`(${x} > 88.72283905) ? ${writer.number(Infinity)} : ${bounded}`)
}

export const exponential = (writer: Writer, x: string): string =>
  unlessNaN(writer, x, finiteExponential(writer, x))

/** eˣ − 1. */
export const exponentialLessOne = (writer: Writer, x: string): string => {
  const near = writer.name(
    `(${x} > ${writer.number(-0.35)}) ? ((${x} < 0.35) ? ${x} : 0.35) : ${writer.number(-0.35)}`,
  )
  const square = writer.name(`${near} * ${near}`)
  const small = writer.name(`${square} * ${exponentialTail(writer, near)} + ${near}`)
  const large = writer.name(`${finiteExponential(writer, x)} - 1.0`)
  const isSmall = writer.name(`(${x} > ${writer.number(-0.35)}) ? ((${x} < 0.35) ? 1.0 : 0.0) : 0.0`)
  return throughZero(writer, x, `((${isSmall} > 0.5) ? ${small} : ${large})`)
}

/** (ln(1 + f) − f + f²/2) / f³ for f from √½ − 1 to √2 − 1. */
const logarithmTail = (writer: Writer, f: string): string =>
  polynomial(
    writer,
    f,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  )

/** ln(m·2ᵉ) with m = 1 + f. */
const logarithmOf = (writer: Writer, f: string, e: string): string => {
  const square = writer.name(`${f} * ${f}`)
  const tail = writer.name(`${f} * ${square} * ${logarithmTail(writer, f)} - ${e} * 0.00021219444005`)
  const low = writer.name(`${tail} - 0.5 * ${square}`)
  return writer.name(`${f} + ${low} + ${e} * 0.693359375`)
}

/** ln x. The exponent comes from the driver's log2, which may be off by one; the significand does not depend on it. */
export const logarithm = (writer: Writer, x: string): string => {
  const tiny = writer.name(`(${x} < ${writer.number(2 ** -100)}) ? 1.0 : 0.0`)
  const large = writer.name(`(${tiny} > 0.5) ? (${x} * 16777216.0) : ${x}`)
  const isProper = writer.name(
    `(${large} > ${writer.number(2 ** -126)}) ? ((${large} < ${writer.number(Infinity)}) ? 1.0 : 0.0) : 0.0`,
  )
  const proper = writer.name(`(${isProper} > 0.5) ? ${large} : 1.0`)
  const estimate = writer.name(`Math.floor(Math.log2(${proper})) / 1.0`)
  // Two factors: 2⁻ᵉ alone may be no number.
  const half = writer.name(`Math.floor(${estimate} * 0.5) / 1.0`)
  const rest = writer.name(`${estimate} - ${half}`)
  const m0 = writer.name(
    `${proper} * ${writer.powerOfTwo(writer.name(`0.0 - ${half}`))} * ${writer.powerOfTwo(writer.name(`0.0 - ${rest}`))}`,
  )
  const tooLarge = writer.name(`(${m0} >= 1.4142135) ? 1.0 : 0.0`)
  const m1 = writer.name(`(${tooLarge} > 0.5) ? (${m0} * 0.5) : ${m0}`)
  const again = writer.name(`(${m1} >= 1.4142135) ? 1.0 : 0.0`)
  const m2 = writer.name(`(${again} > 0.5) ? (${m1} * 0.5) : ${m1}`)
  const tooSmall = writer.name(`(${m2} < 0.70710678) ? 1.0 : 0.0`)
  const m = writer.name(`(${tooSmall} > 0.5) ? (${m2} * 2.0) : ${m2}`)
  const e = writer.name(`${estimate} + ${tooLarge} + ${again} - ${tooSmall} - 24.0 * ${tiny}`)
  const value = logarithmOf(writer, writer.name(`${m} - 1.0`), e)
  const infinite = writer.name(`(${x} > 1.0) ? ${writer.number(Infinity)} : ${writer.number(-Infinity)}`)
  const proper2 = writer.name(`(${isProper} > 0.5) ? ${value} : ${infinite}`)
  const real = writer.name(`(${x} < 0.0) ? ${writer.number(NaN)} : ${proper2}`)
  return unlessNaN(writer, x, real)
}

/** ln(1 + x): near 0 by the polynomial in x itself, because 1 + x has lost x's digits. */
export const logarithmOfOnePlus = (writer: Writer, x: string): string => {
  const isSmall = writer.name(`(${x} > ${writer.number(-0.29)}) ? ((${x} < 0.41) ? 1.0 : 0.0) : 0.0`)
  const small = logarithmOf(writer, writer.name(`(${isSmall} > 0.5) ? ${x} : 0.0`), '0.0')
  const large = logarithm(writer, writer.name(`1.0 + ${x}`))
  return throughZero(writer, x, `((${isSmall} > 0.5) ? ${small} : ${large})`)
}

/** tanh x, by its series near 0 and by e^2|x| elsewhere. */
export const hyperbolicTangent = (writer: Writer, x: string): string => {
  const size = writer.name(`Math.abs(${x})`)
  const square = writer.name(`${x} * ${x}`)
  const bounded = writer.name(`(${size} < 0.625) ? ${square} : 0.0`)
  const series = polynomial(
    writer,
    bounded,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  )
  const small = writer.name(`${x} + ${x} * ${bounded} * ${series}`)
  const twice = writer.name(`(${size} < 10.0) ? (${size} * 2.0) : 20.0`)
  const large = writer.name(`1.0 - 2.0 / (${finiteExponential(writer, twice)} + 1.0)`)
  const signed = writer.name(`(${x} < 0.0) ? (0.0 - ${large}) : ${large}`)
  return throughZero(writer, x, `((${size} < 0.625) ? ${small} : ${signed})`)
}

/** erf x = (2/√π) ∫₀ˣ e^(−t²) dt: by its series to 1, by e^(−x²)/x times a polynomial in 1/x² beyond. */
export const errorFunction = (writer: Writer, x: string): string => {
  const size = writer.name(`Math.abs(${x})`)
  const near = writer.name(`(${size} < 1.0) ? ${x} : 1.0`)
  const square = writer.name(`${near} * ${near}`)
  const series = polynomial(
    writer,
    square,
    [
      7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2,
      1.128358514861418e-1, -3.7612625824233e-1, 1.12837916572671,
    ],
  )
  const small = writer.name(`${near} * ${series}`)
  const far = writer.name(`(${size} > 1.0) ? ((${size} < 4.0) ? ${size} : 4.0) : 1.0`)
  const inverse = writer.name(`1.0 / ${far}`)
  const y = writer.name(`${inverse} * ${inverse}`)
  const below = polynomial(
    writer,
    y,
    [
      2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1,
      6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1,
      5.638259427386472e-1,
    ],
  )
  const above = polynomial(
    writer,
    y,
    [
      -1.047766399936249e1, 1.297719955372516e1, -7.495518717768503, 2.921019019210786, -1.0152652792027,
      4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
    ],
  )
  const tail = writer.name(
    `${finiteExponential(writer, writer.name(`0.0 - ${far} * ${far}`))} * ${inverse} * ((${far} < 2.0) ? ${below} : ${above})`,
  )
  const large = writer.name(`(${x} < 0.0) ? (${tail} - 1.0) : (1.0 - ${tail})`)
  return unlessNaN(writer, x, `((${size} < 1.0) ? ${small} : ${large})`)
}

/** √x: NaN below 0, as drivers' own need not be. */
export const squareRoot = (writer: Writer, x: string): string =>
  writer.name(`(${x} < 0.0) ? ${writer.number(NaN)} : Math.sqrt(${x})`)
