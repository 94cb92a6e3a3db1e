import {
  classifierFree,
  denoiserOf,
  denoisingOf,
  dynamicThreshold,
  exampleShape,
  sampleWith,
  staticThreshold,
  trajectoryWith,
  type DenoiserParameters,
  type DiffusionModel,
  type DiffusionRun,
  type DiffusionState,
  type Labels,
  type Path,
  type Sampler,
} from '@elbo/diffusion'
import {
  foldIn,
  key,
  open,
  spec,
  type Arrays,
  type Backend,
  type BackendError,
  type Key,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { averaged, type Checkpoint } from '@elbo/train'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import type { OpenBackend } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import type { Threshold } from './names.js'

const thresholds = { none: undefined, static: staticThreshold(), dynamic: dynamicThreshold() } as const

export interface Drawing {
  readonly sampler: Sampler
  readonly path: Path
  readonly count: number
  readonly seed: number
  /** The class of each, for a model that is told classes; its number of classes itself stands for none. */
  readonly classes: readonly number[] | undefined
  /** 1: as the classes say; more: further away from what would be drawn without. */
  readonly guidance: number
  /** What the estimated data of each step are held to, for images, whose intensities have ends. */
  readonly threshold: Threshold
  /** Whether the averaged parameters draw, or the last ones. */
  readonly average: boolean
  /** Whether z after each step is wanted. */
  readonly frames: boolean
}

/** In the data's units: coordinates of points, intensities of pixels in [0, 1], or somewhat beyond. */
export interface Drawn {
  readonly kind: 'points' | 'images'
  /** Of one example. */
  readonly shape: readonly number[]
  /** [count, …shape], row-major. */
  readonly samples: Float32Array
  /** z after each step, of the first examples. */
  readonly frames: readonly Float32Array[]
}

/** Classes in turn, for a model that is told such. */
export const everyClass = (
  { architecture: { classes } }: DiffusionModel,
  count: number,
): readonly number[] | undefined =>
  classes === 0 ? undefined : Array.from({ length: count }, (_, i) => i % classes)

/** Examples that are drawn side by side: as many as fit well into memory with all steps that are kept. */
const batchOf = { points: 10_000, images: 100 }

/** The parameters that draw. */
export const parametersOf = (
  { state: { parameters, optimiser } }: Pick<Checkpoint<DiffusionState>, 'state'>,
  average: boolean,
): Arrays<DenoiserParameters> => (average ? averaged(parameters, optimiser) : parameters)

interface Batch {
  readonly first: number
  readonly size: number
}

const batchesOf = (count: number, most: number): readonly Batch[] =>
  Array.from({ length: Math.ceil(count / most) }, (_, i) => ({
    first: i * most,
    size: Math.min(most, count - i * most),
  }))

/** [steps, size, …shape] where frames are kept, or [1, size, …shape]. */
const drawBatch =
  (
    model: DiffusionModel,
    parameters: Arrays<DenoiserParameters>,
    { sampler, path, seed, classes, guidance, threshold }: Drawing,
    { first, size }: Batch,
    keep: boolean,
  ) =>
  (backend: Backend): TaskEither<BackendError, Float32Array> => {
    const denoising = denoisingOf(model)
    const shape = [size, ...exampleShape(model.architecture)]
    const labels = classes?.slice(first, first + size)
    const specs: { readonly labels?: Spec<readonly [number], 'i32'> } =
      labels === undefined ? {} : { labels: spec([size], 'i32') }
    const step = (
      _: object,
      given: { readonly parameters: DenoiserParameters; readonly labels?: Labels },
    ) => {
      const told = denoiserOf(denoising)(given.parameters, given.labels)
      const guided =
        guidance === 1
          ? told
          : classifierFree({ scale: guidance })(told, denoiserOf(denoising)(given.parameters))
      const within = thresholds[threshold]
      const denoise = within === undefined ? guided : within(guided)
      const draw: (key: Key) => Tensor<readonly number[]> = keep
        ? trajectoryWith(sampler, path)(denoise, shape)
        : sampleWith(sampler, path)(denoise, shape)
      return [{}, draw(foldIn(first)(key(seed)))] as const
    }
    return pipe(
      backend,
      open(step as never, { state: {}, inputs: { parameters, ...specs } }) as never,
      TE.chain((session: Session) =>
        TE.bracket(
          TE.right(session),
          ({ step }) =>
            step({
              parameters,
              ...(labels === undefined
                ? {}
                : { labels: { shape: [size], dtype: 'i32', data: Int32Array.from(labels) } }),
            }),
          ({ dispose }) => dispose,
        ),
      ),
      TE.map(({ data }) => data),
    )
  }

interface Session {
  readonly step: (inputs: object) => TaskEither<BackendError, { readonly data: Float32Array }>
  readonly dispose: TaskEither<BackendError, void>
}

const toData = ({ architecture, scale }: DiffusionModel): ((z: Float32Array) => Float32Array) =>
  architecture.kind === 'points' ? z => z.map(value => value * scale) : z => z.map(value => (value + 1) / 2)

const joined = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Draws from a trained model; the same drawing gives the same samples. */
export const drawSamples =
  (backend: OpenBackend) =>
  (checkpoint: Checkpoint<DiffusionState>, drawing: Drawing): TaskEither<Failure, Drawn> => {
    const { denoiser: model } = checkpoint.about as DiffusionRun
    const parameters = parametersOf(checkpoint, drawing.average)
    const { kind: network } = model.architecture
    const kind = network === 'points' ? 'points' : 'images'
    const shape = exampleShape(model.architecture)
    const size = shape.reduce((product, n) => product * n, 1)
    const batches = batchesOf(drawing.count, batchOf[kind])
    return pipe(
      backend,
      TE.chain(device =>
        TE.traverseSeqArray((batch: Batch) =>
          drawBatch(model, parameters, drawing, batch, drawing.frames && batch.first === 0)(device),
        )(batches),
      ),
      TE.mapLeft(backendFailure),
      TE.map(all => {
        const parts = all.map(toData(model))
        const length = batches[0].size * size
        const [first] = parts
        const frames = Array.from({ length: first.length / length }, (_, i) =>
          first.slice(i * length, (i + 1) * length),
        )
        return {
          kind,
          shape,
          samples: joined([frames[frames.length - 1], ...parts.slice(1)]),
          frames: drawing.frames ? frames : [],
        }
      }),
    )
  }
