import { sizeOf } from '../../shape/index.js'
import type { ParamsOf } from '../../primitives/table.js'
import type { Plan, PlanHooks } from '../plan.js'
import type { Instruction, Program } from '../program.js'

/**
 * A machine for testing plans: values are words that remember how they were computed (hashes), so that a word which was overwritten too
 * early gives another result. `neg`, `add` and `fused` are elementwise, `cumsum` stands for everything that is not.
 */

type Words = readonly number[]

const mix = (a: number, b: number): number => {
  const product = Math.imul((a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2))) | 0, 0x85ebca6b)
  return product ^ (product >>> 13)
}

const nameHash = (name: string): number =>
  [...name].reduce((hash, letter) => mix(hash, letter.charCodeAt(0)), 1)

/** `fused` reads its first and last input element by element and all of the one between for every element. */
const isElementwise = (name: string): boolean => name === 'neg' || name === 'add' || name === 'fused'
const isReadWhole = (name: string, position: number): boolean =>
  !isElementwise(name) || (name === 'fused' && position === 1)

export const simulationHooks: PlanHooks = {
  scratch: ({ name }) => (name === 'cumsum' ? 100 : 0),
  alias: ({ name }) => (name === 'reshape' ? 0 : undefined),
  inPlace: ({ name, inputs, params }, _, output) => {
    if (name !== 'scan')
      return inputs.flatMap((_input, position) => (isReadWhole(name, position) ? [] : [position]))
    const { captured, carry } = params as ParamsOf<'scan'>
    return output < carry ? [captured + output] : []
  },
  kept: ({ name }) => name === 'constant',
  absent: () => () => false,
}

/** One element of an output; `read` gives the words of an input. */
const element = (
  { name, inputs, params }: Instruction,
  output: number,
  w: number,
  read: (position: number) => Words,
): number => {
  if (name === 'constant') return mix((params as ParamsOf<'constant'>).value.data[0], w)
  let hash = mix(nameHash(name), isElementwise(name) ? output : mix(output, w))
  inputs.forEach((_, position) => {
    const words = read(position)
    hash = isReadWhole(name, position) ? words.reduce(mix, hash) : mix(hash, words[w])
  })
  return hash
}

const sizesOf = ({ outputs }: Instruction, { values }: Program): number[] =>
  outputs.map(value => sizeOf(values[value].shape))

/** One instruction that is no loop: the words of its outputs from those of its inputs. */
const compute = (instruction: Instruction, inputs: readonly Words[], program: Program): Words[] => {
  if (instruction.name === 'reshape') return [inputs[0]]
  return sizesOf(instruction, program).map((size, output) =>
    Array.from({ length: size }, (_, w) => element(instruction, output, w, position => inputs[position])),
  )
}

export interface Results {
  readonly nextState: readonly Words[]
  readonly outputs: readonly Words[]
}

/** What a program means, without any memory. */
export const meaning = (program: Program, parameters: readonly Words[]): Results => {
  const values: Words[] = [...parameters]
  for (const instruction of program.instructions) {
    const inputs = instruction.inputs.map(value => values[value])
    const outputs =
      instruction.name === 'scan' ? loop(instruction, inputs) : compute(instruction, inputs, program)
    instruction.outputs.forEach((value, i) => (values[value] = outputs[i]))
  }
  const at = (value: number): Words => values[value]
  return { nextState: program.nextState.map(at), outputs: program.outputs.map(at) }
}

const loop = ({ params, body }: Instruction, inputs: readonly Words[]): Words[] => {
  const { length, reverse, captured, carry } = params as ParamsOf<'scan'>
  let state = inputs.slice(captured, captured + carry)
  const stacked: Words[][] = (body as Program).outputs.slice(carry).map(() => [])
  for (let n = 0; n < length; n++) {
    const t = reverse ? length - 1 - n : n
    const slices = inputs
      .slice(captured + carry)
      .map(words => words.slice((t * words.length) / length, ((t + 1) * words.length) / length))
    const { outputs } = meaning(body as Program, [...inputs.slice(0, captured), ...state, ...slices])
    state = outputs.slice(0, carry)
    outputs.slice(carry).forEach((words, i) => (stacked[i][t] = words))
  }
  return [...state, ...stacked.map(parts => parts.flat())]
}

