import type { NDArray } from '../graph/ndarray.js'
import { none } from '../graph/primitive.js'
import type { Instruction, Program } from './program.js'

/** Numbers that JSON would lose keep their identity: NaN, infinities, −0. */
const exact = (_: string, value: unknown): unknown => {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value
  return Object.is(value, -0) ? '−0' : String(value)
}

const constants = new WeakMap<object, number>()
let nextConstant = 0
const identityOf = (value: NDArray): number => {
  const known = constants.get(value)
  if (known !== undefined) return known
  constants.set(value, nextConstant)
  return nextConstant++
}

/** What an instruction does, apart from which values it does it to: equal strings mean equal work. Constants count by identity. */
export const describe = ({ name, params, body }: Instruction): string => {
  if (name === 'constant') return `constant#${identityOf((params as { value: NDArray }).value)}`
  const about =
    params === none || Object.keys(params).length === 0 ? name : `${name}${JSON.stringify(params, exact)}`
  return body === undefined ? about : `${about}{${structure(body)}}`
}

/** The whole of a program as a string: programs with equal strings are the same function. */
export const structure = ({ values, state, inputs, instructions, nextState, outputs }: Program): string =>
  [
    values.slice(0, state + inputs).map(({ shape, dtype }) => `${dtype}[${shape.join()}]`),
    `${state}/${inputs}`,
    ...instructions.map(instruction => `${describe(instruction)}(${instruction.inputs.join()})`),
    nextState.join(),
    outputs.join(),
  ].join(';')
