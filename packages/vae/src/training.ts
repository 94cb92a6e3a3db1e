import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  bernoulli,
  cast,
  foldIn,
  key,
  mean,
  mul,
  neg,
  open,
  reshape,
  spec,
  split,
  sum,
  type Backend,
  type BackendError,
  type Key,
  type PassName,
  type Tensor,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { Evaluation, Loss, Metrics, TrainingState } from '@elbo/train'
import type { ImageVae, ImageVaeParameters } from './architecture.js'
import type { PerExample } from './gaussian.js'
import type { IndexedImages } from './image-source.js'
import type { ElboTerms } from './vae.js'

type Scalar = Tensor<readonly [], 'f32'>

/** What is reported of a batch beside the loss, which is −elbo: means over its images, in nats. */
export interface VaeMetrics {
  readonly elbo: Scalar
  readonly reconstruction: Scalar
  readonly kl: Scalar
  readonly [name: string]: Scalar
}

/** Intensities in [0, 1]: f32[batch, height, width]. */
export interface PixelInput {
  readonly images: Tensor<readonly [number, number, number], 'f32'>
}

/** Pixels as truth values, drawn anew whenever they are seen, each with its intensity as the probability (dynamic binarisation). */
const binarised = (images: PixelInput['images'], drawing: Key): Rows<number> => {
  const [batch, height, width] = images.shape
  return pipe(bernoulli(images)(drawing), cast('f32'), reshape([batch, height * width]))
}

const termsOf = (
  model: ImageVae,
  parameters: ImageVaeParameters,
  images: PixelInput['images'],
  fresh: Key,
): ElboTerms => {
  const [forPixels, forLatents] = split(fresh, 2) as readonly [Key, Key]
  return model.elbo(parameters, binarised(images, forPixels))(forLatents)
}

/** The mean of −ELBO over a batch of images, with both kinds of draws from the step's key. */
export const elboLoss =
  (model: ImageVae): Loss<ImageVaeParameters, PixelInput, VaeMetrics> =>
  (parameters, { images }, fresh) => {
    const terms = termsOf(model, parameters, images, fresh)
    const elbo = mean()(terms.elbo)
    return [neg(elbo), { elbo, reconstruction: mean()(terms.reconstruction), kl: mean()(terms.kl) }]
  }

/** Images per batch of an evaluation, of which only the last may be smaller. */
const evaluationBatch = 1000

/** Every evaluation draws the same pixels and latents, whatever the run: its results compare. */
const evaluationSeed = 0

/**
 * Compiles the evaluation of a model over a set of images: the mean ELBO and its terms in nats per image, pixels binarised by draws that
 * are the same every time, one draw of z for each image. The parameters are an input, so one program serves all epochs.
 */
export const openEvaluation =
  (
    model: ImageVae,
    { parameters }: TrainingState<ImageVaeParameters>,
    images: IndexedImages,
    passes?: readonly PassName[],
  ) =>
  (backend: Backend): TaskEither<BackendError, Evaluation<TrainingState<ImageVaeParameters>>> => {
    const [count, height, width] = images.shape
    const size = Math.min(evaluationBatch, count)
    const step = (
      _: object,
      inputs: PixelInput & {
        readonly parameters: ImageVaeParameters
        readonly weight: PerExample
        readonly batch: Tensor<readonly [], 'u32'>
      },
    ) => {
      const fresh = foldIn(inputs.batch)(key(evaluationSeed))
      const { elbo, reconstruction, kl } = termsOf(model, inputs.parameters, inputs.images, fresh)
      const total = (term: PerExample): Scalar => pipe(term, mul(inputs.weight), sum())
      return [{}, { elbo: total(elbo), reconstruction: total(reconstruction), kl: total(kl) }] as const
    }
    return pipe(
      backend,
      open(step, {
        state: {},
        inputs: {
          parameters,
          images: spec([size, height, width]),
          weight: spec([size]),
          batch: spec([], 'u32'),
        },
        ...(passes === undefined ? {} : { passes }),
      }),
      TE.map(session => ({
        dispose: session.dispose,
        evaluate: state => async () => {
          const sums = { elbo: 0, reconstruction: 0, kl: 0 }
          for (let batch = 0; batch * size < count; batch++) {
            const full = Math.min(size, count - batch * size)
            // The places that the last batch leaves empty repeat its first image, and count for nothing.
            const indices = Array.from({ length: size }, (_, i) => batch * size + (i < full ? i : 0))
            const result = await session.step({
              parameters: state.parameters,
              images: images.gather(indices),
              weight: {
                shape: [size],
                dtype: 'f32',
                data: Float32Array.from(indices, (_, i) => (i < full ? 1 : 0)),
              },
              batch: { shape: [], dtype: 'u32', data: Uint32Array.of(batch) },
            })()
            if (result._tag === 'Left') return result
            sums.elbo += result.right.elbo.data[0]
            sums.reconstruction += result.right.reconstruction.data[0]
            sums.kl += result.right.kl.data[0]
          }
          return TE.right<BackendError, Metrics>({
            loss: -sums.elbo / count,
            elbo: sums.elbo / count,
            reconstruction: sums.reconstruction / count,
            kl: sums.kl / count,
          })()
        },
      })),
    )
  }
