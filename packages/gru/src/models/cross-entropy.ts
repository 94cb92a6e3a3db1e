import { expandDims, logSumExp, sub, takeAlongAxis, type Shape, type Tensor } from '@elbo/tensor'

/** −ln P(label) for each row of logits [..., classes], in nats: [...]. Labels count from 0; one out of range gives NaN. */
export const surprise =
  (labels: Tensor<Shape, 'i32'>) =>
  (logits: Tensor<Shape, 'f32'>): Tensor<Shape, 'f32'> => {
    const picked: Tensor<Shape, 'f32'> = takeAlongAxis(
      expandDims(-1)(labels) as Tensor<Shape, 'i32'>,
      -1,
    )(logits) as Tensor
    const normaliser = logSumExp(-1, { keepDims: true })(logits) as Tensor
    return sub<Shape, 'f32'>(picked)(normaliser)
  }