/** Runs a planned program in one array of words, as a backend does. */
export const machine = (program: Program, plan: Plan, state: readonly Words[]) => {
  const memory: number[] = new Array<number>(Math.ceil(plan.end / 4)).fill(NaN)
  const read = (address: number, words: number): Words => memory.slice(address / 4, address / 4 + words)
  const write = (address: number, words: Words): void =>
    words.forEach((word, w) => (memory[address / 4 + w] = word))
  const count = ({ values }: Program, value: number): number => sizeOf(values[value].shape)

  const fillConstants = (scope: Program, places: Plan): void =>
    scope.instructions.forEach((instruction, i) => {
      if (instruction.name === 'constant')
        write(places.offsets[instruction.outputs[0]], compute(instruction, [], scope)[0])
      if (instruction.name === 'scan')
        fillConstants(instruction.body as Program, places.bodies.get(i) as Plan)
    })

  const run = (scope: Program, places: Plan): void => {
    scope.instructions.forEach((instruction, i) => {
      const { name, inputs, outputs } = instruction
      if (name === 'constant') return
      if (name === 'scan') {
        runLoop(instruction, scope, places, places.bodies.get(i) as Plan)
        return
      }
      const reading = (position: number): Words =>
        read(places.offsets[inputs[position]], count(scope, inputs[position]))
      if (name === 'reshape') {
        write(places.offsets[outputs[0]], reading(0))
        return
      }
      const scratch = simulationHooks.scratch(instruction, scope)
      const sizes = sizesOf(instruction, scope)
      const spoil = (address: number, words: number): void =>
        write(address, new Array<number>(words).fill(-1))
      if (scratch > 0) spoil(places.scratch[i], scratch / 4)
      if (!isElementwise(name))
        outputs.forEach((value, output) => spoil(places.offsets[value], sizes[output]))
      // Word by word, so that an output over an input that is still read shows.
      for (let w = 0; w < Math.max(...sizes); w++) {
        const made = outputs.map((_, output) => element(instruction, output, w, reading))
        outputs.forEach((value, output) => {
          if (w < sizes[output]) memory[places.offsets[value] / 4 + w] = made[output]
        })
      }
    })
  }

  const runLoop = (
    { params, inputs, outputs, body }: Instruction,
    scope: Program,
    outer: Plan,
    inner: Plan,
  ): void => {
    const { length, reverse, captured, carry } = params as ParamsOf<'scan'>
    const inside = body as Program
    for (let i = 0; i < carry; i++) {
      const words = read(outer.offsets[inputs[captured + i]], count(scope, outputs[i]))
      write(outer.offsets[outputs[i]], words)
    }
    for (let n = 0; n < length; n++) {
      const t = reverse ? length - 1 - n : n
      inputs.slice(captured + carry).forEach((value, i) => {
        const slice = captured + carry + i
        const words = count(inside, slice)
        write(inner.offsets[slice], read(outer.offsets[value] + 4 * t * words, words))
      })
      run(inside, inner)
      inside.outputs.slice(carry).forEach((value, i) => {
        const words = count(inside, value)
        write(outer.offsets[outputs[carry + i]] + 4 * t * words, read(inner.outputs[i], words))
      })
      inner.copies.forEach(({ to, from, bytes }) => write(to, read(from, bytes / 4)))
    }
  }

  fillConstants(program, plan)
  state.forEach((words, i) => write(plan.slots[i], words))
  return {
    step: (inputs: readonly Words[]): Results => {
      inputs.forEach((words, i) => write(plan.offsets[program.state + i], words))
      run(program, plan)
      plan.copies.forEach(({ to, from, bytes }) => write(to, read(from, bytes / 4)))
      return {
        nextState: plan.slots.map((address, i) => read(address, count(program, i))),
        outputs: program.outputs.map((value, i) => read(plan.outputs[i], count(program, value))),
      }
    },
  }
}
