import { sizeOf } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import type { Plan } from '../../../program/plan.js'
import type { Program } from '../../../program/program.js'
import { END, LOOP } from '../opcodes.js'
import { copyWords } from './layout.js'
import type { Lowering } from './lowering.js'

/**
 * A loop over the body's commands. The carry stands where the scan's own outputs stand: it is copied there before the loop, and the last
 * step leaves it there. Before a step each sequence's slice is copied in; after a step the outputs are stacked first, and then those
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
    const before = inputs.slice(captured + carry).flatMap(({ address }, i) => {
      const slice = captured + carry + i
      return count(slice) === 0 ? [] : [[places.offsets[slice], 0, address, count(slice), count(slice)]]
    })
    const stacked = results
      .slice(carry)
      .flatMap((value, i) =>
        count(value) === 0
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
    to.program(body as Program, places)
    words.push(END, 2)
    words[start + 1] = words.length - start
  },
}
