import { acos, clip, lt, sin, sqrt, sum, where, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import { over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'
import { ofExamples } from './examples.js'
import { invertWith, type InversionOptions } from './inversion.js'
import type { Path } from './path.js'
import { sampleWith } from './sample.js'
import type { Sampler } from './sampler.js'

/** The angle below which a straight line does: its middle is shorter by a share of its square over eight, which is below rounding. */
const straight = 1e-4

/**
 * From a (0) to b (1) along the great circle (Shoemake 1985), for each example of a batch [n, …] on its own, so that latents keep their length:
 *
 *   (sin((1 − f) Ω) a + sin(f Ω) b) / sin Ω,   cos Ω = a·b/(|a| |b|)
 */
export const slerp =
  (fraction: number) =>
  <S extends Shape>(a: Tensor<S>, b: Tensor<S>): Tensor<S> => {
    const dot = (x: Real, y: Real): Real => ofExamples(sum, times(x, y))
    const angle: Real = acos(clip(-1, 1)(over(dot(a, b), sqrt(times(dot(a, a), dot(b, b))))))
    const small = lt(straight)(angle)
    const constant = (value: number): Real => plus(times(angle, 0), value)
    const turned: Real = where(constant(1), angle)(small)
    const share = (of: number): Real => where(constant(of), over(sin(times(turned, of)), sin(turned)))(small)
    return plus(times(a, share(1 - fraction)), times(b, share(fraction))) as Tensor<S>
  }

/**
 * Data between two: their latents by inversion, the great circle between these, and a sample from each of its points. Deterministic samplers
 * give back, at 0 and 1, what inversion and their steps make of a and b.
 */
export const interpolateWith =
  (sampler: Sampler, path: Path, options: InversionOptions = {}) =>
  <S extends Shape>(
    denoise: Denoiser<S>,
    a: Tensor<S>,
    b: Tensor<S>,
    fractions: readonly number[],
  ): Draw<readonly Tensor<S>[]> => {
    const invert = invertWith(path, options)
    const [from, to] = [invert(denoise, a), invert(denoise, b)]
    return key =>
      fractions.map(fraction => sampleWith(sampler, path)(denoise, slerp(fraction)(from, to))(key))
  }
