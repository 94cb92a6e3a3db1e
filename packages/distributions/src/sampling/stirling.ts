import { choose, equal, over, polynomial, times, type Real } from '../arithmetic.js'

/** Stirling's error of k! for whole k ≥ 1, in exact operations: `stirlingError` of `special/`. */
export const exactStirlingError = (k: Real): Real => {
  const series = over(polynomial(over(1, times(k, k)), [1 / 12, -1 / 360, 1 / 1260, -1 / 1680]), k)
  return choose(
    equal(k, 1),
    0.0810614667953273,
    choose(equal(k, 2), 0.0413406959554093, choose(equal(k, 3), 0.0276779256849983, series)),
  )
}
