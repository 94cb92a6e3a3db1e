import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  foldIn,
  key,
  neg,
  open,
  spec,
  split,
  type Arrays,
  type Backend,
  type BackendError,
  type Key,
  type Tensor,
  type Tensors,
} from '@elbo/tensor'
import { plus, type Real } from '../arithmetic.js'
import { interpolated, lengthOf } from '../process/discrete.js'
import { sizeOfExample } from '../sampling/examples.js'
import type { DenoiserParameters } from '../training/architecture.js'
import { judged, type BatchSpecs } from '../training/batches.js'
import { estimatedBound, variancesOf } from '../training/bound.js'
import type { DiffusionData } from '../training/data.js'
import { denoiserOf } from '../training/denoiser.js'
import type { Denoising, Examples } from '../training/loss.js'
import { denoisingOf, type DiffusionModel } from '../training/run.js'
import { dequantised, natsOfBin } from './bits.js'
import { logLikelihood, type LikelihoodOptions } from './log-likelihood.js'

/** By the bound, its sum looked at in so many of its levels for each example, or by the probability-flow equation. */
export type Route =
  | { readonly kind: 'bound'; readonly draws: number }
  | ({ readonly kind: 'flow' } & Pick<
      LikelihoodOptions<readonly number[]>,
      'steps' | 'method' | 'divergence'
    >)

/** −ln P of each of a batch, in nats and in the data's own units, or an unbiased estimate of an upper bound of it. */
type NatsOf = (parameters: DenoiserParameters, examples: Examples, fresh: Key) => Real

const natsOfModelUnits = (route: Route, model: DiffusionModel, denoising: Denoising): NatsOf => {
  const { kind } = model.architecture
  if (route.kind === 'bound') {
    const bound = estimatedBound(denoising, kind, {
      draws: route.draws,
      variances: variancesOf[kind],
    })
    return (parameters, examples, fresh) => bound(parameters, examples, fresh).negativeBound
  }
  const { process } = denoising
  // The network knows nothing of less noise than that of the first level.
  const ends = { dataEnd: process.levels[1].logSnr, noiseEnd: process.levels[lengthOf(process)].logSnr }
  const { kind: _, ...options } = route
  const ofPoints = logLikelihood(interpolated(process), { ...options, ...ends })
  return (parameters, { x, labels }, fresh) => {
    const [forBins, forProbes] = split(fresh, 2) as readonly [Key, Key]
    const denoise = denoiserOf(denoising)(parameters, labels)
    const logP = (z: Real): Real => ofPoints(denoise, z)(forProbes)
    return kind === 'points'
      ? neg(logP(x))
      : neg(plus(logP(dequantised(x)(forBins)), sizeOfExample(x.shape) * natsOfBin))
  }
}

/** A compiled route: −ln P of each example of the batch of a number, drawn or in their order. */
export interface OpenedRoute {
  readonly evaluate: (
    parameters: Arrays<DenoiserParameters>,
    batch: number,
  ) => TaskEither<BackendError, readonly number[]>
  readonly dispose: TaskEither<BackendError, void>
}

export interface RouteOptions {
  readonly route: Route
  readonly data: DiffusionData
  readonly model: DiffusionModel
  /** The form of the parameters: expressions or arrays. */
  readonly form: DenoiserParameters | Arrays<DenoiserParameters>
  /** Examples of a batch. */
  readonly size: number
  readonly seed?: number
  /** What is judged; the model's own network unless told. */
  readonly denoising?: Denoising
}

/**
 * Compiles one route to how likely a model finds data, for batches of `size`: fresh points, or test images with their labels told. By the flow, images
 * are dequantised, so that it is an estimate of a bound, too; points have the density of the model's first level, to which no correction is due.
 * The seed draws points, noise, probes and places within bins; both routes are given the same points.
 * @throws ProcessError, by the flow, for a model of a single level or one that ends without signal
 */
export const openRoute =
  ({ route, data, model, form, size, seed = 0, denoising = denoisingOf(model) }: RouteOptions) =>
  (backend: Backend): TaskEither<BackendError, OpenedRoute> => {
    const natsOf = natsOfModelUnits(route, model, denoising)
    const { specs, at, examples } = judged(data, size, model.scale)
    const step = (
      _: object,
      inputs: {
        readonly parameters: DenoiserParameters
        readonly batch: Tensor<readonly [], 'u32'>
        readonly given: Tensors<BatchSpecs>
      },
    ) => {
      const [forData, forRoute] = split(foldIn(inputs.batch)(key(seed)), 2) as readonly [Key, Key]
      const judgedOn = examples(inputs.given, forData)
      const nats = natsOf(inputs.parameters, judgedOn, forRoute)
      // Points are judged in their own units; the levels of a pixel are no density.
      const unit = data.kind === 'points' ? sizeOfExample(judgedOn.x.shape) * Math.log(model.scale) : 0
      return [{}, plus(nats, unit)] as const
    }
    return pipe(
      backend,
      open(step, {
        state: {},
        inputs: { parameters: form as DenoiserParameters, batch: spec([], 'u32'), given: specs },
      }),
      TE.map(session => ({
        dispose: session.dispose,
        evaluate: (parameters: Arrays<DenoiserParameters>, batch: number) =>
          pipe(
            session.step({
              parameters,
              batch: { shape: [], dtype: 'u32', data: Uint32Array.of(batch) },
              given: at(batch),
            }),
            TE.map(({ data: nats }) => Array.from(nats)),
          ),
      })),
    )
  }
