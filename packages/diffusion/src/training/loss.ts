import {
  bernoulli,
  full,
  mean,
  normal,
  reshape,
  split,
  square,
  take,
  tensor,
  where,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { AnyDenoisingNetwork, DenoiserParameters } from './architecture.js'
import { minus, plus, times, type Real } from '../arithmetic.js'
import { uniformSteps, type Steps } from '../objective/steps.js'
import { lossWeights } from '../objective/weights.js'
import type { LevelTensors } from '../process/denoiser.js'
import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import { fromEstimate, predictions, type Prediction } from '../process/prediction.js'
import { levelTensors } from '../process/tensors.js'

export type Labels = Tensor<readonly [number], 'i32'>

/** A model as training sees it. */
export interface Denoising {
  readonly network: AnyDenoisingNetwork
  readonly process: DiscreteProcess
  readonly prediction: Prediction
}

/** Clean examples in the model's units, and their classes where the network has such. */
export interface Examples {
  readonly x: Real
  readonly labels?: Labels
}

/** Labels of which each is, with a probability, the one that says nothing. */
export const dropped = (labels: Labels, classes: number, probability: number, key: Key): Labels => {
  const none: Tensor<Shape, 'i32'> = full(labels.shape as Shape, classes, 'i32')
  const chance: Real = full(labels.shape as Shape, probability)
  return where(none, labels as Tensor<Shape, 'i32'>)(bernoulli(chance)(key)) as Labels
}

/** What the network says of noisy examples, given the level of each. */
export const said = (
  network: AnyDenoisingNetwork,
  parameters: DenoiserParameters,
  z: Real,
  time: Real,
  labels: Labels | undefined,
): Real =>
  network.apply(parameters)({
    z,
    times: reshape([-1])(time) as Real as Tensor<readonly [number], 'f32'>,
    ...(labels === undefined ? {} : { labels }),
  })

/** The levels at steps t, i32[batch] of 1 … T: numbers [batch, 1, …] that broadcast against examples of so many axes. */
export const levelOfEach = (process: DiscreteProcess, steps: Steps, rank: number): LevelTensors<Shape> => {
  const shape = [steps.shape[0], ...Array.from({ length: rank - 1 }, () => 1)]
  return levelTensors(process)(reshape(shape)(steps as Tensor<Shape, 'i32'>) as Tensor<Shape, 'i32'>)
}

/** The losses that a run can be told by name. */
export const lossNames = ['simple', 'bound', 'min-snr', ...predictions] as const
export type LossName = (typeof lossNames)[number]

export interface LossOptions {
  /** `simple`: the error of what the network says, unweighted (Ho et al. 2020, eq. 14); else see `Weighting`. */
  readonly loss: LossName
  /** The part of the labels that is not told, so that one network learns both (Ho and Salimans 2022, algorithm 1). */
  readonly labelDropout: number
}

/** The mean squared error of what the network says, times the weight of each level, at a level drawn for each example. */
export const denoisingLoss =
  ({ network, process, prediction }: Denoising, { loss, labelDropout }: LossOptions) =>
  (parameters: DenoiserParameters, { x, labels }: Examples, key: Key): Tensor<readonly [], 'f32'> => {
    const [forSteps, forNoise, forLabels] = split(key, 3) as readonly [Key, Key, Key]
    const { steps } = uniformSteps(lengthOf(process))(x.shape[0])(forSteps)
    const level = levelOfEach(process, steps, x.shape.length)
    const epsilon: Real = normal(x.shape)(forNoise)
    const z = plus(times(x, level.alpha), times(epsilon, level.sigma))
    const told = labels && dropped(labels, network.classes, labelDropout, forLabels)
    const target = fromEstimate(process.family, prediction)({ x, epsilon }, level)
    const error: Real = square(minus(said(network, parameters, z, level.time, told), target))
    if (loss === 'simple') return mean()(error)
    const weights = lossWeights(process, { error: loss }, prediction)
    const table: Real = tensor([0, ...weights], [weights.length + 1])
    const weight: Real = reshape(level.alpha.shape)(take(steps, 0)(table) as Real)
    return mean()(times(error, weight))
  }
