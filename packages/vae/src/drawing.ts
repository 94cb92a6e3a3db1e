import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  constant,
  key,
  leavesOf,
  reshape,
  withLeaves,
  type Arrays,
  type Backend,
  type BackendError,
  type NDArray,
} from '@elbo/tensor'
import { evaluateOn } from '@elbo/train'
import type { Rows } from '@elbo/nn'
import { configured, type Configuration } from './configuration/configuration.js'
import type { ImageParameters } from './image-model.js'
import type { ClassNumbers } from './labelled.js'

/** A trained model: `{ configuration: about.configuration, parameters: state.parameters }` of a checkpoint. */
export interface TrainedVae {
  readonly configuration: Configuration
  readonly parameters: Arrays<ImageParameters>
}

/** Intensities in [0, 1]: f32[count, height, width]. */
export type Pictures = NDArray<readonly [number, number, number], 'f32'>

const lifted = (parameters: Arrays<ImageParameters>): ImageParameters =>
  withLeaves(
    parameters,
    leavesOf<NDArray>(parameters).map(({ leaf }) => constant(leaf)),
  ) as ImageParameters

const drawn =
  (backend: Backend, { image: [height, width] }: Configuration) =>
  (rows: Rows<number>): TaskEither<BackendError, Pictures> =>
    evaluateOn(backend)(pipe(rows, reshape([rows.shape[0], height, width])))

/** The draws of binary pixels are the same for all reconstructions. */
const pixelSeed = 0

/**
 * Images (intensities in [0, 1]) through encoder and decoder, by way of the mean of q(z | x): the mean of P(x | z), as intensities.
 * A model of pictures given a label needs the labels.
 */
export const reconstructions =
  (backend: Backend) =>
  (
    { configuration, parameters }: TrainedVae,
    images: Pictures,
    labels?: ClassNumbers,
  ): TaskEither<BackendError, Pictures> =>
    drawn(
      backend,
      configuration,
    )(
      configured(configuration).reconstruct(lifted(parameters), {
        images: constant(images),
        ...(labels === undefined ? {} : { labels: constant(labels) }),
      })(key(pixelSeed)),
    )

/**
 * `count` images from the prior: the mean of P(x | z) for each z ~ P(z), as intensities, by the given seed. A model of pictures given a label
 * draws equal parts of each class, the first class first, unless `labels` says of which class each is.
 */
export const priorSamples =
  (backend: Backend) =>
  (
    { configuration, parameters }: TrainedVae,
    seed: number,
    count: number,
    labels?: ClassNumbers,
  ): TaskEither<BackendError, Pictures> =>
    drawn(
      backend,
      configuration,
    )(
      configured(configuration).samplePrior(
        lifted(parameters),
        count,
        labels === undefined ? undefined : constant(labels),
      )(key(seed)),
    )
