import type { Tensor } from '@elbo/tensor'
import type { Layer, Rows } from '@elbo/nn'

/** What a denoising network is given: noisy data, and what it may know of them. */
export interface Noisy<Z> {
  /** One example for each entry of the first axis. */
  readonly z: Z
  /** Where each stands in its process, from 0 (data) to 1 (most noise): f32[batch]. */
  readonly times: Tensor<readonly [number], 'f32'>
  /** The class of each, for a network with classes: i32[batch], from 0 on; the number of classes itself says that it is not told. */
  readonly labels?: Tensor<readonly [number], 'i32'>
}

/** A network that is given noisy data and tells numbers in their shape: the noise in them, say. */
export interface DenoisingNetwork<P, Z> extends Layer<P, Noisy<Z>, Z> {
  /** How many classes it can be told of; 0: none. */
  readonly classes: number
}

/** The numbers of a network's condition, one row for each example. */
export type Condition = Rows<number>
