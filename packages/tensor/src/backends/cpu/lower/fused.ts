import { sizeOf, type Shape } from '../../../shape/index.js'
import { aroundAxes, stridesOf } from '../../../graph/indices.js'
import type { Spec } from '../../../graph/tensor.js'
import type { None } from '../../../graph/primitive.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import type { Instruction, Program } from '../../../program/program.js'
import { isElementwise, lanesOf } from '../code/lanes.js'
import type { Form, Operation, Sink } from '../code/pass.js'
import { FUSED, PLACE, REDUCE } from '../opcodes.js'
import { partials } from '../scratch.js'
import { bitsOf, wholeLines, type Commands, type Lowering, type Operand, type Placed } from './lowering.js'
import { isReduction, reductionCode } from './reduce.js'
import { repeated } from './strides.js'

/** A reduction at the end of a run. */
interface Reduction {
  /** The operation whose result it reduces. */
  readonly operation: number
  readonly opcode: number
  readonly axes: readonly number[]
}

/** Reads a body: views become strides, numbers become literals, the rest are operations over `space` and reductions of their results. */
const read = (
  body: Program,
  inputs: readonly Operand[],
  space: Shape,
): { readonly operations: readonly Operation[]; readonly results: readonly (number | Reduction)[] } => {
  const size = sizeOf(space)
  const operations: Operation[] = []
  const reductions = new Map<number, Reduction>()
  const forms: Form[] = inputs.map(({ shape, address, literal, turning }) => {
    if (literal !== undefined) return { kind: 'literal', bits: literal }
    const strides = stridesOf(shape)
    return turning === undefined
      ? { kind: 'input', address, strides }
      : { kind: 'input', address: turning.address, strides, turns: true }
  })
  for (const { name, params, inputs: reads, outputs } of body.instructions) {
    const [made] = outputs as readonly [number]
    const spec = body.values[made]
    const operands = reads.map(value => forms[value])
    if (name === 'full') {
      forms[made] = { kind: 'literal', bits: bitsOf((params as ParamsOf<'full'>).value, spec.dtype) }
    } else if (name === 'broadcast') {
      const source = operands[0]
      const { shape } = body.values[reads[0]]
      if (source.kind === 'input')
        forms[made] = { ...source, strides: repeated(shape, source.strides, spec.shape) }
      else if (source.kind === 'literal' || sizeOf(shape) === sizeOf(spec.shape)) forms[made] = source
      else
        throw new Error('fused: a computed value is repeated inside the run; it must be an input of the run')
    } else if (isElementwise(name)) {
      if (sizeOf(spec.shape) !== size)
        throw new Error(
          `fused: ${name} over [${spec.shape.join(', ')}] inside a run over [${space.join(', ')}]`,
        )
      const lanes = lanesOf(name, body.values[reads[0]].dtype, params)
      forms[made] = { kind: 'result', operation: operations.push({ lanes, operands }) - 1 }
    } else if (isReduction(name)) {
      const reduced = operands[0]
      if (reduced.kind !== 'result') throw new Error('fused: a reduction of what the run does not compute')
      const { axes } = params as ParamsOf<typeof name>
      const opcode = reductionCode(name, body.values[reads[0]].dtype)
      reductions.set(made, { operation: reduced.operation, opcode, axes })
    } else throw new Error(`fused: ${name} is not elementwise`)
  }
  const results = body.outputs.map(value => {
    const reduction = reductions.get(value)
    if (reduction !== undefined) return reduction
    const form = forms[value]
    return form.kind === 'result'
      ? form.operation
      : operations.push({ lanes: { kind: 'same' }, operands: [form] }) - 1
  })
  return { operations, results }
}

/** The index space of a run: the shape of what its members compute. */
const spaceOf = ({ values, instructions }: Program): Shape => {
  const member = instructions.find(({ name }) => isElementwise(name))
  if (member === undefined) throw new Error('fused: a run without members')
  return values[member.outputs[0]].shape
}

