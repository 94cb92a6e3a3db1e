import { sizeOf } from '../../shape/index.js'
import type { ParamsOf, PrimitiveName } from '../../primitives/table.js'
import type { Plan, PlanHooks } from '../../program/plan.js'
import type { Instruction, Program } from '../../program/program.js'
import { elementwiseNames, isElementwise, type ElementwiseName } from './code/lanes.js'
import type { Pass } from './code/pass.js'
import * as convolution from './lower/convolution.js'
import { elementwise, fused } from './lower/fused.js'
import * as indexing from './lower/indexing.js'
import * as layout from './lower/layout.js'
import { copyWords } from './lower/layout.js'
import * as leaves from './lower/leaves.js'
import {
  bitsOf,
  never,
  type Commands,
  type Lowering,
  type Operand,
  type Outline,
  type Turning,
} from './lower/lowering.js'
import { matmul } from './lower/matmul.js'

import * as reduce from './lower/reduce.js'
import { scan } from './lower/scan.js'
import { END } from './opcodes.js'

/** Tracing removes these. */
type Removed = 'placeholder' | 'stopGradient' | 'customGradient'

type Elementwise = { readonly [N in ElementwiseName]: Lowering<ParamsOf<N>> }

type Lowerings = { readonly [N in PrimitiveName]: N extends Removed ? typeof never : Lowering<ParamsOf<N>> }

/** How each primitive becomes commands: a row for every one, or it does not compile. */
const lowerings: Lowerings = {
  placeholder: never,
  stopGradient: never,
  customGradient: never,

  constant: leaves.constant,
  full: leaves.full,
  iota: leaves.iota,

  ...(Object.fromEntries(elementwiseNames.map(name => [name, elementwise(name)])) as unknown as Elementwise),
  fused,

  sum: reduce.sum,
  reduceMax: reduce.reduceMax,
  argmax: reduce.argmax,
  cumsum: reduce.cumsum,
  argsort: reduce.argsort,

  broadcast: layout.broadcast,
  reshape: layout.reshape,
  transpose: layout.transpose,
  slice: layout.slice,
  pad: layout.pad,
  concat: layout.concat,
  reverse: layout.reverse,

  matmul,
  conv2d: convolution.conv2d,
  conv2dInput: convolution.conv2dInput,
  conv2dKernel: convolution.conv2dKernel,
  unfold: convolution.unfold,
  fold: convolution.fold,

  gather: indexing.gather,
  scatterAdd: indexing.scatterAdd,
  threefry: indexing.threefry,
  scan,
}

const loweringOf = ({ name }: Instruction): Lowering<object> => {
  const lowering = lowerings[name] as Lowering<object> | typeof never
  if (lowering === never) throw new Error(`cpu: ${name} should have been removed when the program was traced`)
  return lowering
}

const outlineOf = ({ params, inputs, outputs, body }: Instruction, { values }: Program): Outline<object> => ({
  params,
  inputs: inputs.map(value => values[value]),
  outputs: outputs.map(value => values[value]),
  body,
})

/** Values that are one number everywhere and that only elementwise instructions read: they become literals of commands. */
const literalsOf = ({ values, instructions, nextState, outputs }: Program): ReadonlyMap<number, number> => {
  const literals = new Map<number, number>()
  for (const { name, params, inputs, outputs: made } of instructions) {
    const [value] = made as readonly [number]
    if (name === 'full') literals.set(value, bitsOf((params as ParamsOf<'full'>).value, values[value].dtype))
    if (name === 'constant' && sizeOf(values[value].shape) === 1) {
      literals.set(value, bitsOf((params as ParamsOf<'constant'>).value.data[0], values[value].dtype))
    }
    if (name !== 'fused' && !isElementwise(name)) for (const input of inputs) literals.delete(input)
  }
  for (const value of [...nextState, ...outputs]) literals.delete(value)
  return literals
}

/** What the planner needs to know of the commands. */
export const planHooks: PlanHooks = {
  scratch: (instruction, program) =>
    4 * (loweringOf(instruction).scratch?.(outlineOf(instruction, program)) ?? 0),
  alias: (instruction, program) =>
    loweringOf(instruction).isAlias?.(outlineOf(instruction, program)) === true ? 0 : undefined,
  inPlace: (instruction, program, output) =>
    loweringOf(instruction).inPlace?.(outlineOf(instruction, program), output) ?? [],
  kept: ({ name }) => name === 'constant',
  absent: program => {
    const literals = literalsOf(program)
    return value => literals.has(value)
  },
}

/** Writes the commands of a program or of a body. */
const lowerInto = (
  program: Program,
  plan: Plan,
  to: Commands,
  turnings: ReadonlyMap<number, Turning> = new Map(),
): void => {
  const literals = literalsOf(program)
  const operand =
    (as: Turning['as']) =>
    (value: number): Operand => {
      const { shape, dtype } = program.values[value]
      const literal = literals.get(value)
      const turning = turnings.get(value)
      return {
        ...{ shape, dtype, address: plan.offsets[value] },
        ...(literal === undefined ? {} : { literal }),
        ...(turning?.as === as ? { turning } : {}),
      }
    }
  program.instructions.forEach((instruction, i) => {
    const { params, inputs, outputs, body } = instruction
    if (literals.has(outputs[0])) return
    loweringOf(instruction).emit(
      {
        params,
        inputs: inputs.map(operand('slice')),
        outputs: outputs.map(operand('stack')),
        body,
        scratch: plan.scratch[i],
        plan: plan.bodies.get(i),
      },
      to,
    )
  })
}

/** A program in the words that the kernels read. */
export interface Lowered {
  readonly words: readonly number[]
  /** Host data to be put in memory once. */
  readonly constants: Commands['constants']
  /** What FUSED commands call, by number. */
  readonly passes: readonly Pass[]
  /** The most words of each thread's scratch that another command asks for. */
  readonly threadWords: number
}

/** The commands of a program under a memory plan made with `planHooks`. */
export const lower = (program: Program, plan: Plan): Lowered => {
  const to: Commands = {
    words: [],
    constants: [],
    passes: [],
    threadWords: 0,
    program: (body, places, turnings) => lowerInto(body, places, to, turnings),
  }
  lowerInto(program, plan, to)
  for (const { to: target, from, bytes } of plan.copies) copyWords(target, from, bytes / 4, to)
  to.words.push(END, 2)
  return to
}
