import { arange, square } from '@elbo/tensor'
import { choose, equal, minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { inside } from '../distribution.js'
import { byMoments, walkDraws, type Drawn } from '../laws/gradient-of-draws-without-quantiles.testing.js'
import { diagonal, product, transposed } from '../linear.js'
import { sizes, table } from './table.testing.js'

const normal = ['loc', 'covariance', 'scaleTril', 'precision']

const correlations: Drawn = {
  expectations: d => {
    const [eta, n] = [d.parameters['concentration'] as Real, d.eventShape[0]]
    const degrees = plus(times(eta, 2), n - 1)
    return [
      // The square of the last element is Beta[η, ½(n − 1)].
      {
        of: l => sumLast(choose(equal(arange(n), n - 1), square(diagonal(l)), 0), 1),
        mean: over(times(eta, 2), degrees),
      },
      // A correlation has the variance 1/(2η + n − 1).
      {
        of: l => minus(sumLast(square(product(l, transposed(l))), 2), n),
        mean: over(n * (n - 1), degrees),
      },
    ]
  },
}

walkDraws(
  'multivariate',
  { ...table, ...sizes },
  {
    Dirichlet: { expectations: byMoments },
    LKJCholesky: correlations,
    'LKJCholesky of 2 rows': correlations,
    'LKJCholesky of 4 rows': correlations,
    'LKJCholesky of 5 rows': correlations,
    LogisticNormal: { smooth: normal },
    LowRankMultivariateNormal: { smooth: ['loc', 'factor', 'diagonal'] },
    MultivariateNormal: { smooth: normal },
    VonMisesFisher: {
      smooth: ['meanDirection'],
      // How far a draw is from the mean direction. Where it points to besides does not depend on the concentration.
      expectations: d => {
        const mu = d.parameters['meanDirection'] as Real
        const mean = (inside(d).mean as () => Real)()
        return [{ of: x => sumLast(times(mu, x), 1), mean: sumLast(times(mu, mean), 1) }]
      },
    },
    Wishart: { smooth: ['scale', 'scaleTril'], expectations: byMoments },
  },
)
