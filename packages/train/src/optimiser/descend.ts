import { pipe } from 'fp-ts/lib/function.js'
import { add, mul, zipTrees } from '@elbo/tensor'
import type { Leaf } from './optimiser.js'

/** One step of gradient descent: `descend(0.1)(parameters, slope)` is parameters − 0.1·slope. */
export const descend =
  (learningRate: number) =>
  <P>(parameters: P, slope: P): P =>
    zipTrees((p, g) => pipe(g as Leaf, mul(-learningRate), add(p as Leaf)), parameters, slope)
