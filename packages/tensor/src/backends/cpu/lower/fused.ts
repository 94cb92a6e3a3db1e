import { sizeOf, type Shape } from '../../../shape/index.js'
import { stridesOf } from '../../../graph/indices.js'
import type { Spec } from '../../../graph/tensor.js'
import type { None } from '../../../graph/primitive.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import type { Instruction, Program } from '../../../program/program.js'
import { FUSED, OP_COPY, OP_POLYGAMMA } from '../opcodes.js'
import { bitsOf, type Commands, type Lowering, type Operand, type Placed } from './lowering.js'
import { isElementwise, operationOf } from './operations.js'
import { collapse, repeated } from './strides.js'

/** What a value of a body is to the pass: a number, a way of reading an input, or the result of an operation. */
type Form =
  | { readonly kind: 'literal'; readonly bits: number }
  | { readonly kind: 'input'; readonly address: number; readonly strides: readonly number[] }
  | { readonly kind: 'result'; readonly operation: number }

interface Operation {
  readonly code: number
  readonly operands: readonly Form[]
  /** Operand c, where it is a number and not a slot. */
  readonly order?: number
}

interface Pass {
  readonly operations: readonly Operation[]
  readonly results: readonly Form[]
}

/** Reads a body: views become strides, numbers become literals, the rest are operations over `space`. */
const read = (body: Program, inputs: readonly Operand[], space: Shape): Pass => {
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
      const { dtype } = body.values[reads[0]]
      const code = operationOf(name, dtype, params)
      const order = code === OP_POLYGAMMA ? { order: (params as ParamsOf<'polygamma'>).order } : {}
      forms[made] = { kind: 'result', operation: operations.push({ code, operands, ...order }) - 1 }
    } else throw new Error(`fused: ${name} is not elementwise`)
  }
  const results = body.outputs.map((value): Form => {
    const form = forms[value]
    if (form.kind === 'result') return form
    return { kind: 'result', operation: operations.push({ code: OP_COPY, operands: [form] }) - 1 }
  })
  return { operations, results }
}

/** Numbers results so that few slots are in use at once. A result never takes a slot that its own operation reads. */
const slotsOfResults = (
  { operations, results }: Pass,
  first: number,
): { readonly slots: readonly number[]; readonly count: number } => {
  const last = operations.map((_, i) => i)
  operations.forEach(({ operands }, i) => {
    for (const form of operands) if (form.kind === 'result') last[form.operation] = i
  })
  for (const form of results) if (form.kind === 'result') last[form.operation] = operations.length
  const free: number[] = []
  const dying = operations.map((): number[] => [])
  let count = first
  const slots = operations.map((_, i) => {
    const slot = free.pop() ?? count++
    if (last[i] < operations.length) dying[last[i]].push(slot)
    free.push(...dying[i])
    return slot
  })
  return { slots, count }
}

/** Writes one FUSED command: `body` over the index space of the outputs. */
const emitPass = (
  body: Program,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  to: Commands,
): void => {
  const space = outputs[0].shape
  if (sizeOf(space) === 0) return
  const pass = read(body, inputs, space)

  const arrays: { readonly address: number; readonly strides: readonly number[] }[] = []
  const literals: number[] = []
  const arraySlots = new Map<string, number>()
  const literalSlots = new Map<number, number>()
  for (const { operands } of pass.operations) {
    for (const form of operands) {
      if (form.kind === 'literal' && !literalSlots.has(form.bits))
        literalSlots.set(form.bits, literals.push(form.bits) - 1)
      if (form.kind !== 'input') continue
      const key = `${form.address}:${form.strides.join()}`
      if (!arraySlots.has(key)) arraySlots.set(key, arrays.push(form) - 1)
    }
  }
  const { slots, count } = slotsOfResults(pass, arrays.length + literals.length)
  const slotOf = (form: Form | undefined): number => {
    if (form === undefined) return 0
    if (form.kind === 'result') return slots[form.operation]
    if (form.kind === 'literal') return arrays.length + (literalSlots.get(form.bits) as number)
    return arraySlots.get(`${form.address}:${form.strides.join()}`) as number
  }

  const { sizes, strides } = collapse(space, [stridesOf(space), ...arrays.map(array => array.strides)])
  const { words } = to
  const start = words.length
  words.push(FUSED, 0, sizes.length, ...sizes, arrays.length)
  arrays.forEach(({ address }, i) => words.push(address, ...strides[i + 1]))
  words.push(literals.length, ...literals, pass.operations.length)
  pass.operations.forEach(({ code, operands: [a, b, c], order }, i) =>
    words.push(code, slots[i], slotOf(a), slotOf(b), order ?? slotOf(c)),
  )
  words.push(outputs.length)
  outputs.forEach(({ address }, i) => words.push(slotOf(pass.results[i]), address))
  words.push(count)
  words[start + 1] = words.length - start
  to.slots = Math.max(to.slots, count)
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
