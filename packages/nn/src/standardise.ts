import { add, div, mean, square, sqrt, sub, type Shape, type Tensor } from '@elbo/tensor'

type Real = Tensor<Shape, 'f32'>

/** (x − m)/√(v + ε). */
export const standardisedBy = (x: Real, centre: Real, variance: Real, epsilon: number): Real =>
  div(sqrt(add(epsilon)(variance)))(sub(centre)(x))

/** Mean and variance (by n, not n − 1) over some axes, which stay with length 1, and x standardised by them. */
export const standardised = (
  x: Real,
  axes: readonly number[],
  epsilon: number,
): { readonly value: Real; readonly centre: Real; readonly variance: Real } => {
  const centre: Real = mean(axes, { keepDims: true })(x)
  const distance: Real = sub(centre)(x)
  const variance: Real = mean(axes, { keepDims: true })(square(distance))
  return { value: div(sqrt(add(epsilon)(variance)))(distance), centre, variance }
}
