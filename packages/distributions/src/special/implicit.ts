import { customGradient, exp, neg, stopGradient, vjp } from '@elbo/tensor'
import { over, type Real } from '../arithmetic.js'

type Named = Readonly<Record<string, Real>>

/** A continuous distribution over numbers, as far as derivatives of its quantiles need it. */
export interface Quantiles<P extends Named> {
  readonly cdf: (x: Real, parameters: P) => Real
  readonly logDensity: (x: Real, parameters: P) => Real
}

/**
 * A draw (or quantile) x whose value was found without derivatives, with those of F(x; θ) = const: ∂x/∂θ = −(∂F/∂θ)/p(x)
 * (Figurnov, Mohamed and Mnih 2018, Implicit Reparameterization Gradients, eq. 5).
 */
export const implicitly = <P extends Named>(
  value: Real,
  parameters: P,
  { cdf, logDensity }: Quantiles<P>,
): Real =>
  customGradient(
    (_: P) => stopGradient(value),
    (g: Real, theta: P, x: Real) => {
      const [, back] = vjp((q: P) => cdf(x, q), theta)
      return back(neg(over(g, exp(logDensity(x, theta)))))
    },
  )(parameters)

/** As `implicitly`, of x = F⁻¹(p; θ): p has a derivative too, 1/p(x). */
export const quantile = <P extends Named>(value: Real, p: Real, parameters: P, about: Quantiles<P>): Real =>
  customGradient(
    (_: { readonly p: Real; readonly theta: P }) => stopGradient(value),
    (g: Real, { theta }, x: Real) => {
      const share = over(g, exp(about.logDensity(x, theta)))
      const [, back] = vjp((q: P) => about.cdf(x, q), theta)
      return { p: share, theta: back(neg(share)) }
    },
  )({ p, theta: parameters })
