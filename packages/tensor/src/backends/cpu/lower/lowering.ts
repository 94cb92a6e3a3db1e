import type { NDArray } from '../../../graph/ndarray.js'
import type { Spec } from '../../../graph/tensor.js'
import type { Plan } from '../../../program/plan.js'
import type { Program } from '../../../program/program.js'
import type { Pass } from '../code/pass.js'

/** A value at the time of lowering: where its words stand or, for one that is absent from memory, which number it is everywhere. */
export interface Operand extends Spec {
  /** Byte offset in linear memory; NaN for a literal. */
  readonly address: number
  /** The word that every element holds. */
  readonly literal?: number
  /** In the body of a loop: where its slice of step 0 stands, in a sequence that it is read from or in a stack that it goes to. */
  readonly turning?: Turning
}

/** How the body of a loop reads or writes a value where its slices stand, one behind the other, instead of at a place of its own. */
export interface Turning {
  /** Of the slice of step 0. */
  readonly address: number
  /** Read from a sequence, or written to a stack: what else reads a stacked value reads it at its own place. */
  readonly as: 'slice' | 'stack'
  /** Whether the value is written to its own place too. */
  readonly isKept: boolean
}

/** An instruction without its places: enough for what the planner asks. */
export interface Outline<P> {
  readonly params: P
  readonly inputs: readonly Spec[]
  readonly outputs: readonly Spec[]
  readonly body?: Program | undefined
}

/** An instruction with its places: what becomes commands. */
export interface Placed<P> extends Outline<P> {
  readonly inputs: readonly Operand[]
  readonly outputs: readonly Operand[]
  /** Where its scratch begins. */
  readonly scratch: number
  /** The places of a scan's body. */
  readonly plan?: Plan | undefined
}

/** What lowering writes. */
export interface Commands {
  readonly words: number[]
  /** Host data to be put in memory once, before the first step. */
  readonly constants: { readonly address: number; readonly value: NDArray }[]
  /** What FUSED commands call, by number. */
  readonly passes: Pass[]
  /** The most words of its own that a command needs of each thread's scratch, where that is more than THREAD_WORDS. */
  threadWords: number
  /** Lowers a body in the middle of this list. */
  program(body: Program, plan: Plan, turning: ReadonlyMap<number, Turning>): void
}

/** How one primitive becomes commands. */
export interface Lowering<P> {
  /** Whether the output may share the first input's words. `emit` must do without it too. */
  readonly isAlias?: (outline: Outline<P>) => boolean
  /** Words of scratch. */
  readonly scratch?: (outline: Outline<P>) => number
  /** Inputs over which output `output` may be written. */
  readonly inPlace?: (outline: Outline<P>, output: number) => readonly number[]
  readonly emit: (instruction: Placed<P>, to: Commands) => void
}

/** A primitive that no program holds when it reaches a backend. */
export const never = 'never'

const float = new Float32Array(1)
const word = new Int32Array(float.buffer)

/** The word that holds a number of the given element type. */
export const bitsOf = (value: number, dtype: Spec['dtype']): number => {
  if (dtype === 'bool') return value === 0 ? 0 : 1
  if (dtype !== 'f32') return value | 0
  float[0] = value
  return word[0]
}

/** Sub-areas of scratch begin at multiples of 64 bytes. */
export const wholeLines = (words: number): number => Math.ceil(words / 16) * 16
