import { cos, exp } from '@elbo/tensor'
import { minus, plus, type Real } from '../arithmetic.js'
import { inside } from '../distribution.js'
import { walkDraws } from '../laws/gradient-of-draws-without-quantiles.testing.js'
import { VonMises } from './index.js'
import { table } from './table.testing.js'

walkDraws('continuous', table, {
  VonMises: {
    smooth: ['loc'],
    expectations: d => {
      const [loc, kappa] = [d.parameters['loc'] as Real, d.parameters['concentration'] as Real]
      const resultant = minus(1, (inside(d).variance as () => Real)())
      const peak = (concentration: Real): Real => inside(VonMises({ loc, concentration })).logProb(loc)
      return [
        { of: x => cos(minus(x, loc)), mean: resultant },
        // The mean of exp(cos θ − 1) is a quotient of normalisers.
        { of: x => exp(minus(cos(minus(x, loc)), 1)), mean: exp(minus(peak(kappa), peak(plus(kappa, 1)))) },
      ]
    },
  },
})
