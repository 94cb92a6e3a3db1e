import type { Tensor } from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { Loss } from '@elbo/train'

type Scalar = Tensor<readonly [], 'f32'>

/** One number for each example of a batch. */
export type PerExample = Tensor<readonly [number], 'f32'>

/** What is reported of a batch beside the loss: means over its examples, in nats. An objective adds what is its own. */
export interface VaeMetrics {
  readonly elbo: Scalar
  readonly reconstruction: Scalar
  readonly kl: Scalar
  readonly [name: string]: Scalar
}

/** What a model is trained by: a loss over rows of observed pixels. `A` are the model's parameters. */
export type Objective<A> = Loss<A, Rows<number>, VaeMetrics>
