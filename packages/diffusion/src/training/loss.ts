import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  bernoulli,
  full,
  integers,
  mean,
  mul,
  normal,
  reshape,
  split,
  square,
  sub,
  where,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { AnyDenoisingNetwork, DenoiserParameters } from './architecture.js'
import { levelsAt, type Steps } from './levels.js'
import type { Real } from '../arithmetic.js'
import type { DiscreteProcess } from '../process/discrete.js'
import { lengthOf } from '../process/discrete.js'
import { fromEstimate, type Prediction } from '../process/prediction.js'

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

/** The step t of each example, 1 … T, all as likely. */
const uniformSteps = (count: number, length: number, key: Key): Steps =>
  add(1)(integers(0, length)([count])(key))

/**
 * The simple loss (Ho et al. 2020, eq. 14): the mean squared error of what the network says, in the units of what it says, at a step drawn for
 * each example. With `labelDropout` that part of the labels is not told, so that one network learns both (Ho and Salimans 2022, algorithm 1).
 */
export const simpleLoss =
  ({ network, process, prediction }: Denoising, labelDropout: number) =>
  (parameters: DenoiserParameters, { x, labels }: Examples, key: Key): Tensor<readonly [], 'f32'> => {
    const [forSteps, forNoise, forLabels] = split(key, 3) as readonly [Key, Key, Key]
    const level = levelsAt(process, x.shape.length)(uniformSteps(x.shape[0], lengthOf(process), forSteps))
    const epsilon: Real = normal(x.shape)(forNoise)
    const z: Real = pipe(x, mul(level.alpha), add(mul(level.sigma)(epsilon)))
    const told = labels && dropped(labels, network.classes, labelDropout, forLabels)
    const target = fromEstimate(process.family, prediction)({ x, epsilon }, level)
    return pipe(said(network, parameters, z, level.time, told), sub(target), square, mean())
  }
