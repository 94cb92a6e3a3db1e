import type { Spec } from '../../graph/tensor.js'
import { optimise } from '../../program/optimise.js'
import type { Instruction, Program } from '../../program/program.js'
import { isFree, type Stage } from './placement.js'

/** A stage of the host as a program of its own: its inputs are what the stage reads, its outputs what others read of it. */
export const hostProgram = (
  { values, instructions }: Program,
  stage: Stage,
): { readonly program: Program; readonly reads: readonly number[] } => {
  const made = new Map<number, Instruction>()
  for (const instruction of instructions)
    if (isFree(instruction)) made.set(instruction.outputs[0], instruction)
  const reads = stage.reads.filter(value => !made.has(value))
  const free = stage.reads.flatMap(value => made.get(value) ?? [])
  const specs: Spec[] = reads.map(value => values[value])
  const numbers = new Map(reads.map((value, i) => [value, i]))
  const at = (value: number): number => numbers.get(value) as number
  const copied = [...free, ...stage.instructions].map((instruction): Instruction => {
    const inputs = instruction.inputs.map(at)
    const outputs = instruction.outputs.map(value => {
      numbers.set(value, specs.length)
      return specs.push(values[value]) - 1
    })
    return { ...instruction, inputs, outputs }
  })
  const program: Program = {
    values: specs,
    state: 0,
    inputs: reads.length,
    instructions: copied,
    nextState: [],
    outputs: stage.writes.map(at),
  }
  return { program: optimise(program, ['fuse']), reads }
}
