import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  expandDims,
  foldIn,
  key,
  log,
  mul,
  open,
  spec,
  square,
  sum,
  type Backend,
  type BackendError,
  type NDArray,
  type PassName,
  type Tensor,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { Evaluation, Metrics, TrainingState } from '@elbo/train'
import { activeDimensions } from './collapse.js'
import type { Evaluated, ImageModel, ImageParameters, PixelInput } from './image-model.js'
import type { IndexedImages } from './image-source.js'
import { batchesOf, batchSpecs } from './labelled.js'
import type { PerExample } from './objectives/objective.js'

/** Images per batch of an evaluation, of which only the last may be smaller. */
export const evaluationBatch = 1000

/** Every evaluation draws the same pixels and latents, whatever the run: its results compare. */
const evaluationSeed = 0

/** Sums over the examples of a batch that count, each a number or one for each dimension of z. */
const sumsOf = ({ codes, ...terms }: Evaluated, weight: PerExample) => {
  const total = (term: PerExample): Tensor => pipe(term, mul(weight), sum())
  const each = (rows: Rows<number>): Tensor => pipe(rows, mul(expandDims(1)(weight)), sum(0))
  return {
    elbo: total(terms.elbo),
    reconstruction: total(terms.reconstruction),
    kl: total(terms.kl),
    ...(codes === undefined
      ? {}
      : {
          mean: each(codes.mean),
          meanSquare: each(square(codes.mean)),
          variance: each(codes.variance),
          logVariance: each(log(codes.variance)),
        }),
  }
}

type Sums = Readonly<Record<string, readonly number[]>>

const added = (sums: Sums, more: Readonly<Record<string, NDArray>>): Sums =>
  Object.fromEntries(
    Object.entries(more).map(([name, { data }]) => [
      name,
      Array.from(data, (value, i) => (sums[name]?.[i] ?? 0) + value),
    ]),
  )

const metricsOf = (count: number, { elbo, reconstruction, kl, ...codes }: Sums): Metrics => ({
  loss: -elbo[0] / count,
  elbo: elbo[0] / count,
  reconstruction: reconstruction[0] / count,
  kl: kl[0] / count,
  ...(codes['mean'] === undefined
    ? {}
    : {
        activeDimensions: activeDimensions({
          count,
          mean: codes['mean'],
          meanSquare: codes['meanSquare'],
          variance: codes['variance'],
          logVariance: codes['logVariance'],
        }),
      }),
})

/**
 * Compiles the evaluation of a model over a set of images: the mean ELBO and its terms in nats per image, pixels and one z for each image by
 * draws that are the same every time, and `activeDimensions`, how many of z tell of x. The parameters are an input, so one program serves all
 * epochs.
 * @throws RangeError for labels that are missing or of no class, where the model asks for labels.
 */
export const openEvaluation =
  (
    model: ImageModel,
    { parameters }: TrainingState<ImageParameters>,
    images: IndexedImages,
    passes?: readonly PassName[],
  ) =>
  (backend: Backend): TaskEither<BackendError, Evaluation<TrainingState<ImageParameters>>> => {
    const [count] = images.shape
    const batchAt = batchesOf(model, images)
    const size = Math.min(evaluationBatch, count)
    const step = (
      _: object,
      inputs: PixelInput & {
        readonly parameters: ImageParameters
        readonly weight: PerExample
        readonly batch: Tensor<readonly [], 'u32'>
      },
    ) => {
      const fresh = foldIn(inputs.batch)(key(evaluationSeed))
      return [{}, sumsOf(model.evaluate(inputs.parameters, inputs, fresh), inputs.weight)] as const
    }
    return pipe(
      backend,
      open(step, {
        state: {},
        inputs: {
          parameters,
          ...batchSpecs(model, images, size),
          weight: spec([size]),
          batch: spec([], 'u32'),
        },
        ...(passes === undefined ? {} : { passes }),
      }),
      TE.map(session => ({
        dispose: session.dispose,
        evaluate: state => async () => {
          let sums: Sums = {}
          for (let batch = 0; batch * size < count; batch++) {
            const full = Math.min(size, count - batch * size)
            // The places that the last batch leaves empty repeat its first image, and count for nothing.
            const indices = Array.from({ length: size }, (_, i) => batch * size + (i < full ? i : 0))
            const result = await session.step({
              parameters: state.parameters,
              ...batchAt(indices),
              weight: {
                shape: [size],
                dtype: 'f32',
                data: Float32Array.from(indices, (_, i) => (i < full ? 1 : 0)),
              },
              batch: { shape: [], dtype: 'u32', data: Uint32Array.of(batch) },
            })()
            if (result._tag === 'Left') return result
            sums = added(sums, result.right)
          }
          return TE.right<BackendError, Metrics>(metricsOf(count, sums))()
        },
      })),
    )
  }
