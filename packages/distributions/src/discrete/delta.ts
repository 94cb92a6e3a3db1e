import { stack, type Shape, type Tensor } from '@elbo/tensor'
import { equal, plus, spread, times } from '../arithmetic.js'
import { real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'

export interface Delta<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'enumerateSupport'
> {
  readonly family: 'Delta'
  readonly parameters: { readonly value: Tensor<B> }
}

/** All mass on one value: ln P(x) = 0 there. Draws are the value, gradient included. Vectors are `toEvent(1)` of it. */
export const Delta = <const V extends Parameter>(about: {
  readonly value: V
}): Delta<ShapeOfParameter<V>> => {
  const given = parameters('Delta', { value: [about.value, real] })
  const { value } = given.values
  return distribution<Delta<ShapeOfParameter<V>>>({
    ...given,
    family: 'Delta',
    parameters: given.values,
    support: {
      name: 'point',
      described: 'the value itself',
      eventRank: 0,
      discrete: true,
      bounds: [value, value],
      witness: value,
      contains: x => equal(x, value),
    },
    reparameterized: true,
    logProb: x => times(x, 0),
    sample: shape => () => spread(shape)(value),
    mean: () => value,
    variance: () => times(value, 0),
    mode: () => value,
    entropy: () => times(value, 0),
    // Where x is on neither side of the value.
    cdf: x => plus(times(x, 0), 1),
    enumerateSupport: () => stack(0)([value]),
  })
}
