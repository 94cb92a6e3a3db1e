import { log, square, sqrt, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser, Estimate, LevelTensors } from './denoiser.js'

/** x̂ = skip·z + out·F(in·z, noise): what a network F sees and says, so that input, target and error have variance 1. */
export interface Preconditioning<L extends Shape> {
  readonly skip: Tensor<L>
  readonly out: Tensor<L>
  readonly in: Tensor<L>
  readonly noise: Tensor<L>
}

/**
 * Of z = α x + σ ε, data of deviation `dataScale`, with s = σ/α and z/α in the place of their z (Karras et al. 2022, table 1):
 *
 *   skip = d²/(s² + d²)/α, out = s d/√(s² + d²), in = 1/√(s² + d²)/α, noise = ¼ ln s
 *
 * written so that α = 0 is no exception for the first three; ln s is −½ ln SNR.
 */
export const preconditioning =
  (dataScale: number) =>
  <L extends Shape>({ alpha, sigma }: LevelTensors<L>): Preconditioning<L> => {
    const [signal, noise]: readonly [Real, Real] = [alpha, sigma]
    const variance = plus(square(noise), times(square(signal), dataScale * dataScale))
    const deviation = sqrt(variance)
    return {
      skip: over(times(signal, dataScale * dataScale), variance),
      out: over(times(noise, dataScale), deviation),
      in: over(plus(times(deviation, 0), 1), deviation),
      noise: times(minus(log(noise), log(signal)), 0.25),
    } as never
  }

/** The denoiser of a network that is preconditioned: `network(scaled z, noise)` → [the shape of z]. */
export const preconditioned =
  (dataScale: number) =>
  <S extends Shape>(network: (z: Tensor<S>, noise: Tensor<readonly []>) => Tensor<S>): Denoiser<S> =>
  (z, level) => {
    const { skip, out, in: scale, noise } = preconditioning(dataScale)(level)
    const input: Real = z
    const said: Real = network(times(input, scale) as unknown as Tensor<S>, noise)
    const x = plus(times(input, skip), times(said, out))
    // ε = (z − αx)/σ, in which σ cancels: out/σ and (1 − α skip)/σ are finite without noise.
    const variance = plus(square(level.sigma as Real), times(square(level.alpha as Real), dataScale ** 2))
    const epsilon = minus(
      times(input, over(level.sigma, variance)),
      times(said, over(times(level.alpha, dataScale), sqrt(variance))),
    )
    return { x, epsilon } as unknown as Estimate<S>
  }
