import type { Instruction, Program } from '../../program/program.js'
import { exactRows } from '../../program/passes/fold.js'
import type { PrimitiveName } from '../../primitives/table.js'

/** Besides what folds: rows that read, count or compare, and do not round. */
const alsoExact: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'gather',
  'iota',
  'reduceMax',
  'argmax',
])

/**
 * Which instructions belong to draws: they depend on keys and on what the host has alone, constants and inputs, by operations that IEEE 754
 * determines. One key gives the same draws on every backend only if the host computes these, because devices divide and take roots as they
 * like. What follows, a product with weights say, is the device's again.
 */
export const drawnByHost = (
  { values, state, inputs, instructions }: Program,
  suitsDevice: (instruction: Instruction) => boolean,
): readonly boolean[] => {
  const certain = new Uint8Array(values.length)
  // Keys are whole numbers, as all that decides them is; state in single precision may be the device's.
  for (let i = 0; i < state + inputs; i++) certain[i] = i < state && values[i].dtype === 'f32' ? 0 : 1
  const drawn = new Uint8Array(values.length)
  for (const instruction of instructions) {
    const { name, inputs: reads, outputs } = instruction
    const isExact =
      name === 'constant' ||
      name === 'full' ||
      exactRows.has(name) ||
      alsoExact.has(name) ||
      !suitsDevice(instruction)
    if (!isExact || !reads.every(value => certain[value] === 1)) continue
    const isDrawn = name === 'threefry' || reads.some(value => drawn[value] === 1)
    for (const value of outputs) {
      certain[value] = 1
      drawn[value] = isDrawn ? 1 : 0
    }
  }
  // What a draw is made of comes from the host too.
  const needed = new Uint8Array(values.length)
  const chosen = instructions.map(() => false)
  for (let i = instructions.length - 1; i >= 0; i--) {
    const { inputs: reads, outputs } = instructions[i]
    if (!outputs.some(value => drawn[value] === 1 || needed[value] === 1)) continue
    chosen[i] = true
    for (const value of reads) needed[value] = 1
  }
  return chosen
}
