import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cpu,
  mapTree,
  minimum,
  mul,
  open,
  reciprocal,
  run,
  sqrt,
  square,
  sum,
  leavesOf,
  valueAndGradAux,
} from '@elbo/tensor'
import { addTrees, evaluateOn, initialState } from '@elbo/train'

/** Slopes scaled alike so that the norm over all of them is at most `bound` (Pascanu, Mikolov and Bengio 2013, algorithm 1). */
const clipped = (slope, bound) => {
  const norm = pipe(
    leavesOf(slope)
      .map(({ leaf }) => sum()(square(leaf)))
      .reduce((a, b) => add(b)(a)),
    sqrt,
  )
  const scale = pipe(norm, add(1e-6), reciprocal, mul(bound), minimum(1))
  return mapTree(leaf => mul(scale)(leaf))(slope)
}

/**
 * A session that trains: each step takes a batch and gives the loss.
 * @param loss (parameters, batch, carried) → [loss, what the next step is handed]
 */
export const training = async ({ init, loss, optimiser, seed, batch, carried = {}, clip, threads }) => {
  const device = await run(cpu({ threads }))
  const { parameters, optimiser: slots } = await run(evaluateOn(device)(initialState(optimiser)(seed)(init)))
  const step = (state, given) => {
    const [value, handed, slope] = valueAndGradAux(p => loss(p, given, state.carried))(state.parameters)
    const bounded = clip === undefined ? slope : clipped(slope, clip)
    const [change, next] = optimiser.update(bounded, state.optimiser, state.parameters)
    return [
      { parameters: addTrees(state.parameters, change), optimiser: next, carried: handed },
      { loss: value },
    ]
  }
  const state = { parameters, optimiser: slots, carried }
  const session = await run(open(step, { state, inputs: batch })(device))
  return { device, session, step: async given => (await run(session.step(given))).loss.data[0] }
}

/** Milliseconds from here on. */
export const clock = () => {
  const from = performance.now()
  return () => Math.round(performance.now() - from)
}
