import { exp, reshape, scan, type Shape, type Tensor } from '@elbo/tensor'
import { asReal, minus, plus, spread, sumLast, times, type Real } from '../arithmetic.js'
import { lineVector } from '../constraints/index.js'
import { transform, type Transform } from './transform.js'

/**
 * Where each element of a vector is placed, and ln of how wide, given the elements before it: rows [batch, n] to two of the same shape, whose
 * element i depends on elements 0 … i − 1 alone.
 */
export type Conditioner = (y: Tensor<readonly [number, number]>) => {
  readonly loc: Tensor<Shape>
  readonly logScale: Tensor<Shape>
}

/**
 * A masked autoregressive flow, from rows x to rows y of the same length (Papamakarios, Pavlakou and Murray 2017, Masked Autoregressive
 * Flow for Density Estimation, eq. 3 and 4):
 *
 *   yᵢ = μᵢ(y₀ … yᵢ₋₁) + xᵢ·exp αᵢ(y₀ … yᵢ₋₁),   ln |det ∂y/∂x| = Σ αᵢ
 *
 * Backwards, which is what a density needs, the conditioner runs once. Forwards it runs n times, as one loop: each pass puts one more element
 * right. Draws are as exact as the conditioner.
 */
export const autoregressive = (conditioner: Conditioner): Transform<1, 1, true> => {
  const at = (y: Real): { readonly loc: Real; readonly logScale: Real } => {
    const { loc, logScale } = conditioner(
      (reshape([-1, y.shape[y.shape.length - 1]]) as (y: Real) => Tensor<readonly [number, number]>)(y),
    )
    const back = reshape(y.shape) as (x: Real) => Real
    return { loc: back(loc), logScale: back(logScale) }
  }
  const forward = (x: Real): Real => {
    const pass = (y: Real): Real => {
      const { loc, logScale } = at(y)
      return plus(loc, times(x, exp(logScale)))
    }
    const begin = spread(x.shape)(asReal(0))
    const [y] = scan((partly: Real) => [pass(partly), {}] as const, { length: x.shape[x.shape.length - 1] })(
      begin,
      {},
    )
    return y
  }
  const undone = (y: Real): readonly [Real, Real] => {
    const { loc, logScale } = at(y)
    return [times(minus(y, loc), exp(times(logScale, -1))), sumLast(logScale, 1)]
  }
  return transform({
    name: 'autoregressive',
    parameters: { conditioner },
    from: 1,
    to: 1,
    keepsShape: true,
    domain: lineVector,
    codomain: lineVector,
    forward,
    inverse: y => undone(y)[0],
    logDeterminant: x => undone(forward(x))[1],
    undone,
  })
}
