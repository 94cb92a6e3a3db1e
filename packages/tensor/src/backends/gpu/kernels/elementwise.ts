import type { PrimitiveName } from '../../../primitives/table.js'
import * as functions from './functions.js'
import type { Expression, Writer } from './writer.js'

/** Truth values are 0 and 1. */
const truth = (condition: string): string => `(${condition}) ? 1.0 : 0.0`

type Formula = (operands: readonly string[], writer: Writer) => string

const elementwise =
  <N extends PrimitiveName>(formula: Formula): Expression<N> =>
  (writer, { inputs }, index) =>
    writer.rounded(
      formula(
        inputs.map(value => writer.at(value, index)),
        writer,
      ),
    )

const smooth = <N extends PrimitiveName>(f: (writer: Writer, x: string) => string): Expression<N> =>
  elementwise(([x], writer) => f(writer, x))

/** Drivers take 0 · x and 0 / x for 0 where they see the zero, also for an x that is not finite. */
const unfolded = (writer: Writer, x: string): string => (x === '0.0' ? writer.hidden(0) : x)

const floor = (writer: Writer, x: string): string => writer.name(`Math.floor(${x}) / 1.0`)

/** Half to even. */
const round: Formula = ([x], writer) => {
  const below = floor(writer, x)
  const part = writer.name(`${x} - ${below}`)
  const isOdd = writer.name(`${below} - 2.0 * ${floor(writer, writer.name(`${below} * 0.5`))}`)
  const half = writer.name(`(${isOdd} > 0.5) ? (${below} + 1.0) : ${below}`)
  const whole = writer.name(
    `(${part} < 0.5) ? ${below} : ((${part} > 0.5) ? (${below} + 1.0) : ((${part} === 0.5) ? ${half} : ${x}))`,
  )
  return `(${whole} === 0.0) ? (${x} * 0.0) : ${whole}`
}

/** Where neither is larger and they differ, one is NaN, and so is their sum. +0 is above −0. */
const larger: Formula = ([a, b]) => {
  const tie = `((${a} === 0.0) ? (${a} + ${b}) : ${a})`
  return `(${a} > ${b}) ? ${a} : ((${a} < ${b}) ? ${b} : ((${a} === ${b}) ? ${tie} : (${a} + ${b})))`
}
const smaller: Formula = ([a, b], writer) => {
  const negated = writer.name(`-${a}`)
  const zero = writer.name(`-(${negated} - ${b})`)
  const tie = `((${a} === 0.0) ? ${zero} : ${a})`
  return `(${a} < ${b}) ? ${a} : ((${a} > ${b}) ? ${b} : ((${a} === ${b}) ? ${tie} : (${a} + ${b})))`
}

export const neg = elementwise<'neg'>(([x]) => `-${x}`)
export const abs = elementwise<'abs'>(([x]) => `Math.abs(${x})`)
export const sign = elementwise<'sign'>(
  ([x], writer) => `(${x} > 0.0) ? 1.0 : ((${x} < 0.0) ? ${writer.number(-1)} : ${x})`,
)
export const floorOf = elementwise<'floor'>(([x], writer) => floor(writer, x))
export const ceil = elementwise<'ceil'>(([x], writer) => `-${floor(writer, writer.name(`-${x}`))}`)
export const roundOf = elementwise<'round'>(round)
export const add = elementwise<'add'>(([a, b]) => `${a} + ${b}`)
export const sub = elementwise<'sub'>(([a, b]) => `${a} - ${b}`)
export const mul = elementwise<'mul'>(([a, b], writer) => `${unfolded(writer, a)} * ${unfolded(writer, b)}`)
export const div = elementwise<'div'>(([a, b], writer) => `${unfolded(writer, a)} / ${b}`)
export const max = elementwise<'max'>(larger)
export const min = elementwise<'min'>(smaller)

export const sqrt = smooth<'sqrt'>(functions.squareRoot)
export const exp = smooth<'exp'>(functions.exponential)
export const expm1 = smooth<'expm1'>(functions.exponentialLessOne)
export const log = smooth<'log'>(functions.logarithm)
export const log1p = smooth<'log1p'>(functions.logarithmOfOnePlus)
export const tanh = smooth<'tanh'>(functions.hyperbolicTangent)
export const erf = smooth<'erf'>(functions.errorFunction)

export const eq = elementwise<'eq'>(([a, b]) => truth(`${a} === ${b}`))
export const lt = elementwise<'lt'>(([a, b]) => truth(`${a} < ${b}`))
export const le = elementwise<'le'>(([a, b]) => truth(`${a} <= ${b}`))
export const and = elementwise<'and'>(([a, b]) => `${a} * ${b}`)
export const or = elementwise<'or'>(([a, b]) => `Math.max(${a}, ${b})`)
export const xor = elementwise<'xor'>(([a, b]) => `Math.abs(${a} - ${b})`)
export const not = elementwise<'not'>(([a]) => `1.0 - ${a}`)
export const select = elementwise<'select'>(([c, a, b]) => `(${c} > 0.5) ? ${a} : ${b}`)

/** Whole numbers come to the device rounded to f32, which is what a cast to f32 does; NaN is not zero. */
export const cast: Expression<'cast'> = (writer, { inputs: [x], params: { dtype } }, index) => {
  const value = writer.at(x, index)
  return dtype === 'bool' ? writer.name(`(${value} === 0.0) ? 0.0 : 1.0`) : value
}
