import type { Watched } from '../checkpoint/checkpoint.js'
import type { Metrics } from '../events.js'
import { isCount, required } from '../required.js'
import type { Watch } from './plan.js'

export interface Judged {
  readonly watched: Watched
  readonly isBest: boolean
  readonly isExhausted: boolean
}

/** @throws RangeError unless minDelta ≥ 0 and the patience is a whole number from 1. */
export const checkWatch = ({ minDelta = 0, patience = 1 }: Watch): void => {
  required('train', 'watch.minDelta', minDelta, minDelta >= 0)
  required('train', 'watch.patience', patience, isCount(patience))
}

/**
 * Looks at the metrics of an epoch (from 1) in the light of those before. A value that is not finite is no improvement; the first that is
 * finite, is. What is known of another metric counts for nothing, and an epoch that was judged already is judged alike.
 * @throws RangeError where there is no such metric.
 */
export const judged = (
  { metric, goal = 'least', minDelta = 0, patience = Infinity }: Watch,
  before: Watched | undefined,
  epoch: number,
  metrics: Metrics,
): Judged => {
  if (!Object.hasOwn(metrics, metric))
    throw new RangeError(
      `train: there is no metric "${metric}" to watch, but ${Object.keys(metrics).join(', ')}`,
    )
  const value = metrics[metric]
  const { best, epoch: bestEpoch, since } = before?.metric === metric ? before : nothing
  const isFirst = bestEpoch === 0 || bestEpoch === epoch
  const gain = isFirst ? Infinity : goal === 'least' ? best - value : value - best
  const isBest = Number.isFinite(value) && gain > minDelta
  const watched = isBest
    ? { metric, best: value, epoch, since: 0 }
    : { metric, best, epoch: bestEpoch, since: since + 1 }
  return { watched, isBest, isExhausted: watched.since >= patience }
}

/** Before any epoch that counts. */
const nothing = { best: 0, epoch: 0, since: 0 }
