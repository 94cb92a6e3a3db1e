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

/** What is to become small, and further metrics to report, all means over the batch; `key` is fresh in every step. */
export type Loss<P, Batch, M extends Readonly<Record<string, Scalar>>> = (
  parameters: P,
  batch: Batch,
  key: Key,
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

/**
 * A training step as a pure function: (state, batch) → [next state, metrics], with the loss first among the metrics. The optimiser's
 * `learningRate` and `rateReduced`, where it tells them, are among them too, and become events of their own: no metric may be called so.
 */
export const trainingStep =
  <P, Batch, M extends Readonly<Record<string, Scalar>>>(loss: Loss<P, Batch, M>, optimiser: Optimiser) =>
  (
    { parameters, optimiser: before, step, key }: TrainingState<P>,
    batch: Batch,
  ): readonly [TrainingState<P>, { readonly loss: Scalar } & M] => {
    const fresh = foldIn(step)(key)
    const [value, metrics, slope] = valueAndGradAux((p: P) => loss(p, batch, fresh))(parameters)
    const { change, state, ...rates } = optimiser.update(slope, before, { parameters, step, loss: value })
    return [
      { parameters: addTrees(parameters, change), optimiser: state, step: add(1)(step), key },
      { loss: value, ...metrics, ...rates },
    ]
  }

/** Apart from drawing (0), splitting (1) and folding (2), the uses of a key on a device. */
const shuffling = 3

/** The key for the order of the data, from that of the state. */
export const shuffleKey = ({ data }: NDArray<readonly [2], 'u32'>): readonly [number, number] =>
  threefry2x32([data[0], data[1]], [0, shuffling])
