import { pipe } from 'fp-ts/lib/function.js'
import { add, mapTree, mul, zipTrees, type Shape, type Tensor } from '@elbo/tensor'
import { noSteps, type Optimiser } from './optimiser.js'

/** One step of gradient descent: `descend(0.1)(parameters, slope)` is parameters − 0.1·slope. */
export const descend =
  (learningRate: number) =>
  <P>(parameters: P, slope: P): P =>
    zipTrees(
      (p, g) =>
        pipe(g as Tensor<Shape, 'f32'>, mul(-learningRate), add<Shape, 'f32'>(p as Tensor<Shape, 'f32'>)),
      parameters,
      slope,
    )

/** Stochastic gradient descent, as an optimiser without slots. */
export const sgd = ({ learningRate }: { readonly learningRate: number }): Optimiser => ({
  init: () => ({ step: noSteps(), slots: {} }),
  update: (slope, { step }) => [
    mapTree((g: Tensor<Shape, 'f32'>) => mul(-learningRate)(g))(slope),
    { step: add(1)(step), slots: {} },
  ],
})
