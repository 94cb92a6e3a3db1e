import type { Progress } from '../checkpoint/checkpoint.js'
import type { Metrics } from '../events.js'

export const noProgress: Progress = { sums: {}, seconds: 0 }

/** One more batch. */
export const advance = ({ sums, seconds }: Progress, metrics: Metrics, spent: number): Progress => ({
  sums: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, (sums[name] ?? 0) + value])),
  seconds: seconds + spent,
})

export const meansOf = ({ sums }: Progress, batches: number): Metrics =>
  Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / batches]))
