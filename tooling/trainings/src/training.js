import { cpu, open, run } from '@elbo/tensor'
import { evaluateOn, initialState, trainingStep } from '@elbo/train'

/**
 * A session that trains: each step takes a batch and gives the loss.
 * @param loss (parameters, batch) → loss
 */
export const training = async ({ init, loss, optimiser, seed, batch, threads }) => {
  const device = await run(cpu({ threads }))
  const state = await run(evaluateOn(device)(initialState(optimiser)(seed)(init)))
  const step = trainingStep((parameters, given) => [loss(parameters, given), {}], optimiser)
  const session = await run(open(step, { state, inputs: batch })(device))
  return { device, session, step: async given => (await run(session.step(given))).loss.data[0] }
}

/** Milliseconds from here on. */
export const clock = () => {
  const from = performance.now()
  return () => Math.round(performance.now() - from)
}
