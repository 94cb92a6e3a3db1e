// Elementwise functions of four float32 lanes, in plain IEEE operations: the same bits on every machine.
// docs/accuracy.md has the measured errors.
export { erf, erfinv } from './error-function'
export { exp, expm1 } from './exponential'
export { lgamma } from './gamma'
export { tanh } from './hyperbolic'
export { atan2 } from './inverse-tangent'
export { log, log1p } from './logarithm'
export { normalFromBits } from './normal'
export { polygamma } from './polygamma'
export { pow } from './power'
export { mod } from './remainder'
export { roundHalfEven } from './rounding'
export { cos, sin } from './trigonometric'
