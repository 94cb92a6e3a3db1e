import { sizeOf, type Shape } from '../../../shape/index.js'
import { stridesOf } from '../../../graph/indices.js'
import type { Spec } from '../../../graph/tensor.js'
import type { None } from '../../../graph/primitive.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import type { Instruction, Program } from '../../../program/program.js'
import { isElementwise, lanesOf } from '../code/lanes.js'
import type { Form, Operation } from '../code/pass.js'
import { FUSED } from '../opcodes.js'
import { bitsOf, type Commands, type Lowering, type Operand, type Placed } from './lowering.js'
import { repeated } from './strides.js'

/** Reads a body: views become strides, numbers become literals, the rest are operations over `space`. */
const read = (
  body: Program,
  inputs: readonly Operand[],
  space: Shape,
): { readonly operations: readonly Operation[]; readonly results: readonly number[] } => {
  const size = sizeOf(space)
  const operations: Operation[] = []
  const forms: Form[] = inputs.map(({ shape, address, literal }) =>
    literal === undefined
      ? { kind: 'input', address, strides: stridesOf(shape) }
      : { kind: 'literal', bits: literal },
  )
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
    } else throw new Error(`fused: ${name} is not elementwise`)
  }
  const results = body.outputs.map(value => {
    const form = forms[value]
    return form.kind === 'result'
      ? form.operation
      : operations.push({ lanes: { kind: 'same' }, operands: [form] }) - 1
  })
  return { operations, results }
}

/** Writes one FUSED command: `body` over the index space of the outputs. */
const emitPass = (
  body: Program,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  to: Commands,
): void => {
  const space = outputs[0].shape
  const size = sizeOf(space)
  if (size === 0) return
  const { operations, results } = read(body, inputs, space)
  const sinks = outputs.map(({ address }, i) => ({ operation: results[i], target: { address } }))
  to.words.push(FUSED, 4, to.passes.push({ space, operations, sinks }) - 1, size)
}

/** Inputs with as many elements as the index space are read in its own order, element by element. */
const sameOrder = (inputs: readonly Spec[], space: Shape): number[] =>
  inputs.flatMap(({ shape }, i) => (sizeOf(shape) === sizeOf(space) ? [i] : []))

export const fused: Lowering<None> = {
  inPlace: ({ inputs, outputs }, output) => sameOrder(inputs, outputs[output].shape),
  emit: ({ inputs, outputs, body }, to) => emitPass(body as Program, inputs, outputs, to),
}

/** An elementwise instruction by itself: a run of one. */
export const elementwise = <N extends PrimitiveName>(name: N): Lowering<ParamsOf<N>> => ({
  inPlace: ({ inputs, outputs }) => sameOrder(inputs, outputs[0].shape),
  emit: ({ params, inputs, outputs }: Placed<ParamsOf<N>>, to) => {
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
    emitPass(body, inputs, outputs, to)
  },
})
