export { conformance, type ConformanceOptions, type OpenBackend } from './conformance.js'
export type { Tolerance } from './agreement.js'
export { tolerances } from './tolerances.js'
