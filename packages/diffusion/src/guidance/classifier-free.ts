import { std, type Shape } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'
import { ofExamples } from '../sampling/examples.js'
import { SamplingError } from '../sampling/sampling-error.js'
import { remade } from '../sampling/thresholding.js'

export interface ClassifierFreeOptions {
  /** How far to go from the unconditional estimate (0) through the conditional (1) and beyond. */
  readonly scale: number
  /**
   * How far x̂ is brought back to the standard deviation that it has without guidance (Lin et al. 2024, eq. 15 and 16): from 0, the default, to 1.
   */
  readonly rescale?: number
}

const towards = (from: Real, to: Real, share: number): Real => plus(from, times(minus(to, from), share))

/**
 * Classifier-free guidance (Ho and Salimans 2022): x̂ and ε̂ are u + scale (c − u), c with a condition and u without. The rescaling is of x̂, for each
 * example of a batch [n, …]; ε̂ is then what is left of z.
 * @throws SamplingError unless the scale is finite and 0 ≤ rescale ≤ 1
 */
export const classifierFree = ({ scale, rescale = 0 }: ClassifierFreeOptions) => {
  if (!Number.isFinite(scale)) throw new SamplingError(`classifierFree: a scale of ${scale}`)
  if (!(rescale >= 0 && rescale <= 1))
    throw new SamplingError(`classifierFree: rescale is from 0 to 1, not ${rescale}`)
  return <S extends Shape>(conditional: Denoiser<S>, unconditional: Denoiser<S>): Denoiser<S> =>
    (z, level) => {
      const [c, u] = [conditional(z, level), unconditional(z, level)]
      const x = towards(u.x, c.x, scale)
      const guided = { ...c, x, epsilon: towards(u.epsilon, c.epsilon, scale) }
      if (rescale === 0) return guided as unknown as typeof c
      const ratio = over(ofExamples(std, c.x), ofExamples(std, x))
      return remade(z, level, c, towards(x, times(x, ratio), rescale))
    }
}
