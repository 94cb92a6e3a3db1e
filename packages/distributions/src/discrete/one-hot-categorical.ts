import { arange, argmax, oneHot, reshape, softmax, type DType, type Shape, type Tensor } from '@elbo/tensor'
import { above, choose, minus, spread, sumLast, times, type Real } from '../arithmetic.js'
import { oneHotVector, realVector, simplex } from '../constraints/index.js'
import { distribution, inside, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import type { LastOf } from '../multivariate/dirichlet.js'
import { Categorical, type Rows } from './categorical.js'

export interface OneHotCategorical<B extends Shape = Shape, E extends Shape = [number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'enumerateSupport'
> {
  readonly family: 'OneHotCategorical'
  readonly parameters: { readonly probs: Tensor<[...B, ...E]>; readonly logits: Tensor<[...B, ...E]> }
}

/**
 * The categorical distribution on the n vectors with one 1 among zeros, of probabilities along the last axis or of logits, of which the
 * softmax is taken:
 *
 *   ln P(x) = Σ xᵢ ln pᵢ
 */
export const OneHotCategorical = <const P extends Parameter>(
  about: { readonly probs: P } | { readonly logits: P },
): OneHotCategorical<Rows<ShapeOfParameter<P>>, LastOf<ShapeOfParameter<P>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('OneHotCategorical', { probs: [about.probs, simplex] })
    : parameters('OneHotCategorical', { logits: [about.logits, realVector] })
  const of = Object.values(given.values)[0]
  const n = of.shape[of.shape.length - 1]
  const index = inside(isProbs ? Categorical({ probs: of }) : Categorical({ logits: of }))
  const logits = index.parameters['logits'] as Real
  const probs = isProbs ? of : softmax()(of)
  const asVector = (x: Tensor<Shape, DType>): Real => oneHot(n)(x as Tensor<Shape, 'i32'>)
  return distribution<OneHotCategorical<Rows<ShapeOfParameter<P>>, LastOf<ShapeOfParameter<P>>>>({
    ...given,
    family: 'OneHotCategorical',
    parameters: { probs, logits },
    eventShape: [n],
    support: oneHotVector,
    logProb: x => sumLast(choose(above(x, 0.5), logits, 0), 1),
    sample: shape => key => {
      const front = shape.slice(0, shape.length - of.shape.length)
      return asVector((index.sample as NonNullable<typeof index.sample>)(front)(key))
    },
    mean: () => probs,
    variance: () => times(probs, minus(1, probs)),
    mode: () => asVector(argmax(-1)(probs)),
    entropy: index.entropy as () => Real,
    enumerateSupport: () =>
      spread([n, ...of.shape])(reshape([n, ...given.batchShape.map(() => 1), n])(asVector(arange(n, 'i32')))),
  })
}
