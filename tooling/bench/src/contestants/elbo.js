import * as T from '@elbo/tensor'
import { programOf, specsOf } from '../works/programs.js'

const opened = async (device, { step, state, data }) =>
  T.run(T.open(step, { state, inputs: specsOf(data) })(device))

/** Opens the program of a work again and again; the result is the first step of what was opened last. */
const compiling = (device, program) => {
  let session
  return {
    step: async () => {
      if (session !== undefined) await T.run(session.dispose)
      session = await opened(device, program)
    },
    result: async () => {
      await T.run(session.step({}))
      return program.result(await T.run(session.state)).data
    },
  }
}

/**
 * A contestant over one of our backends.
 * @param {(threads: number) => ReturnType<import('@elbo/tensor').cpu>} backend
 * @param {'adam' | 'descent'} optimiser of its training steps
 * @param {Record<string, string>} others programs of the same meaning in place of a work's own, by its kind
 * @returns {(task: object) => Promise<{ note?: string, step: () => unknown, result?: () => Promise<Float32Array> }>}
 */
export const over =
  (backend, optimiser = 'adam', others = {}) =>
  async ({ kind, sizes, arrays, threads }) => {
    const device = await T.run(backend(threads))
    const program = programOf(others[kind] ?? kind, arrays, sizes, optimiser)
    if (kind === 'compile') return compiling(device, program)
    const { data, result } = program
    const session = await opened(device, program)
    return {
      note: session.executed.fallbackReason,
      step: async () => (await T.run(session.step(data))).loss?.data[0],
      ...(result === undefined ? {} : { result: async () => result(await T.run(session.state)).data }),
    }
  }
