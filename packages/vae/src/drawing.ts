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
import { imageVae, type Architecture, type ImageVaeParameters } from './architecture.js'

/** A trained model: `{ architecture: about.architecture, parameters: state.parameters }` of a checkpoint. */
export interface TrainedVae {
  readonly architecture: Architecture
  readonly parameters: Arrays<ImageVaeParameters>
}

/** Intensities in [0, 1]: f32[count, height, width]. */
export type Pictures = NDArray<readonly [number, number, number], 'f32'>

const lifted = (parameters: Arrays<ImageVaeParameters>): ImageVaeParameters =>
  withLeaves(
    parameters,
    leavesOf<NDArray>(parameters).map(({ leaf }) => constant(leaf)),
  ) as ImageVaeParameters

const drawn =
  (backend: Backend, { image: [height, width] }: Architecture) =>
  (rows: Rows<number>): TaskEither<BackendError, Pictures> =>
    evaluateOn(backend)(pipe(rows, reshape([rows.shape[0], height, width])))

/** Images (intensities in [0, 1]) through encoder and decoder, by way of the mean of q(z | x): the probability of each pixel. */
export const reconstructions =
  (backend: Backend) =>
  ({ architecture, parameters }: TrainedVae, images: Pictures): TaskEither<BackendError, Pictures> => {
    const [count, height, width] = images.shape
    const x: Rows<number> = pipe(constant(images), reshape([count, height * width]))
    return drawn(backend, architecture)(imageVae(architecture).reconstruct(lifted(parameters), x))
  }

/** `count` images from the prior: the probability of each pixel for z ~ Norm[0, I], by the given seed. */
export const priorSamples =
  (backend: Backend) =>
  (
    { architecture, parameters }: TrainedVae,
    seed: number,
    count: number,
  ): TaskEither<BackendError, Pictures> =>
    drawn(backend, architecture)(imageVae(architecture).samplePrior(lifted(parameters), count)(key(seed)))
