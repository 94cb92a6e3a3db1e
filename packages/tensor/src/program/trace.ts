import type { AnyTensor, Spec } from '../graph/tensor.js'
import { placeholder } from '../primitives/leaves.js'
import { leavesOf, withLeaves, type Tensors } from '../tree/tree.js'
import { flatten } from './flatten.js'
import type { Program } from './program.js'

/** A program together with the trees that its flat lists stand for. */
export interface TracedProgram<State, Inputs, Outputs> {
  readonly program: Program
  readonly state: State
  readonly inputs: Inputs
  /** The outputs as the traced function built them: their form and specs. */
  readonly outputs: Outputs
}

/** A step: (state, inputs) → [next state, outputs]. */
export type Step<State, Inputs, Outputs> = (
  state: Tensors<State>,
  inputs: Tensors<Inputs>,
) => readonly [Tensors<State>, Outputs]

const spell = ({ shape, dtype }: Spec): string => `${dtype}[${shape.join(', ')}]`

const placeholders = <T>(tree: T, where: string): Tensors<T> =>
  withLeaves(
    tree,
    leavesOf<Spec>(tree).map(({ path, leaf: { shape, dtype } }) =>
      placeholder(shape, dtype, path === '' ? where : `${where}.${path}`),
    ),
  ) as Tensors<T>

/**
 * Runs a step function once on placeholders of the given state and inputs (trees of specs or host arrays) and yields the program.
 * @throws ShapeError, on the line inside the function that is wrong; TypeError when the next state differs from the state in form or spec.
 */
export const trace = <State, Inputs, Outputs>(
  step: Step<State, Inputs, Outputs>,
  about: { readonly state: State; readonly inputs: Inputs },
): TracedProgram<State, Inputs, Outputs> => {
  const state = placeholders(about.state, 'state')
  const inputs = placeholders(about.inputs, 'inputs')
  const [next, outputs] = step(state, inputs)
  const after = new Map(leavesOf<AnyTensor>(next).map(({ path, leaf }) => [path, leaf]))
  const nextState = leavesOf<AnyTensor>(state).map(({ path, leaf }) => {
    const now = after.get(path)
    after.delete(path)
    if (now === undefined || spell(now) !== spell(leaf)) {
      throw new TypeError(
        `trace: state ${path} is ${spell(leaf)}; the step returns ${now === undefined ? 'nothing' : spell(now)} in its place`,
      )
    }
    return now
  })
  for (const path of after.keys())
    throw new TypeError(`trace: the step returns ${path}, which the state does not have`)
  const tensors = (tree: unknown): readonly AnyTensor[] => leavesOf<AnyTensor>(tree).map(({ leaf }) => leaf)
  const program = flatten({
    state: tensors(state),
    inputs: tensors(inputs),
    nextState,
    outputs: tensors(outputs),
  })
  return { program, state: about.state, inputs: about.inputs, outputs }
}
