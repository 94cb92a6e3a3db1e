import type { Shape, Tensor } from '@elbo/tensor'

/**
 * A level of noise within a program: numbers that are data or computed. See `Level`. One for a whole batch, or, where `L` is not [], one for each
 * example, in a shape that broadcasts against z: [n, 1] for points [n, d].
 */
export interface LevelTensors<L extends Shape = readonly []> {
  readonly time: Tensor<L>
  readonly alpha: Tensor<L>
  readonly sigma: Tensor<L>
  readonly logSnr: Tensor<L>
}

/** What z is taken to be made of: z = α·x + σ·ε. One follows from the other where α and σ are not 0. */
export interface Estimate<S extends Shape> {
  readonly x: Tensor<S>
  readonly epsilon: Tensor<S>
}

/** E[x | z] and what goes with it: all that a sampler knows of a model. The level is that of z, the same for the whole batch. */
export type Denoiser<S extends Shape> = (z: Tensor<S>, level: LevelTensors) => Estimate<S>
