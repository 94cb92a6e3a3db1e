import {
  add,
  foldIn,
  generate,
  key,
  split,
  threefry2x32,
  valueAndGradAux,
  zeros,
  type Gen,
  type Key,
  type NDArray,
  type Tensor,
} from '@elbo/tensor'
import { addTrees, type Optimiser, type OptimiserState } from '../optimiser/optimiser.js'

/** What a run carries from step to step. With the cursor in the data it is all that a checkpoint needs. */
export interface TrainingState<P> {
  readonly parameters: P
  readonly optimiser: OptimiserState
  /** Steps made so far. */
  readonly step: Tensor<readonly [], 'u32'>
  /** Stays the same: a step draws from `foldIn(step)(key)`. */
  readonly key: Key
}

type Scalar = Tensor<readonly [], 'f32'>

/**
 * What is to become small, and further metrics to report, all means over the batch; `key` is fresh in every step. `step` counts those made
 * before this one: weights of a loss can change by it.
 */
export type Loss<P, Batch, M extends Readonly<Record<string, Scalar>>> = (
  parameters: P,
  batch: Batch,
  key: Key,
  step: Tensor<readonly [], 'u32'>,
) => readonly [loss: Scalar, metrics: M]

/** The state before the first step, as expressions: parameters drawn, and randomness for the steps, from one seed. */
export const initialState =
  (optimiser: Optimiser) =>
  (seed: number) =>
  <P>(init: Gen<P>): TrainingState<P> => {
    const [forParameters, forSteps] = split(key(seed), 2) as readonly [Key, Key]
    const parameters = generate(forParameters)(init)
    return { parameters, optimiser: optimiser.init(parameters), step: zeros([], 'u32'), key: forSteps }
  }

/** The state of a run that also hands something on from batch to batch, such as what a recurrent model remembers of a text. */
export interface CarryingState<P, C> extends TrainingState<P> {
  readonly carried: C
}

/** A `Loss` under what the batch before left; `carried` is what it leaves for the next. No slope goes through it. */
export type CarryingLoss<P, C, Batch, M extends Readonly<Record<string, Scalar>>> = (
  parameters: P,
  batch: Batch,
  key: Key,
  carried: C,
  step: Tensor<readonly [], 'u32'>,
) => readonly [loss: Scalar, metrics: M, carried: C]

/** `trainingStep` for a loss that carries something from batch to batch. */
export const carryingStep =
  <P, C, Batch, M extends Readonly<Record<string, Scalar>>>(
    loss: CarryingLoss<P, C, Batch, M>,
    optimiser: Optimiser,
  ) =>
  (
    { parameters, optimiser: before, step, key, carried }: CarryingState<P, C>,
    batch: Batch,
  ): readonly [CarryingState<P, C>, { readonly loss: Scalar } & M] => {
    const fresh = foldIn(step)(key)
    const [value, [metrics, next], slope] = valueAndGradAux((p: P) => {
      const [mean, told, left] = loss(p, batch, fresh, carried, step)
      return [mean, [told, left] as const] as const
    })(parameters)
    const { change, state, ...rates } = optimiser.update(slope, before, { parameters, step, loss: value })
    return [
      {
        parameters: addTrees(parameters, change),
        optimiser: state,
        step: add(1)(step),
        key,
        carried: next,
      },
      { loss: value, ...metrics, ...rates },
    ]
  }

/**
 * A training step as a pure function: (state, batch) → [next state, metrics], with the loss first among the metrics. The optimiser's
 * `learningRate` and `rateReduced`, where it tells them, are among them too, and become events of their own: no metric may be called so.
 */
export const trainingStep = <P, Batch, M extends Readonly<Record<string, Scalar>>>(
  loss: Loss<P, Batch, M>,
  optimiser: Optimiser,
) => {
  const step = carryingStep(
    (parameters: P, batch: Batch, key: Key, carried: object, count: Tensor<readonly [], 'u32'>) =>
      [...loss(parameters, batch, key, count), carried] as const,
    optimiser,
  )
  return (
    state: TrainingState<P>,
    batch: Batch,
  ): readonly [TrainingState<P>, { readonly loss: Scalar } & M] => {
    const [{ carried: _, ...next }, metrics] = step({ ...state, carried: {} }, batch)
    return [next, metrics]
  }
}

/** Apart from drawing (0), splitting (1) and folding (2), the uses of a key on a device. */
const shuffling = 3

/** The key for the order of the data, from that of the state. */
export const shuffleKey = ({ data }: NDArray<readonly [2], 'u32'>): readonly [number, number] =>
  threefry2x32([data[0], data[1]], [0, shuffling])
