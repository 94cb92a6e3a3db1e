import {
  bitsPerDim,
  denoisingOf,
  exampleShape,
  heunMethod,
  meanOf,
  openRoute,
  optimalDenoising,
  ProcessError,
  rungeKutta4,
  type Denoising,
  type DiffusionCheckpoint,
  type DiffusionData,
  type Mean,
  type Route,
} from '@elbo/diffusion'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { readTrained } from '../sample-diffusion/checkpoint.js'
import { parametersOf } from '../sample-diffusion/draw.js'
import { loadData, planes } from '../train-diffusion/data.js'
import { isPlane } from '../train-diffusion/names.js'
import { backendOf, type OpenBackend } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import { count, number } from '../training/wording.js'
import type { EvaluateDiffusionOptions } from './options.js'

/** Of one route: −ln P of an example, or a bound of it. */
interface Likelihood {
  readonly nats: Mean
  /** Of images. */
  readonly bitsPerDim?: Mean
}

/** The object of `--json`. */
interface Evaluation {
  readonly model: 'diffusion'
  readonly data: string
  readonly examples: number
  readonly bound: Likelihood
  readonly flow: Likelihood
  /** Of points: what no model's mean of −ln p comes below. */
  readonly entropyNats?: number
  /** Of points whose best denoiser is known: what the bound has more than that denoiser's, of the same points and noise. */
  readonly excessNats?: Mean
}

const usage = failure('usage')

/** What a run was trained on, unless told otherwise. Left: the data are of another kind. */
const dataName = (
  { about: { data, denoiser } }: DiffusionCheckpoint,
  asked: string | undefined,
): Either<Failure, string> => {
  const name = asked ?? (data.kind === 'points' ? data.name : 'fashion-mnist')
  return isPlane(name) === (denoiser.architecture.kind === 'points')
    ? E.right(name)
    : E.left(
        usage(
          `--data is ${name}, and the model is one of ${denoiser.architecture.kind === 'points' ? 'points' : 'images'}.`,
        ),
      )
}

/** The batches of an evaluation; examples that do not fill a last batch are left out. */
const most = { points: 4096, images: 64 }

interface Plan {
  readonly size: number
  readonly batches: number
  readonly bound: Route
  readonly flow: Route
}

const planOf = (data: DiffusionData, options: EvaluateDiffusionOptions): Either<Failure, Plan> => {
  const { examples = most[data.kind], probes } = options
  if (data.kind === 'images' && examples > data.test.shape[0])
    return E.left(usage(`--examples is ${examples}, and there are ${count(data.test.shape[0])} test images.`))
  const batches = Math.ceil(examples / most[data.kind])
  const size = Math.floor(examples / batches)
  const points = data.kind === 'points'
  return E.right({
    ...{ size, batches },
    bound: { kind: 'bound', draws: options.draws ?? (points ? 16 : 4) },
    flow: {
      kind: 'flow',
      method: points ? rungeKutta4 : heunMethod,
      steps: options.steps ?? (points ? 100 : 50),
      divergence: points ? 'exact' : { probes },
    },
  })
}

/** −ln P of all examples by one route. */
const natsBy =
  (checkpoint: DiffusionCheckpoint, data: DiffusionData, { size, batches }: Plan, seed: number) =>
  (route: Route, backend: OpenBackend, denoising?: Denoising): TaskEither<Failure, readonly number[]> => {
    const parameters = parametersOf(checkpoint, true)
    const opened = E.tryCatch(
      () =>
        openRoute({
          ...{ route, data, model: checkpoint.about.denoiser, form: parameters, size, seed },
          ...(denoising === undefined ? {} : { denoising }),
        }),
      (error): Failure => {
        if (!(error instanceof ProcessError)) throw error
        return usage(`The model has no flow to be judged by: ${error.message}.`)
      },
    )
    return pipe(
      TE.fromEither(opened),
      TE.chain(open =>
        pipe(
          backend,
          TE.chain(open),
          TE.chain(session =>
            TE.bracket(
              TE.right(session),
              ({ evaluate }) =>
                TE.traverseSeqArray((batch: number) => evaluate(parameters, batch))(
                  Array.from({ length: batches }, (_, i) => i),
                ),
              ({ dispose }) => dispose,
            ),
          ),
          TE.mapLeft(backendFailure),
        ),
      ),
      TE.map(all => all.flat()),
    )
  }

const plusMinus = ({ mean, standardError }: Mean, digits: number): string =>
  `${number(mean, digits)} ± ${number(standardError, digits)}`

const linesOf = ({ data, examples, bound, flow, entropyNats, excessNats }: Evaluation): readonly string[] => {
  const line = (name: string, { nats, bitsPerDim: bits }: Likelihood): string =>
    `${name}  ${plusMinus(nats, 3)} nats per example${bits === undefined ? '' : `, ${plusMinus(bits, 4)} bits per pixel`}${entropyNats === undefined ? '' : `, ${number(nats.mean - entropyNats, 3)} above the entropy`}`
  return [
    `${count(examples)} examples of ${data}`,
    line('by the bound', bound),
    line('by the flow ', flow),
    ...(entropyNats === undefined ? [] : [`entropy of the data  ${number(entropyNats, 4)} nats`]),
    ...(excessNats === undefined
      ? []
      : [`bound above that of the best denoiser  ${plusMinus(excessNats, 4)} nats`]),
  ]
}

/** Right: the exit code. Results go to the standard output. */
export const evaluateDiffusionCommand = (options: EvaluateDiffusionOptions): TaskEither<Failure, number> =>
  pipe(
    readTrained(options.checkpoint),
    TE.bindTo('checkpoint'),
    TE.bind('name', ({ checkpoint }) => TE.fromEither(dataName(checkpoint, options.data))),
    TE.bind('data', ({ name }) => loadData(name)),
    TE.bind('plan', ({ data }) => TE.fromEither(planOf(data, options))),
    TE.chain(({ checkpoint, name, data, plan }) => {
      const by = natsBy(checkpoint, data, plan, options.seed)
      const dimensions = exampleShape(checkpoint.about.denoiser.architecture).reduce((a, b) => a * b, 1)
      const likelihood = (values: readonly number[]): Likelihood => {
        const nats = meanOf(values)
        return data.kind === 'points' ? { nats } : { nats, bitsPerDim: bitsPerDim(dimensions)(nats) }
      }
      return pipe(
        by(plan.bound, backendOf(options)),
        TE.bindTo('bound'),
        TE.bind('flow', () => by(plan.flow, backendOf(options))),
        TE.bind('optimal', () => {
          const { denoiser: model } = checkpoint.about
          const exact = isPlane(name) ? planes[name].exact : undefined
          return exact === undefined
            ? TE.right(undefined)
            : by(plan.bound, backendOf(options), optimalDenoising(denoisingOf(model), exact(model.scale)))
        }),
        TE.map(({ bound, flow, optimal }) => {
          const result: Evaluation = {
            model: 'diffusion',
            data: name,
            examples: bound.length,
            bound: likelihood(bound),
            flow: likelihood(flow),
            ...(isPlane(name) ? { entropyNats: planes[name].entropy } : {}),
            ...(optimal === undefined
              ? {}
              : { excessNats: meanOf(bound.map((nats, i) => nats - optimal[i])) }),
          }
          process.stdout.write(`${options.json ? JSON.stringify(result) : linesOf(result).join('\n')}\n`)
          return 0
        }),
      )
    }),
  )
