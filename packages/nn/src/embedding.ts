import { draw, take, type Tensor } from '@elbo/tensor'
import { standardNormal, type Initialiser } from './initialisers.js'
import type { Layer, Rows } from './layer.js'

export interface EmbeddingParameters<Count extends number, Width extends number> {
  readonly weight: Tensor<readonly [Count, Width], 'f32'>
}

export interface EmbeddingOptions {
  /** `standardNormal` unless told. */
  readonly weight?: Initialiser
}

/**
 * A row of the weight [count, width] for each index from 0 to count − 1: y[n] = weight[index[n]]; NaN for an index outside. Rows that are
 * read more than once add up their gradients. `perToken(embedding(…))` takes [batch, tokens] of indices. Path: `weight`, as PyTorch's
 * `nn.Embedding`.
 */
export const embedding = <const Count extends number, const Width extends number>(
  count: Count,
  width: Width,
  { weight = standardNormal }: EmbeddingOptions = {},
): Layer<EmbeddingParameters<Count, Width>, Tensor<readonly [number], 'i32'>, Rows<Width>> => {
  const drawn = draw(weight({ in: count, out: width })([count, width]))
  return {
    init: key => {
      const [table, next] = drawn(key)
      return [{ weight: table }, next]
    },
    apply:
      ({ weight: table }) =>
      indices =>
        take(indices, 0)(table as Tensor) as unknown as Rows<Width>,
  }
}
