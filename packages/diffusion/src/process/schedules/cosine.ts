import { fromBetas } from '../betas.js'
import type { DiscreteProcess } from '../discrete.js'
import type { Process } from '../level.js'

/**
 * ᾱ(t) = f(t)/f(0), f(t) = cos²(π/2 · (t + offset)/(1 + offset)) (Nichol and Dhariwal 2021, eq. 17). It ends with no signal at all. In ᾱ/(1 − ᾱ) the
 * difference of cosines is a product of sines, and the cosine at the end is that of its distance from the end.
 */
export const cosine = ({ offset = 0.008 }: { readonly offset?: number } = {}): Process => {
  const turn = Math.PI / 2 / (1 + offset)
  return {
    family: 'variance-preserving',
    logSnr: t =>
      2 * Math.log(Math.sin((1 - t) * turn)) -
      Math.log(Math.sin(t * turn)) -
      Math.log(Math.sin((t + 2 * offset) * turn)),
  }
}

/** At T levels, βₜ = min(1 − ᾱ(t/T)/ᾱ((t − 1)/T), .999): the clip keeps some signal at the end (their section 3.2). */
export const cosineBetas = (
  length: number,
  { offset = 0.008, most = 0.999 }: { readonly offset?: number; readonly most?: number } = {},
): DiscreteProcess => {
  const turn = Math.PI / 2 / (1 + offset)
  // 1 − (sin b/sin a)², a the angle left before the step and b after it.
  const beta = (t: number): number => {
    const [a, b] = [(1 - (t - 1) / length) * turn, (1 - t / length) * turn]
    return (Math.sin(a - b) * Math.sin(a + b)) / Math.sin(a) ** 2
  }
  return fromBetas(Array.from({ length }, (_, i) => Math.min(beta(i + 1), most)))
}
