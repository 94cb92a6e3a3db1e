import { stopGradient, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { larger, minus, plus, smaller, spread } from '../arithmetic.js'
import { circle, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { vonMisesDraw } from '../sampling/von-mises.js'
import { implicitly, vonMises, wrapped } from '../special/index.js'

export interface VonMises<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf'
> {
  readonly family: 'VonMises'
  readonly parameters: { readonly loc: Tensor<B>; readonly concentration: Tensor<B> }
}

/**
 * The von Mises distribution of an angle about loc μ with concentration κ > 0: with I₀ the modified Bessel function,
 *
 *   ln p(x) = κ cos(x − μ) − ln 2πI₀(κ)
 *
 * (Mardia and Jupp 2000, Directional Statistics, 3.5.4), computed as −2κ sin²(½(x − μ)) and the rest. Every number is an angle, and whole turns
 * make no difference. `mean` is the mean direction, `variance` the circular one, 1 − I₁(κ)/I₀(κ). `cdf` is the probability of the arc that goes
 * to x from the angle opposite to μ. Draws are in [−π, π]; they turn with μ, and have implicit gradients in κ.
 */
export const VonMises = <const L extends Parameter, const C extends Parameter>(
  about: { readonly loc: L; readonly concentration: C } & Requires<
    Together<'VonMises: loc, concentration', [L, C]>
  >,
): VonMises<ShapeOf<Together<'VonMises: loc, concentration', [L, C]>>> => {
  const given = parameters('VonMises', {
    loc: [about.loc, real],
    concentration: [about.concentration, positive],
  })
  const { loc, concentration: kappa } = given.values
  return distribution<VonMises<ShapeOf<Together<'VonMises: loc, concentration', [L, C]>>>>({
    ...given,
    family: 'VonMises',
    parameters: given.values,
    support: circle,
    reparameterized: true,
    logProb: x => vonMises.logDensity(wrapped(minus(x, loc)), { kappa }),
    sample: shape => key => {
      const own = spread(shape)(kappa)
      const theta = implicitly(vonMisesDraw(stopGradient(own), shape)(key), { kappa: own }, vonMises)
      return smaller(larger(wrapped(plus(loc, theta)), -Math.PI), Math.PI)
    },
    mean: () => loc,
    variance: () => vonMises.meanVersine(kappa),
    mode: () => loc,
    entropy: () => vonMises.entropy(kappa),
    cdf: x => vonMises.cdf(wrapped(minus(x, loc)), { kappa }),
  })
}
