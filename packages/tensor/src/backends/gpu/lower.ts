import { sizeOf } from '../../shape/index.js'
import type { Instruction, Program } from '../../program/program.js'
import { ruleOf } from './kernels/table.js'
import type { Tiled, Tiling } from './kernels/tiles.js'
import { writeKernel, type KernelText, type Surroundings } from './kernels/writer.js'
import type { Numbers } from './numbers.js'
import { isFree, type Stage } from './placement.js'
import { tiledProducts } from './products.js'
import { mostBuffers } from './rewrite.js'

/** One kernel of a stage. */
export interface Launch extends KernelText {
  readonly writes: number
  /** Threads in a row, and rows where there are several. */
  readonly output: readonly number[]
}

/** What is written into one kernel stays below this, in simple operations. */
const mostWork = 64
/** What costs this much is stored rather than computed again by a second reader. */
const worthStoring = 6

/** Values that share a buffer: a reshaped value is the one that it was made of. */
export interface Buffers {
  /** The number of a buffer that holds no value of the program. */
  readonly fresh: () => number
  /** The value whose buffer holds this one. */
  readonly owner: (value: number) => number
  readonly share: (value: number, owner: number) => void
}

export const bufferTable = (values: number): Buffers => {
  const owners = new Map<number, number>()
  let last = values
  const owner = (value: number): number => owners.get(value) ?? value
  return { fresh: () => last++, owner, share: (value, other) => void owners.set(value, owner(other)) }
}

export interface LoweringOptions {
  readonly buffers: Buffers
  readonly numbers: Numbers
  /** Whether single precision has to be asked for. */
  readonly rounds: boolean
  /** How products are computed several elements at a time; one at a time where that is not told. */
  readonly tiling: Tiling | undefined
}

/**
 * The kernels of a stage, in order. An instruction is written into the kernels that read it, unless it gathers many elements, others read it too
 * and it is dear, or a kernel would read more buffers than devices bind.
 */
export const lowerStage = (
  { values, instructions }: Program,
  stage: Stage,
  { buffers, numbers, rounds, tiling }: LoweringOptions,
): readonly Launch[] => {
  const writer = new Map<number, Instruction>()
  const uses = new Map<number, number>()
  for (const instruction of instructions)
    if (isFree(instruction)) writer.set(instruction.outputs[0], instruction)
  for (const instruction of stage.instructions) {
    for (const value of instruction.outputs) writer.set(value, instruction)
    for (const value of new Set(instruction.inputs)) uses.set(value, (uses.get(value) ?? 0) + 1)
  }
  // Data have buffers, numbers stand in the text.
  const isText = (value: number): boolean => writer.get(value)?.name === 'full'
  const stored = new Set(stage.reads.filter(value => !isText(value)))
  const work = new Map<number, number>()
  const workOf = (value: number): number => (stored.has(value) ? 0 : (work.get(value) ?? 0))
  const launches: Launch[] = []

  const buffersRead = (roots: readonly number[]): Set<number> => {
    const found = new Set<number>()
    const seen = new Set<number>()
    const pending = [...roots]
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (seen.has(value)) continue
      seen.add(value)
      if (stored.has(value)) found.add(buffers.owner(value))
      else pending.push(...(writer.get(value)?.inputs ?? []))
    }
    return found
  }

  const surroundings: Surroundings = {
    specOf: value => values[value],
    inlined: value => (stored.has(value) ? undefined : writer.get(value)),
    bufferOf: buffers.owner,
    scattered: (made, owner, index) => products.read(made, owner, index),
    expression: (made, instruction, index) => {
      const rule = ruleOf(instruction)
      if (rule.where !== 'inline')
        throw new Error(`gpu: ${instruction.name} is not written into other kernels`)
      return rule.expression(made, instruction, index)
    },
    numbers,
    rounds,
  }

  const fits = (instruction: Instruction): void => {
    while (buffersRead(instruction.inputs).size > mostBuffers) {
      const most = instruction.inputs
        .filter(value => !stored.has(value) && !isText(value))
        .reduce((a, b) => (buffersRead([b]).size > buffersRead([a]).size ? b : a))
      store(most)
    }
  }

  const store = (value: number): void => {
    if (stored.has(value)) return
    const instruction = writer.get(value) as Instruction
    const rule = ruleOf(instruction)
    if (instruction.name === 'reshape' && !isText(instruction.inputs[0])) {
      const [x] = instruction.inputs as readonly [number]
      store(x)
      buffers.share(value, x)
      stored.add(value)
      return
    }
    if (rule.where === 'host') throw new Error(`gpu: ${instruction.name} has no kernel`)
    fits(instruction)
    if (!products.compute(instruction)) {
      if (rule.where === 'kernel' && rule.rereads) storeOperands(instruction)
      fits(instruction)
      const body: Tiled['body'] = (made, index) => rule.expression(made, instruction, index)
      launch({ output: [sizeOf(values[value].shape)], body }, value)
    }
    stored.add(value)
  }

  const storeOperands = ({ inputs }: Instruction): void =>
    inputs.filter(input => workOf(input) > 0 || writer.get(input)?.name === 'reshape').forEach(store)

  const launch = ({ output, body }: Tiled, writes: number): void =>
    void launches.push({ ...writeKernel(surroundings, body), writes, output })

  const rootOf = (value: number): number => {
    const made = stored.has(value) ? undefined : writer.get(value)
    return made?.name === 'reshape' ? rootOf(made.inputs[0]) : buffers.owner(value)
  }

  const products = tiledProducts(tiling, {
    specOf: surroundings.specOf,
    rootOf,
    fresh: buffers.fresh,
    launch,
    storeOperands,
  })

  const wanted = new Set(stage.writes)
  for (const instruction of stage.instructions) {
    const [value] = instruction.outputs as readonly [number]
    const rule = ruleOf(instruction)
    if (rule.where !== 'inline') {
      store(value)
      continue
    }
    const { inputs } = instruction
    const repeats = instruction.name === 'broadcast'
    for (const input of inputs) if (repeats && workOf(input) >= worthStoring) store(input)
    const total = (): number => inputs.reduce((sum, input) => sum + workOf(input), rule.cost)
    if (total() > mostWork) inputs.filter(input => workOf(input) > 0).forEach(store)
    fits(instruction)
    work.set(value, total())
    if (wanted.has(value) || ((uses.get(value) ?? 0) > 1 && workOf(value) >= worthStoring)) store(value)
  }
  // What others read stands in rows.
  new Set(stage.writes.map(buffers.owner)).forEach(products.untile)
  return launches
}
