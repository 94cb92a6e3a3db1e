import { bernoulli, full, mul, where, zerosLike, type Draw, type Shape, type Tensor } from '@elbo/tensor'

/** @throws RangeError unless 0 ≤ rate < 1. */
export const checkRate = (name: string, rate: number): void => {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`gru: ${name} ${rate} is not in [0, 1)`)
}

/** Factors for elements that are dropped with probability `rate`: 0, or 1/(1 − rate), so that the mean is 1. */
export const survival =
  (rate: number, shape: Shape): Draw<Tensor> =>
  key => {
    const kept = full(shape, 1 / (1 - rate)) as Tensor
    const survives = bernoulli(full(shape, 1 - rate) as Tensor)(key)
    return where(kept, zerosLike(kept))(survives)
  }

/** x with each element dropped on its own (Srivastava et al. 2014). */
export const dropped =
  (rate: number) =>
  <S extends Shape>(x: Tensor<S, 'f32'>): Draw<Tensor<S, 'f32'>> =>
  key =>
    mul(survival(rate, x.shape)(key) as Tensor<S, 'f32'>)(x)
