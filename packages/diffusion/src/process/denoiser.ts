import type { Shape, Tensor } from '@elbo/tensor'

/** A level of noise within a program: numbers that are data or computed. See `Level`. */
export interface LevelTensors {
  readonly time: Tensor<readonly []>
  readonly alpha: Tensor<readonly []>
  readonly sigma: Tensor<readonly []>
  readonly logSnr: Tensor<readonly []>
}

/** What z is taken to be made of: z = α·x + σ·ε. One follows from the other where α and σ are not 0. */
export interface Estimate<S extends Shape> {
  readonly x: Tensor<S>
  readonly epsilon: Tensor<S>
  /**
   * For models with learned variances: where the variance of P(z_s | z_t) stands between its least and its largest, by logarithm, from 0 to 1
   * (Nichol and Dhariwal 2021, eq. 15).
   */
  readonly varianceShare?: Tensor<S>
}

/** E[x | z] and what goes with it: all that a sampler knows of a model. The level is that of z, the same for the whole batch. */
export type Denoiser<S extends Shape> = (z: Tensor<S>, level: LevelTensors) => Estimate<S>
