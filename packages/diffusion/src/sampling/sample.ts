import { foldIn, normal, Tensor, type Draw, type Key, type Shape } from '@elbo/tensor'
import type { Denoiser } from '../process/denoiser.js'
import { wholePath, type Path } from './path.js'
import type { Sampler } from './sampler.js'
import { tableOf } from './table.js'
import { walk } from './walk.js'
import { weighted } from './weighted.js'

/** The keys of one sample: of where it starts, and of the noise of its steps. */
export const startKey = (key: Key): Key => foldIn(0)(key)
export const noiseKey = (key: Key): Key => foldIn(1)(key)

/** Standard normal, of a shape that the compiler does not know. */
export const noiseOf = <S extends Shape>(shape: S, key: Key): Tensor<S> => normal(shape)(key)

/** Noise at the top of a path: σ n. */
export const startingNoise = <S extends Shape>(path: Path, shape: S, key: Key): Tensor<S> =>
  weighted([path[0].sigma, noiseOf(shape, startKey(key))])

const run =
  (sampler: Sampler, path: Path) =>
  <S extends Shape>(denoise: Denoiser<S>, from: S | Tensor<S>) => {
    const rows = sampler.coefficients(wholePath(sampler.name, path))
    return (key: Key) => {
      const z = from instanceof Tensor ? from : startingNoise(path, from, key)
      const noise = noiseKey(key)
      return walk(sampler, tableOf(rows), rows.length)(denoise, z, step =>
        noiseOf(z.shape, foldIn(step)(noise)),
      )
    }
  }

/**
 * A sample, as one loop over the path: from a z at its first level, or from a shape, for which one is drawn (σ n). One key gives one sample.
 * The program grows neither with the path nor with the sampler's steps.
 * @throws SamplingError, at once, unless the path falls to zero noise, and where the sampler has no meaning on it
 */
export const sampleWith =
  (sampler: Sampler, path: Path) =>
  <const S extends Shape>(denoise: Denoiser<S>, from: S | Tensor<S>): Draw<Tensor<S>> => {
    const draw = run(sampler, path)(denoise, from)
    return key => draw(key)[0].z
  }

/** As `sampleWith`, and z after each step, along a first axis: the sample is the last. */
export const trajectoryWith =
  (sampler: Sampler, path: Path) =>
  <const S extends Shape>(
    denoise: Denoiser<S>,
    from: S | Tensor<S>,
  ): Draw<Tensor<readonly [number, ...S]>> => {
    const draw = run(sampler, path)(denoise, from)
    return key => draw(key)[1]
  }
