import type { Spec } from '../graph/tensor.js'
import type { ParamsOf, PrimitiveName } from '../primitives/table.js'

/** One step of a program. Values are numbered; an instruction reads smaller numbers than it writes, after the passes too. */
export interface Instruction<N extends PrimitiveName = PrimitiveName> {
  readonly name: N
  readonly params: ParamsOf<N>
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Of `scan` and `fused`: a program without state, its inputs this instruction's, in order (for a scan's sequences, one slice). */
  readonly body?: Program
}

/**
 * A function from (state, inputs) to (next state, outputs), flattened: every value has a number and a spec.
 * Values 0 … state − 1 are the state, the next `inputs` ones the inputs, the rest what instructions write.
 * Only `placeholder`, `stopGradient` and `customGradient` of the table of primitives never appear.
 */
export interface Program {
  readonly values: readonly Spec[]
  readonly state: number
  readonly inputs: number
  readonly instructions: readonly Instruction[]
  readonly nextState: readonly number[]
  readonly outputs: readonly number[]
}
