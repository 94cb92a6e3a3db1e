import {
  argmax,
  arange,
  cast,
  exp,
  logSoftmax,
  stopGradient,
  sum,
  max,
  reshape,
  expandDims,
  softmax,
  cumsum,
  slice,
  type DType,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { above, choose, equal, minus, spread, times, type Real } from '../arithmetic.js'
import { realVector, simplex, wholeInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { exactCumulative } from '../sampling/sums.js'
import { openUniform } from '../sampling/uniform.js'
import { logOf, xLogY } from '../special/index.js'

/** The axes before the last. */
export type Rows<S extends Shape> = S extends readonly [...infer B extends Shape, number] ? B : number[]

export interface Categorical<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'i32',
  'sample' | 'mode' | 'entropy' | 'cdf' | 'icdf' | 'enumerateSupport'
> {
  readonly family: 'Categorical'
  readonly parameters: { readonly probs: Tensor<[...B, number]>; readonly logits: Tensor<[...B, number]> }
}

const last = (x: Real): Real => (sum(-1) as (x: Real) => Real)(x)
const column = (x: Real): Real => expandDims(-1)(x)

/**
 * The categorical distribution on the indices 0 … n − 1, of probabilities along the last axis or of logits, of which the softmax is taken:
 *
 *   ln P(x) = ln p_x
 *
 * An index has no mean; `OneHotCategorical` does.
 */
export const Categorical = <const P extends Parameter>(
  about: { readonly probs: P } | { readonly logits: P },
): Categorical<Rows<ShapeOfParameter<P>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('Categorical', { probs: [about.probs, simplex] })
    : parameters('Categorical', { logits: [about.logits, realVector] })
  const of = Object.values(given.values)[0]
  const n = of.shape[of.shape.length - 1]
  const { batchShape } = given
  const logits = isProbs ? logOf(of) : logSoftmax()(of)
  const probs = isProbs ? of : softmax()(of)
  const pick = (values: Real, x: Real): Real =>
    last(choose(equal(column(cast('f32')(x)), arange(n)), values, 0))
  const running = (cumsum(-1) as (x: Real) => Real)(probs)
  /** The first index at which the running sums reach `level`, at most n − 1. */
  const firstReaching = (level: Real, sums: Real): Real => {
    const before = slice(
      ...sums.shape.map((_, axis) => (axis === sums.shape.length - 1 ? ([0, n - 1] as const) : null)),
    )(sums) as Real
    return (sum(-1) as (x: Real) => Real)(cast('i32')(above(column(level), before)) as never)
  }
  return distribution<Categorical<Rows<ShapeOfParameter<P>>>>({
    ...given,
    family: 'Categorical',
    parameters: { probs, logits },
    dtype: 'i32',
    support: wholeInterval(0, n - 1),
    logProb: x => pick(logits, x),
    // The inverse of running sums of weights, each sum in an order of its own.
    sample: shape => key => {
      const weights = isProbs
        ? of
        : exactExp(minus(of, column(stopGradient((max(-1) as (x: Real) => Real)(of)))))
      const sums = exactCumulative(weights)
      const total = slice(
        ...sums.shape.map((_, axis) => (axis === sums.shape.length - 1 ? ([n - 1, n] as const) : null)),
      )(sums) as Real
      return firstReaching(times(openUniform(shape)(key), reshape(batchShape)(total)), sums)
    },
    mode: () => argmax(-1)(probs) as Tensor<Shape, DType> as Real,
    entropy: isProbs
      ? () => times(last(xLogY(of, of)), -1)
      : () => times(last(times(exp(logits), logits)), -1),
    cdf: x => pick(running, x),
    icdf: p => firstReaching(p, running),
    enumerateSupport: () =>
      spread([n, ...batchShape])(reshape([n, ...batchShape.map(() => 1)])(arange(n, 'i32')) as never),
  })
}
