import type { Shape, Tensor } from '@elbo/tensor'
import { plus, times, type Operand, type Real } from '../arithmetic.js'

/** Σ wᵢ xᵢ, in this order: what nearly every step of a sampler is. */
export const weighted = <S extends Shape>(
  ...terms: readonly (readonly [weight: Operand, x: Tensor<S>])[]
): Tensor<S> => {
  const [first, ...rest] = terms.map(([weight, x]): Real => times(x, weight))
  return plus(first, ...rest) as Tensor<S>
}

/** Products, element by element. */
export const timesEach = <S extends Shape>(a: Tensor<S>, b: Tensor<S>): Tensor<S> => times(a, b) as Tensor<S>
