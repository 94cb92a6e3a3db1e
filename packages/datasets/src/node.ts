export { openIdx } from './stream/idx.js'
export type { Records } from './stream/records.js'
export { stream, type StreamedBatch, type StreamPlan } from './stream/stream.js'
export { openBytes } from './stream/text.js'
