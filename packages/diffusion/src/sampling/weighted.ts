import { add, mul, type Shape, type Tensor } from '@elbo/tensor'

/** A number of the program, or one that is known before. */
type Weight = Tensor<readonly []> | number

type Plain = Tensor<number[]>

/** Σ wᵢ xᵢ, in this order: what nearly every step of a sampler is. */
export const weighted = <S extends Shape>(...terms: readonly (readonly [Weight, Tensor<S>])[]): Tensor<S> =>
  terms
    .map(
      ([weight, x]) =>
        (typeof weight === 'number' ? mul(weight) : mul(weight))(x as unknown as Plain) as Plain,
    )
    .reduce((sum, term) => add(term)(sum) as Plain) as unknown as Tensor<S>

/** Products, element by element. */
export const timesEach = <S extends Shape>(a: Tensor<S>, b: Tensor<S>): Tensor<S> =>
  mul(b as unknown as Plain)(a as unknown as Plain) as unknown as Tensor<S>
