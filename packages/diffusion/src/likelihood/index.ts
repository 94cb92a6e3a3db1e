export { bitsPerDim, dequantised, meanOf, natsOfBin, type Mean } from './bits.js'
export type { Divergence } from './divergence.js'
export { logLikelihood, type LikelihoodOptions } from './log-likelihood.js'
export { dormandPrince, heunMethod, rungeKutta4, type RungeKutta } from './runge-kutta.js'
