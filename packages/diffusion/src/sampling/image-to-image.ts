import { foldIn, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import type { Denoiser } from '../process/denoiser.js'
import { wholePath, type Path } from './path.js'
import { noiseOf, sampleWith } from './sample.js'
import type { Sampler } from './sampler.js'
import { SamplingError } from './sampling-error.js'
import { weighted } from './weighted.js'

/**
 * The last part of a path: round(strength · steps) of its steps, at least one. All of it at strength 1.
 * @throws SamplingError unless 0 < strength ≤ 1
 */
export const lowerPart = (path: Path, strength: number): Path => {
  if (!(strength > 0 && strength <= 1))
    throw new SamplingError(`lowerPart: the strength is above 0 and at most 1, not ${strength}`)
  const steps = wholePath('lowerPart', path).length - 1
  return path.slice(steps - Math.max(1, Math.round(strength * steps)))
}

/**
 * Images from images (SDEdit, Meng et al. 2022): x is noised to a level in the middle of the path, and sampled from there.
 * @throws SamplingError as `lowerPart` and `sampleWith`
 */
export const editWith =
  (sampler: Sampler, path: Path, strength: number) =>
  <S extends Shape>(denoise: Denoiser<S>, x: Tensor<S>): Draw<Tensor<S>> => {
    const part = lowerPart(path, strength)
    return key => {
      const z = weighted([part[0].alpha, x], [part[0].sigma, noiseOf(x.shape, foldIn(2)(key))])
      return sampleWith(sampler, part)(denoise, z)(key)
    }
  }
