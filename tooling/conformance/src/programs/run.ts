import { optimise, run, type Backend, type NDArray, type PassName, type Program } from '@elbo/tensor'
import { type PrimitiveName } from '@elbo/tensor/internals'
import { disagreements, exact, type Agreement } from '../agreement.js'
import { oraclesOf } from '../case.js'
import { cases } from '../cases/table.js'
import { evaluateOn } from '../batch.js'
import type { RandomProgram } from './arbitrary.js'

/** The outputs of every step, then the state. */
export const runAll = async (
  backend: Backend,
  { program, state, steps }: RandomProgram,
  passes: readonly PassName[],
): Promise<readonly NDArray[]> => {
  const session = await run(backend.open(optimise(program, passes), state))
  try {
    const results: NDArray[] = []
    for (const inputs of steps) results.push(...(await run(session.step(inputs))))
    return [...results, ...(await run(session.state))]
  } finally {
    await run(session.dispose)
  }
}

/** Where two runs of one program differ by a bit (NaN is NaN), in words. */
export const unequalBits = (
  a: readonly NDArray[],
  b: readonly NDArray[],
  { outputs }: Program,
): string | undefined => {
  for (const [i, value] of a.entries()) {
    const other = b[i]
    if (other.dtype !== value.dtype || other.shape.join() !== value.shape.join())
      return `result ${i}: another spec`
    const at = value.data.findIndex((x: number, k: number) => !Object.is(x, other.data[k]))
    if (at < 0) continue
    const where =
      i < 3 * outputs.length
        ? `step ${Math.floor(i / outputs.length)}, output ${i % outputs.length}`
        : `state ${i - 3 * outputs.length}`
    return `${where}, element ${at}: ${value.data[at]} and ${other.data[at]}`
  }
  return undefined
}

/** What an instruction and the body in it are made of. */
const namesIn = (program: Program): readonly PrimitiveName[] =>
  program.instructions.flatMap(({ name, body }) => [name, ...(body === undefined ? [] : namesIn(body))])

/** How close one instruction must come on the inputs that it really had; `undefined` for a loop of what rounds. */
const agreementOf = (name: PrimitiveName, body: Program | undefined): Agreement | undefined =>
  body === undefined
    ? cases[name].agreement
    : namesIn(body).every(inner => cases[inner].agreement === exact)
      ? exact
      : undefined

/**
 * Every instruction of a program against its row, on the very inputs that the backend gave it: errors do not pile up, and a comparison
 * that falls the other way by the last bit misleads nobody.
 */
export const instructionsAgainstRows = async (
  backend: Backend,
  { program, state, steps }: RandomProgram,
): Promise<readonly string[]> => {
  const everything: Program = {
    ...program,
    state: 0,
    inputs: program.state + program.inputs,
    nextState: [],
    outputs: program.values.map((_, value) => value),
  }
  const values = await evaluateOn(backend, everything, [...state, ...steps[0]])
  return program.instructions.flatMap(instruction => {
    const { name, inputs, outputs, body } = instruction
    const agreement = agreementOf(name, body)
    if (agreement === undefined) return []
    const alone: Program = {
      values: [...inputs, ...outputs].map(value => program.values[value]),
      state: 0,
      inputs: inputs.length,
      instructions: [
        {
          ...instruction,
          inputs: inputs.map((_, i) => i),
          outputs: outputs.map((_, i) => inputs.length + i),
        },
      ],
      nextState: [],
      outputs: outputs.map((_, i) => inputs.length + i),
    }
    const oracles = oraclesOf(
      alone,
      inputs.map(value => values[value]),
    )
    return outputs.flatMap((value, i) =>
      disagreements(values[value], agreement, oracles[i]).map(wrong => `%${value} = ${name}: ${wrong}`),
    )
  })
}
