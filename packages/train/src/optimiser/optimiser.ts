import { add, zerosLike, zeros, mapTree, zipTrees, type Tensor } from '@elbo/tensor'

/** The state of an optimiser for parameters `P`: how many updates were made, and trees in the form of the parameters, by name. */
export interface OptimiserState<P> {
  readonly step: Tensor<readonly [], 'u32'>
  readonly slots: Readonly<Record<string, P>>
}

/**
 * Turns slopes into changes of the parameters. Both functions are pure and build expressions; `P` is any tree of tensors.
 * The state's key paths (`optimiser.step`, `optimiser.slots.first.encoder.0.weight`) are part of the format of checkpoints.
 */
export interface Optimiser {
  readonly init: <P>(parameters: P) => OptimiserState<P>
  /** (∂loss/∂parameters, state, parameters) → what is to be added to the parameters, and the next state. */
  readonly update: <P>(
    slope: P,
    state: OptimiserState<P>,
    parameters: P,
  ) => readonly [change: P, next: OptimiserState<P>]
}

/** Trees added leaf by leaf: parameters and their change. */
export const addTrees = <P>(parameters: P, change: P): P =>
  zipTrees((leaf, step) => add(step as Tensor)(leaf as Tensor), parameters, change)

/** Zeros in the form of a tree. */
export const zeroTree = <P>(tree: P): P => mapTree((leaf: Tensor) => zerosLike(leaf))(tree)

/** The count of updates before the first. */
export const noSteps = (): Tensor<readonly [], 'u32'> => zeros([], 'u32')
