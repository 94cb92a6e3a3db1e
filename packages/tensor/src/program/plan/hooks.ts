import type { Instruction, Program } from '../program.js'

/** What a backend tells the planner about its instructions. */
export interface PlanHooks {
  /** Bytes that an instruction needs for itself while it runs. */
  scratch(instruction: Instruction, program: Program): number
  /** The input whose very words the one output is (`reshape`). */
  alias(instruction: Instruction, program: Program): number | undefined
  /** The inputs over which an output may be written should they die here: each element is read before that element is written. */
  inPlace(instruction: Instruction, program: Program, output: number): readonly number[]
  /** Whether the outputs are written when the program is opened, once, and kept (`constant`). */
  kept(instruction: Instruction): boolean
  /** Values that need no place at all, because every reader has them in its own code. */
  absent(program: Program): (value: number) => boolean
}
