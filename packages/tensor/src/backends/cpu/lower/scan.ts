import { sizeOf } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import type { Plan } from '../../../program/plan.js'
import type { Instruction, Program } from '../../../program/program.js'
import { END, LOOP } from '../opcodes.js'
import { copyWords } from './layout.js'
import { canTurn } from './fused.js'
import type { Lowering, Turning } from './lowering.js'

/**
 * What the body reads of the slices, and writes of the stacks, where they stand, without copies: what runs of elementwise operations alone read, or one writes.
 * `slices` and `stacks` are the addresses of the sequences, in their order.
 */
const turningsOf = (
  body: Program,
  carry: number,
  slices: ReadonlyMap<number, number>,
  stacks: readonly number[],
): ReadonlyMap<number, Turning> => {
  const { instructions, outputs: results, values } = body
  const readers = new Map<number, Instruction[]>()
  const writers = new Map<number, Instruction>()
  for (const instruction of instructions) {
    for (const value of instruction.inputs) readers.set(value, [...(readers.get(value) ?? []), instruction])
    for (const value of instruction.outputs) writers.set(value, instruction)
  }
  const count = (value: number): number => sizeOf(values[value].shape)
  const turnings = new Map<number, Turning>()
  for (const [value, address] of slices) {
    const isCopied = results.includes(value) || count(value) === 0
    const all = readers.get(value) ?? []
    if (!isCopied && all.every(reader => canTurn(reader, body, count(value))))
      turnings.set(value, { address, as: 'slice', isKept: false })
  }
  results.slice(carry).forEach((value, i) => {
    const writer = writers.get(value)
    if (writer === undefined || count(value) === 0 || !canTurn(writer, body, count(value))) return
    const isKept = readers.has(value) || results.filter(result => result === value).length > 1
    if (!turnings.has(value)) turnings.set(value, { address: stacks[i], as: 'stack', isKept })
  })
  return turnings
}

/**
 * A loop over the body's commands. The carry stands where the scan's own outputs stand: it is copied there before the loop, and the last
 * step leaves it there. Before a step each sequence's slice is copied in that is not read in place; after a step the outputs are stacked first, and then those
 * carries change that the body could not write in place.
 */
export const scan: Lowering<ParamsOf<'scan'>> = {
  inPlace: ({ params: { captured, carry } }, output) => (output < carry ? [captured + output] : []),
  emit: ({ params, inputs, outputs, body, plan }, to) => {
    const { length, reverse, captured, carry } = params
    const { values, outputs: results } = body as Program
    const places = plan as Plan
    for (let i = 0; i < carry; i++) {
      copyWords(outputs[i].address, inputs[captured + i].address, sizeOf(outputs[i].shape), to)
    }
    if (length === 0) return
    const count = (value: number): number => sizeOf(values[value].shape)
    const slices = new Map(
      inputs.slice(captured + carry).map(({ address }, i) => [captured + carry + i, address]),
    )
    const stacks = outputs.slice(carry).map(({ address }) => address)
    const turnings = turningsOf(body as Program, carry, slices, stacks)
    const before = inputs.slice(captured + carry).flatMap(({ address }, i) => {
      const slice = captured + carry + i
      return count(slice) === 0 || turnings.has(slice)
        ? []
        : [[places.offsets[slice], 0, address, count(slice), count(slice)]]
    })
    const stacked = results
      .slice(carry)
      .flatMap((value, i) =>
        count(value) === 0 || turnings.get(value)?.address === outputs[carry + i].address
          ? []
          : [[outputs[carry + i].address, count(value), places.outputs[i], 0, count(value)]],
      )
    const moves = places.copies.flatMap(({ to: target, from, bytes }) =>
      bytes === 0 ? [] : [[target, 0, from, 0, bytes / 4]],
    )
    const after = [...stacked, ...moves]

    const { words } = to
    const start = words.length
    words.push(
      LOOP,
      0,
      length,
      reverse ? 1 : 0,
      before.length,
      ...before.flat(),
      after.length,
      ...after.flat(),
    )
    to.program(body as Program, places, turnings)
    words.push(END, 2)
    words[start + 1] = words.length - start
  },
}
