import type { ParamsOf } from '../../primitives/table.js'
import type { Instruction, Program } from '../program.js'

/** A program or a body, as liveness sees it. */
export interface Scope {
  readonly program: Program
  /** Values that keep their places between runs, and what they become. */
  readonly slots: readonly number[]
  readonly next: readonly number[]
  /** Values written anew before each run. */
  readonly entries: readonly number[]
  /** Values of an enclosing scope. */
  readonly outside: readonly number[]
  /** Values read after each run. */
  readonly results: readonly number[]
  /** Whether the results are read before the slots take their next values. */
  readonly readsFirst: boolean
}

/** Whole numbers from `from`, below `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)

/** A program runs once a step: its state keeps its place. */
export const whole = (program: Program): Scope => ({
  program,
  slots: range(0, program.state),
  next: program.nextState,
  entries: range(program.state, program.state + program.inputs),
  outside: [],
  results: program.outputs,
  readsFirst: false,
})

/** A body runs once a step: its carry keeps its place, its slices come anew, what it captures stands outside. */
export const bodyOf = ({ params, body }: Instruction): Scope => {
  const { captured, carry } = params as ParamsOf<'scan'>
  const program = body as Program
  return {
    program,
    slots: range(captured, captured + carry),
    next: program.outputs.slice(0, carry),
    entries: range(captured + carry, program.inputs),
    outside: range(0, captured),
    results: program.outputs.slice(carry),
    readsFirst: true,
  }
}
