/** Special functions of a real number in double precision: the meaning of the elementwise primitives. */
export { erf, erfc, erfinv } from './error-function.js'
export { lgamma } from './gamma.js'
export { erfinvF32, normalFromBits } from './normal-from-bits.js'
export { digamma, polygamma, trigamma } from './polygamma.js'
export { pow } from './power.js'
export { floorMod, roundHalfEven } from './remainder.js'