/** Writes one FUSED or REDUCE command: `body` over its index space. */
const emitPass = (
  body: Program,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scratch: number,
  to: Commands,
): void => {
  const space = spaceOf(body)
  const size = sizeOf(space)
  if (size === 0) return
  const { operations, results } = read(body, inputs, space)
  const reductions: (Reduction & { readonly address: number })[] = []
  const sinks = outputs.flatMap(({ address, turning }, i): Sink[] => {
    const result = results[i]
    if (typeof result !== 'number') {
      const shifted = PLACE * (reductions.push({ ...result, address }) - 1)
      return [{ operation: result.operation, target: { shifted } }]
    }
    return [
      ...(turning?.isKept === false ? [] : [{ operation: result, target: { address } }]),
      ...(turning === undefined ? [] : [{ operation: result, target: { shifted: turning.address } }]),
    ]
  })
  const [reduction] = reductions
  if (reduction === undefined) {
    // Threads share a pass out in runs of 1024 elements.
    const pass = to.passes.push({ space, operations, sinks, inFours: size % 4 === 0 }) - 1
    const turns = [...inputs, ...outputs].some(({ turning }) => turning !== undefined)
    to.words.push(FUSED, 5, pass, size, turns ? 4 * size : 0)
    return
  }
  const around = aroundAxes(space, reduction.axes)
  if (around === undefined) throw new Error('fused: a reduction over axes that are not neighbours')
  const [, length, inner] = around
  const inFours = (inner === 1 ? length : inner) % 4 === 0
  const pass = to.passes.push({ space, operations, sinks, inFours }) - 1
  const words = 4 * wholeLines(partials(...around))
  to.words.push(REDUCE, 7 + 3 * reductions.length, pass, ...around, reductions.length)
  reductions.forEach(({ opcode, address }, i) => to.words.push(opcode, address, scratch + i * words))
}

/** Inputs with as many elements as the index space are read in its own order, element by element. */
const sameOrder = (inputs: readonly Spec[], space: Shape): number[] =>
  inputs.flatMap(({ shape }, i) => (sizeOf(shape) === sizeOf(space) ? [i] : []))

const reductionsOf = ({ instructions }: Program): readonly Instruction[] =>
  instructions.filter(({ name }) => isReduction(name))

/**
 * Whether an instruction in the body of a loop can read or write `count` elements of a sequence or a stack in place, at each step where the loop is: a run over so
 * many, which does not need the shift for its reductions.
 */
export const canTurn = (
  { name, outputs, body }: Instruction,
  { values }: Program,
  count: number,
): boolean => {
  if (name === 'fused') {
    const run = body as Program
    return reductionsOf(run).length === 0 && sizeOf(spaceOf(run)) === count
  }
  return isElementwise(name) && sizeOf(values[outputs[0]].shape) === count
}

export const fused: Lowering<None> = {
  scratch: ({ body }) => {
    const run = body as Program
    const reductions = reductionsOf(run)
    if (reductions.length === 0) return 0
    const { axes } = (reductions[0] as Instruction<'sum'>).params
    const around = aroundAxes(spaceOf(run), axes)
    return around === undefined ? 0 : reductions.length * wholeLines(partials(...around))
  },
  inPlace: ({ inputs, body }, output) => {
    const run = body as Program
    const isReduced = reductionsOf(run).some(({ outputs }) => outputs[0] === run.outputs[output])
    return isReduced ? [] : sameOrder(inputs, spaceOf(run))
  },
  emit: ({ inputs, outputs, body, scratch }, to) => emitPass(body as Program, inputs, outputs, scratch, to),
}

/** An elementwise instruction by itself: a run of one. */
export const elementwise = <N extends PrimitiveName>(name: N): Lowering<ParamsOf<N>> => ({
  inPlace: ({ inputs, outputs }) => sameOrder(inputs, outputs[0].shape),
  emit: ({ params, inputs, outputs, scratch }: Placed<ParamsOf<N>>, to) => {
    const reads = inputs.map((_, i) => i)
    const made = inputs.length
    const instruction = { name, params, inputs: reads, outputs: [made] } as Instruction
    const body = {
      values: [...inputs, ...outputs],
      state: 0,
      inputs: made,
      instructions: [instruction],
      nextState: [],
      outputs: [made],
    }
    emitPass(body, inputs, outputs, scratch, to)
  },
})
