import { above, below, both, choose, over, plus, polynomial, times, type Real } from '../arithmetic.js'
import { exactLog } from './exact.js'

/** ln(1 + z) for z > −1 in exact operations, where 1 + z is normal: 2·artanh(z/(2 + z)) near 0. */
export const exactLog1p = (z: Real): Real => {
  const isNear = both(above(z, -0.29), below(z, 0.41))
  const near = choose(isNear, z, 0)
  const r = over(near, plus(near, 2))
  const r2 = times(r, r)
  const tail = times(r, r2, polynomial(r2, [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11]))
  return choose(isNear, plus(times(r, 2), tail), exactLog(plus(choose(isNear, 1, z), 1)))
}
