import type { Shape } from '../../shape/index.js'
import type { MatmulParams } from '../../primitives/matmul.js'
import type { Instruction, Program } from '../program.js'
import { rebuild } from '../rebuild.js'

/** Does a permutation swap the last two axes and leave the others? */
const swapsLast = (permutation: readonly number[]): boolean =>
  permutation.length >= 2 &&
  permutation.every((axis, i) => axis === (i < permutation.length - 2 ? i : 2 * permutation.length - 3 - i))

/** The stored order of a product's canonical operand: [batch, columns, rows]. */
const swapped = ([batch, rows, columns]: Shape): Shape => [batch, columns, rows]

/**
 * A transposed operand of a product is read in place: matmul(transpose(x), y) becomes a product with x and its flag turned. Sees through
 * the reshape that gives a matrix its batch axis of 1.
 */
export const contract = (program: Program): Program => {
  if (!program.instructions.some(({ name }) => name === 'transpose')) return program
  const made = rebuild(program)
  const writer = new Map<number, Instruction>()
  const stored = (operand: number): number | undefined => {
    const direct = writer.get(operand)
    if (direct === undefined) return undefined
    const transposed = direct.name === 'reshape' ? writer.get(direct.inputs[0]) : direct
    if (
      transposed?.name !== 'transpose' ||
      !swapsLast((transposed as Instruction<'transpose'>).params.permutation)
    )
      return undefined
    if (direct === transposed) return made.at(transposed.inputs[0])
    const before = program.values[transposed.outputs[0]].shape
    const after = program.values[operand].shape
    if (before.length < 2 || before[before.length - 1] !== after[2] || before[before.length - 2] !== after[1])
      return undefined
    const shape = swapped(after)
    const [value] = made.emit(
      { name: 'reshape', params: { shape }, inputs: [made.at(transposed.inputs[0])] },
      [{ ...program.values[operand], shape }],
    )
    return value
  }
  for (const instruction of program.instructions) {
    instruction.outputs.forEach(value => writer.set(value, instruction))
    if (instruction.name !== 'matmul') {
      made.copy(instruction)
      continue
    }
    const [left, right] = instruction.inputs as readonly [number, number]
    const params = instruction.params as MatmulParams
    const [storedLeft, storedRight] = [stored(left), stored(right)]
    const [value] = made.emit(
      {
        name: 'matmul',
        params: {
          transposeLeft: params.transposeLeft !== (storedLeft !== undefined),
          transposeRight: params.transposeRight !== (storedRight !== undefined),
        },
        inputs: [storedLeft ?? made.at(left), storedRight ?? made.at(right)],
      },
      instruction.outputs.map(output => program.values[output]),
    )
    made.stand(instruction.outputs[0], value)
  }
  return made.finish()
}
