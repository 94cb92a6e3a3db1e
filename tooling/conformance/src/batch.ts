import {
  optimise,
  run,
  TaskError,
  type Backend,
  type NDArray,
  type PassName,
  type Program,
  type AnyTensor,
} from '@elbo/tensor'
import { apply, flatten, primitives } from '@elbo/tensor/internals'
import { disagreements, tolerant, type Agreement, type Oracle, type Tolerance } from './agreement.js'
import { oraclesOf, placeholdersFor, programOf, type Case } from './case.js'

/** Runs one step of a program without state, and closes it. */
export const evaluateOn = async (
  backend: Backend,
  program: Program,
  inputs: readonly NDArray[],
): Promise<readonly NDArray[]> => {
  const session = await run(backend.open(program, []))
  try {
    return await run(session.step(inputs))
  } finally {
    await run(session.dispose)
  }
}

/** Several cases as one program: cheaper to open, and the more for a memory plan to get wrong. */
const together = (cases: readonly Case[], asConstants: boolean): Program => {
  const parameters: AnyTensor[] = []
  const outputs = cases.flatMap(({ inputs, build }) => {
    if (asConstants) return build(inputs.map(value => apply(primitives.constant, [], { value })))
    const mine = placeholdersFor(inputs)
    parameters.push(...mine)
    return build(mine)
  })
  return flatten({ state: [], inputs: parameters, nextState: [], outputs })
}

export interface Variant {
  readonly about: string
  readonly passes: readonly PassName[]
  /** Inputs stand in the program, so that folding meets them. */
  readonly asConstants?: boolean
  /** What the device may do besides what the rows admit. */
  readonly tolerance?: Tolerance | undefined
}

const oracles = new WeakMap<Case, readonly Oracle[]>()

/** What a case means, worked out once for all variants and backends. */
const meaningOf = (situation: Case): readonly Oracle[] => {
  const known = oracles.get(situation)
  if (known !== undefined) return known
  const made = oraclesOf(programOf(situation), situation.inputs)
  oracles.set(situation, made)
  return made
}

const wrongIn = (
  situation: Case,
  got: readonly NDArray[],
  agreement: Agreement,
  tolerance: Tolerance | undefined,
): readonly string[] => {
  const meanings = meaningOf(situation)
  const strict = situation.agreement ?? agreement
  const asked = tolerance === undefined ? strict : tolerant(strict, tolerance)
  return got.flatMap((value, i) =>
    disagreements(value, asked, meanings[i]).map(
      wrong => `${situation.about}${got.length > 1 ? ` → output ${i}` : ''}: ${wrong}`,
    ),
  )
}

const outputsOf = (situation: Case): number => situation.build(placeholdersFor(situation.inputs)).length

/** Runs cases on a backend and tells in words where it does not agree with the plain meaning. */
export const disagreeing = async (
  backend: Backend,
  cases: readonly Case[],
  agreement: Agreement,
  { passes, asConstants = false, tolerance }: Variant,
): Promise<readonly string[]> => {
  const inputs = asConstants ? [] : cases.flatMap(situation => situation.inputs)
  try {
    const results = await evaluateOn(backend, optimise(together(cases, asConstants), passes), inputs)
    let next = 0
    return cases.flatMap(situation => {
      const from = next
      next += outputsOf(situation)
      return wrongIn(situation, results.slice(from, next), agreement, tolerance)
    })
  } catch (error) {
    if (cases.length > 1) {
      // One of them cannot run: which?
      const middle = cases.length >> 1
      const variant = { about: '', passes, asConstants, tolerance }
      return [
        ...(await disagreeing(backend, cases.slice(0, middle), agreement, variant)),
        ...(await disagreeing(backend, cases.slice(middle), agreement, variant)),
      ]
    }
    return [`${cases[0].about}: ${error instanceof TaskError ? error.message : String(error)}`]
  }
}
