import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cast,
  div,
  expm1,
  mul,
  neg,
  reciprocal,
  sqrt,
  square,
  zipTrees,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { noSteps, zeroTree, type Optimiser } from './optimiser.js'

export interface AdamOptions {
  /** α (0.001). */
  readonly learningRate?: number
  /** The decay of the mean of slopes (0.9). */
  readonly beta1?: number
  /** The decay of the mean of squared slopes (0.999). */
  readonly beta2?: number
  /** ε, added to the root (1e-8). */
  readonly epsilon?: number
}

type Scalar = Tensor<readonly [], 'f32'>

/** 1 − βᵗ, as −expm1(t·ln β): in single precision the power would lose four digits of the difference while t is small. */
const oneMinusPower = (beta: number, t: Scalar): Scalar => neg(expm1(mul(Math.log(beta))(t)))

type Any = Tensor<Shape, 'f32'>

/** βa + (1 − β)b. */
const decayed = (beta: number, a: Any, b: Any): Any => pipe(a, mul(beta), add(pipe(b, mul(1 - beta))))

const checked = (name: string, value: number, fits: boolean): void => {
  if (!fits) throw new RangeError(`adam: ${name} ${value} is out of range`)
}

/**
 * Adam with bias correction (Kingma and Ba 2015, algorithm 1), as torch.optim.Adam: with g the slope and t = 1, 2, …
 *
 *     m ← β₁m + (1 − β₁)g        v ← β₂v + (1 − β₂)g²
 *     change = −α/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 *
 * m is the slot `first`, v the slot `second`.
 * @throws RangeError unless α > 0, 0 ≤ β₁, β₂ < 1 and ε ≥ 0.
 */
export const adam = ({
  learningRate = 1e-3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamOptions = {}): Optimiser => {
  checked('learningRate', learningRate, learningRate > 0)
  checked('beta1', beta1, beta1 >= 0 && beta1 < 1)
  checked('beta2', beta2, beta2 >= 0 && beta2 < 1)
  checked('epsilon', epsilon, epsilon >= 0)
  return {
    init: parameters => ({
      step: noSteps(),
      slots: { first: zeroTree(parameters), second: zeroTree(parameters) },
    }),
    update: (slope, { step, slots }) => {
      const next = add(1)(step)
      const t = cast('f32')(next)
      const rate = pipe(oneMinusPower(beta1, t), reciprocal, mul(-learningRate))
      const root = pipe(oneMinusPower(beta2, t), sqrt, reciprocal)
      const slot = (name: string): typeof slope => slots[name]
      const first = zipTrees((m, g) => decayed(beta1, m as Any, g as Any), slot('first'), slope)
      const second = zipTrees((v, g) => decayed(beta2, v as Any, square(g as Any)), slot('second'), slope)
      const change = zipTrees(
        (m, v) =>
          pipe(
            m as Any,
            mul<Shape, 'f32'>(rate),
            div(pipe(v as Any, sqrt, mul<Shape, 'f32'>(root), add(epsilon))),
          ),
        first,
        second,
      )
      return [change, { step: next, slots: { first, second } }]
    },
  }
}
