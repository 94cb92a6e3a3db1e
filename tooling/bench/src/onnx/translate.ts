import type { Instruction, Program, Shape, Spec } from '@elbo/tensor'
import { graph, modelBytes, type Graph, type Named } from './graph.js'
import { ruleOf } from './rules/table.js'
import type { Operand, Stored, Writing } from './writing.js'

/** A program as an ONNX model, and the names by which to feed it and to read it. */
export interface OnnxModel {
  readonly bytes: Uint8Array
  /** The graph's inputs: for each state value, then for each input of the program. u32 is fed as int32 of the same bits. */
  readonly state: readonly string[]
  readonly inputs: readonly string[]
  /** The graph's outputs. A state value that a step leaves as it is has no output, and here the name of its input. */
  readonly nextState: readonly string[]
  readonly outputs: readonly string[]
}

const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, axis) => n === b[axis])

/** What names stand for, across a graph and those inside it. */
interface Memory {
  /** For the result of a Reshape: what it was made from. */
  readonly origins: Map<string, Stored>
  readonly known: Map<string, ArrayLike<number>>
}

const writingTo = (to: Graph, memory: Memory): Writing => {
  const expanded = new Map<string, string>()
  const whole: Writing['whole'] = ({ name, shape, spec }) => {
    if (same(shape, spec.shape)) return name
    const key = `${name} ${spec.shape.join()}`
    const made = expanded.get(key) ?? to.node('Expand', [name, to.integers(spec.shape)])
    expanded.set(key, made)
    return made
  }
  const writing: Writing = {
    graph: to,
    whole,
    reshaped: (operand, shape) => {
      // One number for all elements is that under any shape.
      if (operand.shape.length === 0) return operand
      const name = whole(operand)
      const origin = memory.origins.get(name) ?? { name, shape: operand.spec.shape }
      if (same(origin.shape, shape)) return origin
      const made = to.node(
        'Reshape',
        [origin.name, to.integers(shape)],
        shape.includes(0) ? { allowzero: 1 } : {},
      )
      memory.origins.set(made, origin)
      const elements = memory.known.get(origin.name)
      if (elements !== undefined) memory.known.set(made, elements)
      return { name: made, shape }
    },
    known: ({ name }) => memory.known.get(name),
    learn: (name, elements) => memory.known.set(name, elements),
    inline: (body, inputs) => instructionsOf(body, inputs, writing),
    inside: inner => writingTo(inner, memory),
  }
  return writing
}

/** Writes a program's instructions; yields its next state, then its outputs. */
const instructionsOf = (
  { values, instructions, nextState, outputs }: Program,
  inputs: readonly Stored[],
  writing: Writing,
): readonly Operand[] => {
  const stored: Stored[] = [...inputs]
  const at = (value: number): Operand => ({ ...stored[value], spec: values[value] })
  for (const instruction of instructions) {
    const made = written(instruction, instruction.inputs.map(at), values, writing)
    instruction.outputs.forEach((value, i) => (stored[value] = made[i]))
  }
  return [...nextState, ...outputs].map(at)
}

const written = (
  { name, params, outputs, body }: Instruction,
  operands: readonly Operand[],
  values: readonly Spec[],
  writing: Writing,
): readonly Stored[] => {
  const about = { outputs: outputs.map(value => values[value]) }
  return ruleOf(name)(operands, params, writing, body === undefined ? about : { ...about, body })
}

/**
 * A program as one ONNX graph (operators of version 18): a training step becomes a function from parameters, slots and data to the next
 * parameters and slots. Write it before the fusing pass; the others may have run.
 * @throws NoGraph where an instruction has no translation.
 */
export const toOnnx = (program: Program): OnnxModel => {
  const { values, state, inputs, nextState, outputs } = program
  const main = graph()
  const writing = writingTo(main, { origins: new Map(), known: new Map() })
  const parameters: Named[] = values.slice(0, state + inputs).map(spec => [main.fresh(), spec])
  const results = instructionsOf(
    program,
    parameters.map(([name, { shape }]) => ({ name, shape })),
    writing,
  )
  const read: Named[] = []
  // An output has a name of its own: two outputs may be one value, and a value may be an input.
  const output = (operand: Operand): string => {
    const name = main.node('Identity', [writing.whole(operand)])
    read.push([name, operand.spec])
    return name
  }
  const names = [...nextState, ...outputs].map((value, i) =>
    i < state && value === i ? parameters[i][0] : output(results[i]),
  )
  return {
    bytes: modelBytes(main.finish(parameters, read)),
    state: parameters.slice(0, state).map(([name]) => name),
    inputs: parameters.slice(state).map(([name]) => name),
    nextState: names.slice(0, state),
    outputs: names.slice(state),
  }
}
