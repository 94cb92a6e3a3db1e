import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  foldIn,
  key,
  mean,
  open,
  spec,
  split,
  type Arrays,
  type Backend,
  type BackendError,
  type Key,
  type PassName,
  type Tensor,
  type Tensors,
} from '@elbo/tensor'
import { averaged, type Evaluation, type Metrics } from '@elbo/train'
import type { Real } from '../arithmetic.js'
import type { DenoiserParameters } from './architecture.js'
import { judged, type BatchSpecs } from './batches.js'
import { estimatedBound, variancesOf, type BoundOptions } from './bound.js'
import type { DiffusionData } from './data.js'
import { denoisingLoss } from './loss.js'
import { denoisingOf, type DiffusionModel, type DiffusionState } from './run.js'

export interface EvaluationOptions extends Partial<BoundOptions> {
  /** How many examples: fresh points, or so many of the first test images (1,024). `draws` is 4, `variances` those of the transition for points and of the posterior for images. */
  readonly count?: number
  readonly passes?: readonly PassName[]
}

type Scalar = Tensor<readonly [], 'f32'>

/** Every evaluation draws the same, whatever the run: its results compare. */
const evaluationSeed = 0

/** Points and images of one batch of an evaluation, at most. */
const mostOf = { points: 1024, images: 256 }

/** Full batches, whose examples are `count` or, where that is no multiple of the batch, a little fewer. */
const batchesOf = (data: DiffusionData, count: number) => {
  const most = data.kind === 'images' ? Math.min(count, data.test.shape[0]) : count
  const size = Math.min(most, mostOf[data.kind])
  return { size, batches: Math.floor(most / size) }
}

/**
 * Compiles the evaluation of a model on data that it was not trained on, under the average of its parameters: `loss`, the simple one with every
 * label told; `boundNats`, the negative bound in nats for each example, of which `reconstruction`, `prior` and `steps` are the parts; and of
 * images `bitsPerDim`. The bound is that of data in their own units. Parameters and labels that are told are an input, so one program serves
 * all epochs.
 */
export const openEvaluation =
  (data: DiffusionData, model: DiffusionModel, form: DiffusionState, options: EvaluationOptions = {}) =>
  (backend: Backend): TaskEither<BackendError, Evaluation<DiffusionState>> => {
    const { count = 1024, draws = 4, variances = variancesOf[model.architecture.kind], passes } = options
    const { size, batches } = batchesOf(data, count)
    const denoising = denoisingOf(model)
    const bound = estimatedBound(denoising, model.architecture.kind, { draws, variances })
    const loss = denoisingLoss(denoising, { loss: 'simple', labelDropout: 0 })
    const dimensions = data.kind === 'points' ? 2 : data.test.shape[1] * data.test.shape[2]
    // Of points; the levels of a pixel are no density.
    const unit = data.kind === 'points' ? dimensions * Math.log(model.scale) : 0
    const { specs, at, examples: examplesOf } = judged(data, size, model.scale)

    const step = (
      _: object,
      inputs: {
        readonly parameters: DenoiserParameters
        readonly batch: Tensor<readonly [], 'u32'>
        readonly given: Tensors<BatchSpecs>
      },
    ) => {
      const fresh = foldIn(inputs.batch)(key(evaluationSeed))
      const [forData, forBound, forLoss] = split(fresh, 3) as readonly [Key, Key, Key]
      const examples = examplesOf(inputs.given, forData)
      const terms = bound(inputs.parameters, examples, forBound)
      const of = (term: Real): Scalar => mean()(term)
      return [
        {},
        {
          loss: loss(inputs.parameters, examples, forLoss),
          boundNats: of(terms.negativeBound),
          reconstruction: of(terms.reconstruction),
          prior: of(terms.prior),
          steps: of(terms.steps),
        },
      ] as const
    }
    return pipe(
      backend,
      open(step, {
        state: {},
        inputs: { parameters: form.parameters, batch: spec([], 'u32'), given: specs },
        ...(passes === undefined ? {} : { passes }),
      }),
      TE.map(session => ({
        dispose: session.dispose,
        evaluate: (state: Arrays<DiffusionState>) => async () => {
          const parameters = averaged(state.parameters, state.optimiser)
          const sums = { loss: 0, boundNats: 0, reconstruction: 0, prior: 0, steps: 0 }
          for (let batch = 0; batch < batches; batch++) {
            const result = await session.step({
              parameters,
              batch: { shape: [], dtype: 'u32', data: Uint32Array.of(batch) },
              given: at(batch),
            })()
            if (result._tag === 'Left') return result
            for (const name of Object.keys(sums) as (keyof typeof sums)[])
              sums[name] += result.right[name].data[0] / batches
          }
          const boundNats = sums.boundNats + unit
          return TE.right<BackendError, Metrics>({
            ...sums,
            boundNats,
            reconstruction: sums.reconstruction - unit,
            ...(data.kind === 'points' ? {} : { bitsPerDim: boundNats / (dimensions * Math.LN2) }),
          })()
        },
      })),
    )
  }
