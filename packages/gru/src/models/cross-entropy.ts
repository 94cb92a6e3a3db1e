import { expandDims, logSumExp, reshape, sub, takeAlongAxis, type Shape, type Tensor } from '@elbo/tensor'

/** −ln P(label) for each row of logits [..., classes], in nats: [...]. Labels count from 0; one out of range gives NaN. */
export const surprise =
  (labels: Tensor<Shape, 'i32'>) =>
  (logits: Tensor<Shape, 'f32'>): Tensor<Shape, 'f32'> => {
    const picked: Tensor<Shape> = takeAlongAxis<Shape, number>(expandDims(-1)(labels), -1)(logits)
    const normaliser: Tensor<Shape> = logSumExp(-1, { keepDims: true })(logits)
    return reshape(labels.shape)(sub<Shape, 'f32'>(picked)(normaliser))
  }
