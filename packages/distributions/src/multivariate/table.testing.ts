import { expandDims, log, slice, sqrt, square, squeeze } from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { Beta, Gamma, Normal } from '../continuous/index.js'
import { inside } from '../distribution.js'
import { belowDiagonal, cholesky, identity, transposed } from '../linear.js'
import {
  lowerCholesky,
  positive,
  positiveDefinite,
  positiveVector,
  realMatrix,
  realVector,
  unitVector,
} from '../laws/mistakes.testing.js'
import type { Row, Table } from '../laws/table.testing.js'
import * as families from './index.js'
import { distance } from './distance.js'

const {
  Dirichlet,
  LKJCholesky,
  LogisticNormal,
  LowRankMultivariateNormal,
  MultivariateNormal,
  VonMisesFisher,
  Wishart,
} = families

/** All of the axes before the last `count`. */
const before = (x: Real, count: number): null[] => x.shape.slice(count).map(() => null)

/** Element i of vectors. */
const element =
  (i: number) =>
  (x: Real): Real =>
    squeeze(-1)(slice(...before(x, 1), [i, i + 1])(x) as Real)

const column = (x: Real): Real => expandDims(-1)(x)

/** Element (i, j) of matrices. */
const entry =
  (i: number, j: number) =>
  (x: Real): Real =>
    element(j)(squeeze(-2)(slice(...before(x, 2), [i, i + 1], null)(x) as Real))

/** The first and the last element, each a normal variable. */
const marginals = (mean: Real, variance: Real, of: (i: number) => (x: Real) => Real) =>
  [0, mean.shape[0] - 1].map(i => {
    const at = (x: Real): Real => sumLast(slice([i, i + 1])(x), 1)
    const { cdf } = inside(Normal({ loc: at(mean), scale: sqrt(at(variance)) }))
    return { of: of(i), cdf: cdf as (y: Real) => Real }
  })

const normals: Row['projections'] = d => {
  const { mean, variance } = inside(d)
  return marginals((mean as () => Real)(), (variance as () => Real)(), element)
}

const correlations = (n: number): Row => ({
  mistakes: { concentration: { ...positive, of: 'LKJCholesky' } },
  step: 1e-2,
  build: p => LKJCholesky({ dimension: n, concentration: p['concentration'] as number }),
  coordinates: y => {
    const l = plus(belowDiagonal(y), times(identity(n), y))
    return over(l, column(sqrt(sumLast(square(l), 1))))
  },
  projections: d => {
    const concentration = d.parameters['concentration'] as Real
    // A correlation is a beta variable on [−1, 1]; so is the square of the last element.
    const shape = plus(concentration, n / 2 - 1)
    const correlation = inside(Beta({ alpha: shape, beta: shape })).cdf as (y: Real) => Real
    const lastSquare = inside(Beta({ alpha: concentration, beta: (n - 1) / 2 })).cdf as (y: Real) => Real
    return [
      { of: x => times(plus(entry(1, 0)(x), 1), 0.5), cdf: correlation },
      { of: x => square(entry(n - 1, n - 1)(x)), cdf: lastSquare },
    ]
  },
})

export const table: Table<typeof families> = {
  Dirichlet: {
    mistakes: { concentration: positiveVector },
    build: p => Dirichlet(p as { concentration: number[] }),
    coordinates: y => over(y, column(sumLast(y, 1))),
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
  LKJCholesky: correlations(3),
  LogisticNormal: {
    mistakes: { loc: realVector, scaleTril: lowerCholesky },
    build: p => LogisticNormal(p as { loc: number[]; scaleTril: number[][] }),
    coordinates: y => over(y, column(sumLast(y, 1))),
    // Logarithms of quotients are normal variables.
    projections: d => {
      const [loc, scaleTril] = [d.parameters['loc'] as Real, d.parameters['scaleTril'] as Real]
      return marginals(
        loc,
        sumLast(square(scaleTril), 1),
        i => x => log(over(element(i)(x), element(loc.shape[0])(x))),
      )
    },
  },
  LowRankMultivariateNormal: {
    mistakes: { loc: realVector, factor: realMatrix, diagonal: positiveVector },
    build: p => LowRankMultivariateNormal(p as { loc: number[]; factor: number[][]; diagonal: number[] }),
    projections: normals,
  },
  MultivariateNormal: {
    mistakes: {
      loc: realVector,
      covariance: positiveDefinite,
      precision: { ...positiveDefinite, not: [[[-1]], [[0]]] },
      scaleTril: lowerCholesky,
    },
    build: p => MultivariateNormal(p as { loc: number[]; covariance: number[][] }),
    projections: normals,
  },
  VonMisesFisher: {
    mistakes: { meanDirection: unitVector, concentration: positive },
    build: p => VonMisesFisher(p as { meanDirection: number[]; concentration: number }),
    coordinates: y => over(y, column(sqrt(sumLast(square(y), 1)))),
    projections: d => {
      const [mu, kappa] = [d.parameters['meanDirection'] as Real, d.parameters['concentration'] as Real]
      const { cdf } = distance(d.eventShape[0])
      return [{ of: x => times(sumLast(square(minus(x, mu)), 1), 0.5), cdf: s => cdf(s, { kappa }) }]
    },
  },
  Wishart: {
    mistakes: { df: { must: 'greater than 0 and finite', not: [0, -1, Infinity] }, scale: positiveDefinite },
    build: p => Wishart(p as { df: number; scale: number[][] }),
    coordinates: y => times(plus(y, transposed(y)), 0.5),
    // An element of the diagonal is a multiple of a χ² variable: Gam[½ν, 1/(2Vᵢᵢ)]; so is |X|/|X₁| of the last, with fewer degrees.
    projections: d => {
      const [df, l] = [d.parameters['df'] as Real, d.parameters['scaleTril'] as Real]
      const n = d.eventShape[0]
      const chi = (degrees: Real, variance: Real) =>
        inside(Gamma({ concentration: times(degrees, 0.5), rate: over(0.5, variance) })).cdf as (
          y: Real,
        ) => Real
      return [
        { of: entry(0, 0), cdf: chi(df, square(entry(0, 0)(l))) },
        {
          of: x => square(entry(n - 1, n - 1)(cholesky(x))),
          cdf: chi(minus(df, n - 1), square(entry(n - 1, n - 1)(l))),
        },
      ]
    },
  },
}

/** The size of these matrices is no parameter that a fixture could vary. */
export const sizes: Readonly<Record<string, Row>> = {
  'LKJCholesky of 2 rows': correlations(2),
  'LKJCholesky of 4 rows': correlations(4),
  'LKJCholesky of 5 rows': correlations(5),
}
