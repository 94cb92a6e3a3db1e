import type { Shape, Tensor } from '@elbo/tensor'
import type { Denoiser, LevelTensors } from '../process/denoiser.js'
import type { Level } from '../process/level.js'
import type { Path } from './path.js'

/** What one step of a sampler has to know of its path: numbers and levels, by name. */
export interface Row {
  readonly [column: string]: number | Level
}

type Scalar<T> = T extends number ? Tensor<readonly []> : LevelTensors

/** A row within a program: data, or a slice of a table. */
export type Scalars<R> = { readonly [K in keyof R]: Scalar<R[K]> }

/** Where a sampler stands: z, and what it remembers of earlier steps, the latest first. */
export interface State<S extends Shape> {
  readonly z: Tensor<S>
  readonly history: readonly Tensor<S>[]
}

/** What is told of a sampler besides its step. */
interface About<R extends Row> {
  readonly name: string
  /** The error of a deterministic sampler falls as N^−order in the number of steps N, for a smooth path. */
  readonly order: number
  /** Whether steps add noise. */
  readonly stochastic: boolean
  /** Calls of the denoiser in one step. */
  readonly evaluations: number
  /** How many tensors it remembers. */
  readonly remembers: number
  /**
   * All that depends on the path, in double precision: a row for each of its stretches.
   * @throws SamplingError for paths on which the sampler has no meaning
   */
  readonly coefficients: (path: Path) => readonly R[]
}

/** A way from noise to data: a value without state of its own, so that nothing is left over from one sample to the next. */
export interface Sampler extends About<Row> {
  /**
   * One step, without side effects, by a row of `coefficients`; `noise` is standard normal, of the shape of z. Who is not stochastic does not look
   * at it.
   */
  readonly step: <S extends Shape>(
    denoise: Denoiser<S>,
    row: Scalars<Row>,
    noise: Tensor<S>,
  ) => (state: State<S>) => State<S>
}

/** A sampler, told by parts that name their columns, and for which shapes do not matter. */
export interface SamplerOf<R extends Row> extends About<R> {
  readonly step: (
    denoise: Denoiser<Shape>,
    row: Scalars<R>,
    noise: Tensor<Shape>,
  ) => (state: State<Shape>) => State<Shape>
}

/** Its steps are only ever given rows of its own. */
export const sampler = <R extends Row>(parts: SamplerOf<R>): Sampler => parts as unknown as Sampler
