import { foldIn, ndarray, type Key, type NDArray, type Shape, type Tensor, type Tensors } from '@elbo/tensor'
import type { Denoiser } from '../process/denoiser.js'
import { wholePath, type Path } from './path.js'
import { noiseKey, noiseOf } from './sample.js'
import type { Sampler, State } from './sampler.js'
import { dataOf, type HostRow, type TableRow } from './table.js'

/** What a step is given, as data: its row, its number from 0, and the sample's key. */
export interface StepInputs {
  readonly row: HostRow
  readonly step: NDArray<readonly [], 'u32'>
  readonly key: NDArray<readonly [2], 'u32'>
}

/** Where a sampler stands, as data. */
export interface StepState<S extends Shape> {
  readonly z: NDArray<S, 'f32'>
  readonly history: readonly NDArray<S, 'f32'>[]
}

/** What each step over a path is given; `seed` as `key(seed)`. */
export const stepInputs = (sampler: Sampler, path: Path, seed: number): readonly StepInputs[] =>
  sampler.coefficients(wholePath(sampler.name, path)).map((row, i) => ({
    row: dataOf(row),
    step: ndarray([i], [], 'u32'),
    key: ndarray([Math.floor(seed / 2 ** 32), seed >>> 0], [2], 'u32'),
  }))

/** Where a sampler starts, with z at the first level of its path. */
export const stepState = <S extends Shape>({ remembers }: Sampler, z: NDArray<S, 'f32'>): StepState<S> => ({
  z,
  history: Array.from({ length: remembers }, () => ({ ...z, data: new Float32Array(z.data.length) })),
})

/**
 * One step as a program of its own, for animations and for paths of any length: `open(stepOf(sampler)(denoise), { state: stepState(sampler, z),
 * inputs })` compiles it once, with any of `stepInputs` for `inputs`, and `session.step` of each of them gives z after the step. From the same z, a
 * path's steps are those of `sampleWith` with the same key.
 */
export const stepOf =
  (sampler: Sampler) =>
  <S extends Shape>(denoise: Denoiser<S>) =>
  (
    state: Tensors<StepState<S>>,
    inputs: Tensors<StepInputs>,
  ): readonly [Tensors<StepState<S>>, { readonly z: Tensor<S> }] => {
    const at = state as unknown as State<S>
    const { row, step, key } = inputs as unknown as {
      readonly row: TableRow
      readonly step: Tensor<readonly [], 'u32'>
      readonly key: Key
    }
    const next = sampler.step(denoise, row, noiseOf(at.z.shape, foldIn(step)(noiseKey(key))))(at)
    return [next as unknown as Tensors<StepState<S>>, { z: next.z }]
  }
