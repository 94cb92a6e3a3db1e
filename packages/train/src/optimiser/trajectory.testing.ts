import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  constant,
  cpu,
  mapTree,
  ndarray,
  open,
  run,
  spec,
  zeros,
  type Arrays,
  type NDArray,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { evaluateOn } from '../loop/evaluateOn.js'
import { addTrees, type Optimiser, type OptimiserState } from './optimiser.js'

/** Parameters or slopes: the elements of each leaf, row-major. */
export interface Flat {
  readonly weight: readonly number[]
  readonly bias: readonly number[]
}

export interface Parameters {
  readonly weight: Tensor<readonly [number, number], 'f32'>
  readonly bias: Tensor<readonly [number], 'f32'>
}

export interface State {
  readonly parameters: Parameters
  readonly optimiser: OptimiserState
  readonly step: Tensor<readonly [], 'u32'>
}

interface Inputs {
  readonly slope: Parameters
  readonly loss: Tensor<readonly [], 'f32'>
}

type Told = Readonly<Record<string, Tensor<readonly [], 'f32'>>>

export interface Moved {
  readonly state: Arrays<State>
  /** `learningRate` and `rateReduced`, where the optimiser tells them. */
  readonly told: Readonly<Record<string, NDArray>>
}

export const treeOf = ({ weight, bias }: Flat): Arrays<Parameters> => ({
  weight: ndarray(weight, [weight.length / bias.length, bias.length]),
  bias: ndarray(bias, [bias.length]),
})

/** The states after each of the given slopes, on the CPU backend. */
export const trajectory = async (
  optimiser: Optimiser,
  initial: Flat,
  slopes: readonly Flat[],
  losses: readonly number[] = slopes.map(() => 0),
): Promise<readonly Moved[]> => {
  const backend = await run(cpu({ threads: 1 }))
  const parameters = mapTree((leaf: NDArray) => constant(leaf))(treeOf(initial)) as unknown as Parameters
  const beginning: State = { parameters, optimiser: optimiser.init(parameters), step: zeros([], 'u32') }
  const state = await run(evaluateOn(backend)(beginning))
  const step = ({ parameters: p, optimiser: s, step: n }: State, { slope, loss }: Inputs) => {
    const { change, state: next, ...told } = optimiser.update(slope, s, { parameters: p, step: n, loss })
    return [{ parameters: addTrees(p, change), optimiser: next, step: add(1)(n) }, told] as const
  }
  const inputs = { slope: parameters, loss: spec([], 'f32') }
  // The step speaks of tensors, `open` of the host arrays that are their first values: one form, two kinds of leaves.
  const session = await run(
    pipe(backend, open(step as unknown as Step<Arrays<State>, typeof inputs, Told>, { state, inputs })),
  )
  const moved: Moved[] = []
  for (const [i, slope] of slopes.entries()) {
    const told = await run(session.step({ slope: treeOf(slope), loss: ndarray([losses[i]], []) }))
    moved.push({ state: await run(session.state), told })
  }
  await run(session.dispose)
  return moved
}
