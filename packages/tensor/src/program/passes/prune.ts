import type { Instruction, Program } from '../program.js'
import { rebuild } from '../rebuild.js'

/** Values that the results need, found backwards. */
const needed = ({ values, instructions, nextState, outputs }: Program): Uint8Array => {
  const live = new Uint8Array(values.length)
  for (const value of [...nextState, ...outputs]) live[value] = 1
  for (let i = instructions.length - 1; i >= 0; i--) {
    const instruction = instructions[i]
    if (instruction.outputs.some(value => live[value]))
      for (const value of instruction.inputs) live[value] = 1
  }
  return live
}

/** A scan without the stacked outputs that nobody reads, and without what its body captures but does not need. */
const narrow = (instruction: Instruction<'scan'>, live: Uint8Array): Instruction<'scan'> => {
  const { params, inputs, outputs } = instruction
  const body = instruction.body as Program
  const kept = outputs.map((value, i) => i < params.carry || live[value] === 1)
  const slim = prune({ ...body, outputs: body.outputs.filter((_, i) => kept[i]) })
  return { ...instruction, params, inputs, outputs: outputs.filter((_, i) => kept[i]), body: slim }
}

/** Removes instructions that no result needs, inside the bodies of scans too. */
export const prune = (program: Program): Program => {
  const live = needed(program)
  const idle = ({ name, outputs }: Instruction): boolean =>
    name === 'scan' || !outputs.some(value => live[value])
  if (!program.instructions.some(idle)) return program
  const made = rebuild(program)
  for (const instruction of program.instructions) {
    if (!instruction.outputs.some(value => live[value])) continue
    made.copy(instruction.name === 'scan' ? narrow(instruction as Instruction<'scan'>, live) : instruction)
  }
  return made.finish()
}
