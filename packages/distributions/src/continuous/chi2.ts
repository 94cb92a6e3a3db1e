import { type Shape, type Tensor } from '@elbo/tensor'
import { times, asReal } from '../arithmetic.js'
import { positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { gammaOf } from './gamma.js'

export interface Chi2<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Chi2'
  readonly parameters: { readonly df: Tensor<B> }
}

/**
 * The χ² distribution with ν > 0 degrees of freedom (`df`), which is Gam[ν/2, ½], on x ≥ 0:
 *
 *   ln p(x) = (ν/2 − 1) ln x − x/2 − (ν/2) ln 2 − ln Γ(ν/2)
 */
export const Chi2 = <const N extends Parameter>(about: { readonly df: N }): Chi2<ShapeOfParameter<N>> => {
  const given = parameters('Chi2', { df: [about.df, positive] })
  const { df } = given.values

  return distribution<Chi2<ShapeOfParameter<N>>>({
    ...given,
    family: 'Chi2',
    parameters: given.values,

    ...gammaOf(times(df, 0.5), asReal(0.5)),
  })
}
