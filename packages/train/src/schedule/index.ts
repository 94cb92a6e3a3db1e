export { cosineDecay, cosineRestarts, type CosineOptions, type CosineRestartsOptions } from './cosine.js'
export { exponentialDecay, type ExponentialDecayOptions } from './exponentialDecay.js'
export { followedBy } from './followedBy.js'
export { oneCycle, type OneCycleOptions } from './oneCycle.js'
export {
  linearSchedule,
  polynomialSchedule,
  type LinearOptions,
  type PolynomialOptions,
} from './polynomial.js'
export { constantSchedule, type Schedule } from './schedule.js'
export { stepDecay, type StepDecayOptions } from './stepDecay.js'
export { warmUp } from './warmUp.js'
