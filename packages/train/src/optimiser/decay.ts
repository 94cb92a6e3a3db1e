import { pipe } from 'fp-ts/lib/function.js'
import { add, cast, expm1, mul, neg } from '@elbo/tensor'
import type { Leaf, Moment, Scalar } from './optimiser.js'

/** βa + (1 − β)b. */
export const decayed = (beta: number, a: Leaf, b: Leaf): Leaf =>
  pipe(a, mul(beta), add(pipe(b, mul(1 - beta))))

/** The number of this update, from 1. */
export const updateNumber = ({ step }: Moment<unknown>): Scalar => cast('f32')(add(1)(step))

/** 1 − βᵗ, as −expm1(t·ln β): in single precision the power would lose four digits of the difference while t is small. */
export const oneMinusPower = (beta: number, t: Scalar): Scalar => neg(expm1(mul(Math.log(beta))(t)))
