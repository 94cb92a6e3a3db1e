import { sizeOf } from '../../shape/index.js'
import type { Instruction, Program } from '../../program/program.js'
import type { PrimitiveName } from '../../primitives/table.js'
import type { Spec } from '../../graph/tensor.js'
import { drawnByHost } from './drawn.js'
import { ruleOf } from './kernels/table.js'
import { mostElements } from './numbers.js'

/** Instructions that run one after the other in one place. */
export interface Stage {
  readonly on: 'device' | 'host'
  readonly instructions: readonly Instruction[]
  /** Values from outside. */
  readonly reads: readonly number[]
  /** Values that something outside reads. */
  readonly writes: readonly number[]
}

export interface Placement {
  readonly stages: readonly Stage[]
  /** Where each state value lives between steps. */
  readonly homes: readonly Stage['on'][]
  /** Names of the primitives that the host computes, beside scalars that it knows before the device begins. */
  readonly onHost: readonly PrimitiveName[]
}

/** Longer running sums would take a device too long, one element after the other. */
const longestCumsum = 4096

const isFloating = ({ dtype }: Spec): boolean => dtype === 'f32' || dtype === 'bool'

/** Whether the device can compute an instruction, and rightly. */
const suitsDevice = (instruction: Instruction, values: readonly Spec[]): boolean => {
  const { name, inputs, outputs } = instruction
  if (ruleOf(instruction).where === 'host') return false
  const specs = [...inputs, ...outputs].map(value => values[value])
  if (specs.some(({ shape }) => sizeOf(shape) === 0 || sizeOf(shape) > mostElements)) return false
  const operands = inputs.map(value => values[value])
  const result = values[outputs[0]]
  switch (name) {
    case 'cast':
      return isFloating(result)
    case 'gather':
      return isFloating(operands[0])
    case 'scatterAdd':
      return isFloating(operands[1])
    case 'argmax':
      return isFloating(operands[0])
    case 'cumsum':
      return isFloating(result) && Math.max(...result.shape) <= longestCumsum
    default:
      return isFloating(result) && operands.every(isFloating)
  }
}

interface Choice {
  readonly onDevice: readonly boolean[]
  /** Values that the host has without asking the device. */
  readonly known: Uint8Array
}

/** Made wherever it is read: data, and one number everywhere. */
export const isFree = ({ name }: Instruction): boolean => name === 'constant' || name === 'full'

/** Which instructions the device runs, given where the state lives. Draws, and scalars that the host can know, are computed there, beforehand. */
const choose = (program: Program, homes: readonly Stage['on'][]): Choice => {
  const { values, state, inputs, instructions } = program
  const isDrawn = drawnByHost(program, instruction => suitsDevice(instruction, values))
  const known = new Uint8Array(values.length)
  for (let i = 0; i < state + inputs; i++) known[i] = i >= state || homes[i] === 'host' ? 1 : 0
  const onDevice = instructions.map((instruction, i) => {
    const { inputs: reads, outputs } = instruction
    const isKnown = reads.every(value => known[value] === 1)
    const isScalar = outputs.every(value => values[value].shape.length === 0)
    const device = suitsDevice(instruction, values) && !(isKnown && isScalar) && !isDrawn[i]
    for (const value of outputs) known[value] = (!device && isKnown) || isFree(instruction) ? 1 : 0
    return device
  })
  return { onDevice, known }
}

/** State that only the host writes stays there, as long as it need not ask the device for it. */
const settle = (program: Program): Choice & { readonly homes: readonly Stage['on'][] } => {
  const { values, state, nextState } = program
  const homes = values.slice(0, state).map((spec): Stage['on'] => {
    const eligible = isFloating(spec) && sizeOf(spec.shape) > 0 && sizeOf(spec.shape) <= mostElements
    return eligible && spec.shape.length > 0 ? 'device' : 'host'
  })
  for (;;) {
    const choice = choose(program, homes)
    const wrong = homes.findIndex(
      (home, i) =>
        home === 'host' &&
        isFloating(values[i]) &&
        values[i].shape.length === 0 &&
        choice.known[nextState[i]] === 0,
    )
    if (wrong < 0) return { ...choice, homes }
    homes[wrong] = 'device'
  }
}

/** Instructions in stages that take turns between host and device, as few as their order allows. */
export const place = (program: Program): Placement => {
  const { values, instructions, nextState, outputs } = program
  const { onDevice, homes } = settle(program)
  const turn = new Int32Array(values.length)
  const members = new Map<number, Instruction[]>()
  instructions.forEach((instruction, i) => {
    if (isFree(instruction)) return
    const before = instruction.inputs.reduce((last, value) => Math.max(last, turn[value]), 0)
    // Even turns are the host's.
    const mine = before % 2 === (onDevice[i] ? 1 : 0) ? before : before + 1
    for (const value of instruction.outputs) turn[value] = mine
    const some = members.get(mine)
    if (some === undefined) members.set(mine, [instruction])
    else some.push(instruction)
  })
  const outside = new Set([...nextState, ...outputs])
  const turnsOfReaders = new Map<number, Set<number>>()
  for (const [mine, some] of members)
    for (const { inputs: reads } of some)
      for (const value of reads) turnsOfReaders.set(value, (turnsOfReaders.get(value) ?? new Set()).add(mine))
  const stages = [...members]
    .sort(([a], [b]) => a - b)
    .map(([mine, some]): Stage => {
      const made = new Set(some.flatMap(instruction => instruction.outputs))
      const reads = new Set(some.flatMap(instruction => instruction.inputs).filter(value => !made.has(value)))
      const writes = [...made].filter(
        value => outside.has(value) || [...(turnsOfReaders.get(value) ?? [])].some(other => other !== mine),
      )
      return { on: mine % 2 === 0 ? 'host' : 'device', instructions: some, reads: [...reads], writes }
    })
  const onHost = new Set(
    instructions.flatMap((instruction, i) =>
      !onDevice[i] && !suitsDevice(instruction, values) && !isFree(instruction) ? [instruction.name] : [],
    ),
  )
  return { stages, homes, onHost: [...onHost].sort() }
}
