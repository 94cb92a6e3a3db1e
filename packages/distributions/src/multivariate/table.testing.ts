import { expandDims, slice, sqrt, squeeze } from '@elbo/tensor'
import { minus, over, sumLast, type Real } from '../arithmetic.js'
import { Beta, Normal } from '../continuous/index.js'
import { inside } from '../distribution.js'
import type { Table } from '../laws/table.testing.js'
import * as families from './index.js'

const { Dirichlet, MultivariateNormal } = families

/** Element i of vectors. */
const element =
  (i: number) =>
  (x: Real): Real =>
    squeeze(-1)(slice(null, [i, i + 1])(x) as Real)

export const table: Table<typeof families> = {
  Dirichlet: {
    build: p => Dirichlet(p as { concentration: number[] }),
    coordinates: y => over(y, expandDims(-1)(sumLast(y, 1))),
    // An element is a beta variable: Beta[αᵢ, Σα − αᵢ].
    projections: d => {
      const concentration = d.parameters['concentration'] as Real
      const total = sumLast(concentration, 1)
      return [0, concentration.shape[0] - 1].map(i => {
        const own = sumLast(slice([i, i + 1])(concentration), 1)
        const { cdf } = inside(Beta({ alpha: own, beta: minus(total, own) }))
        return { of: element(i), cdf: cdf as (y: Real) => Real }
      })
    },
  },
  MultivariateNormal: {
    build: p => MultivariateNormal(p as { loc: number[]; covariance: number[][] }),
    // An element is a normal variable.
    projections: d => {
      const { mean, variance } = inside(d)
      const [m, v] = [(mean as () => Real)(), (variance as () => Real)()]
      return [0, m.shape[0] - 1].map(i => {
        const at = (x: Real): Real => sumLast(slice([i, i + 1])(x), 1)
        const { cdf } = inside(Normal({ loc: at(m), scale: sqrt(at(v)) }))
        return { of: element(i), cdf: cdf as (y: Real) => Real }
      })
    },
  },
}
