import { sizeOf } from '../../shape/index.js'
import type { ParamsOf } from '../../primitives/table.js'
import type { Instruction, Program } from '../../program/program.js'

/**
 * Nanoseconds that one thread needs, roughly, for an element of the result (or, where there are more, of the inputs); enough to tell a
 * program that is worth waking threads for from one that is not.
 */
const perElement: { readonly [name: string]: number } = {
  ...{ exp: 1.5, expm1: 2, log: 1.5, log1p: 2, sin: 3, cos: 3, tanh: 2, erf: 3, erfinv: 4, pow: 4, atan2: 4 },
  ...{
    lgamma: 10,
    polygamma: 20,
    normalFromBits: 4,
    threefry: 5,
    argsort: 50,
    gather: 1,
    scatterAdd: 1,
    cumsum: 1,
  },
  ...{ constant: 0, reshape: 0, full: 0.1 },
}

/** What the threads' meeting after an instruction costs: work below it gains nothing by being shared. */
const meeting = 1000

/**
 * A loop whose steps have less to share runs as well on one thread: the threads meet many times in each, and where other programs keep the
 * processors busy, every meeting waits until both are there (32,000 steps of some microseconds: 75 ms on one thread, seconds on two).
 */
const leastStep = 10_000

/** A multiplication and an addition of a product. */
const perTerm = 0.04

const instructionNanoseconds = (instruction: Instruction, { values }: Program): number => {
  const { name, params, inputs, outputs, body } = instruction
  const size = (value: number): number => sizeOf(values[value].shape)
  const most = [...inputs, ...outputs].reduce((largest, value) => Math.max(largest, size(value)), 0)
  const shape = (value: number | undefined) => values[value as number].shape
  switch (name) {
    case 'matmul': {
      const left = shape(inputs[0])
      const [, m] = shape(outputs[0])
      return most + (perTerm * size(outputs[0]) * size(inputs[0])) / Math.max(1, left[0] * m)
    }
    case 'conv2d':
    case 'conv2dInput':
    case 'conv2dKernel': {
      // Every weight meets every position of every image.
      const kernel = name === 'conv2dKernel' ? outputs[0] : inputs[1]
      const windows = shape(name === 'conv2d' ? outputs[0] : name === 'conv2dInput' ? inputs[0] : inputs[1])
      return most + 2 * perTerm * size(kernel) * windows[0] * windows[2] * windows[3]
    }
    case 'fused':
      return (body as Program).instructions.reduce(
        (sum, inner) => sum + instructionNanoseconds(inner, body as Program),
        0,
      )
    case 'scan': {
      const each = shareableNanoseconds(body as Program)
      return each < leastStep ? 0 : (params as ParamsOf<'scan'>).length * each
    }
    default:
      return (perElement[name] ?? 0.3) * most
  }
}

/** About how much of a step's work threads could share to advantage, as the time that one thread needs for it. */
export const shareableNanoseconds = (program: Program): number =>
  program.instructions.reduce((sum, instruction) => {
    const work = instructionNanoseconds(instruction, program)
    // A loop's work is what its own instructions can share.
    return sum + (instruction.name === 'scan' ? work : Math.max(0, work - meeting))
  }, 0)
