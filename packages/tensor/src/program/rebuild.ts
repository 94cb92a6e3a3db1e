import type { Spec } from '../graph/tensor.js'
import type { Instruction, Program } from './program.js'

/** Writes a changed copy of a program: passes walk the old one in order and say what stands in the new one for each old value. */
export interface Rebuild {
  readonly values: Spec[]
  readonly instructions: Instruction[]
  /** The new number of an old value. */
  at(old: number): number
  /** Lets `made` stand for the old value. */
  stand(old: number, made: number): void
  /** Appends an instruction whose inputs are new numbers; yields the numbers of its outputs. */
  emit(instruction: Omit<Instruction, 'outputs'>, outputs: readonly Spec[]): readonly number[]
  /** Copies an old instruction, its inputs renumbered. */
  copy(instruction: Instruction): void
  finish(): Program
}

export const rebuild = (program: Program): Rebuild => {
  const parameters = program.state + program.inputs
  const values = program.values.slice(0, parameters)
  const instructions: Instruction[] = []
  const numbers = new Int32Array(program.values.length).fill(-1)
  for (let i = 0; i < parameters; i++) numbers[i] = i

  const at = (old: number): number => numbers[old]
  const stand = (old: number, made: number): void => {
    numbers[old] = made
  }
  const emit: Rebuild['emit'] = (instruction, outputs) => {
    const made = outputs.map(spec => values.push(spec) - 1)
    instructions.push({ ...instruction, outputs: made })
    return made
  }
  return {
    values,
    instructions,
    at,
    stand,
    emit,
    copy: ({ name, params, inputs, outputs, body }) => {
      const reads = inputs.map(at)
      const writes = outputs.map(old => (numbers[old] = values.push(program.values[old]) - 1))
      const copied = { name, params, inputs: reads, outputs: writes }
      instructions.push(body === undefined ? copied : { ...copied, body })
    },
    finish: () => ({
      values,
      state: program.state,
      inputs: program.inputs,
      instructions,
      nextState: program.nextState.map(at),
      outputs: program.outputs.map(at),
    }),
  }
}
