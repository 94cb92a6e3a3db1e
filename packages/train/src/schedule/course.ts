import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { cosineDecay } from './cosine.js'
import { linearSchedule } from './polynomial.js'
import { constantSchedule, type Schedule } from './schedule.js'
import { warmUp as warmedUp } from './warmUp.js'

const natural = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'a non-negative integer')

/** Of `LearningRate`, for the settings that a checkpoint keeps. */
export const learningRateCodec = t.intersection([
  t.type({
    peak: t.number,
    warmUp: natural,
    decay: t.keyof({ none: null, linear: null, cosine: null }),
    steps: natural,
  }),
  t.partial({ last: t.number }),
])

/** How the learning rate goes over a run: plain data, kept in its checkpoints. */
export interface LearningRate {
  /** Of Adam, after the warm-up. */
  readonly peak: number
  /** Steps of a straight line up to the peak. */
  readonly warmUp: number
  /** How it falls from the peak to `last` over the steps after the warm-up; `none`: not at all. */
  readonly decay: 'none' | 'linear' | 'cosine'
  /** Steps of the whole run, where it falls; 0 where it does not, so that such a run may be made longer. */
  readonly steps: number
  /** What it falls to, where it falls: 0 unless told. */
  readonly last?: number
}

/**
 * The schedule of a run whose learning rate goes so.
 * @throws RangeError unless the peak is positive, and the warm-up leaves steps to fall in.
 */
export const scheduleFor = ({ peak, warmUp, decay, steps, last = 0 }: LearningRate): Schedule => {
  if (decay !== 'none' && warmUp >= steps)
    throw new RangeError(`scheduleFor: a warm-up of ${warmUp} steps leaves none of ${steps} to decay in`)
  const after = { from: peak, to: last, steps: steps - warmUp }
  const main =
    decay === 'none'
      ? constantSchedule(peak)
      : decay === 'linear'
        ? linearSchedule(after)
        : cosineDecay(after)
  return warmUp === 0 ? main : pipe(main, warmedUp(warmUp))
}

/** `0.001, warmed up over 100 steps, falling by a cosine until step 930`; `… by a cosine to 0.0001 until …` where it does not fall to 0. */
export const spellLearningRate = ({ peak, warmUp, decay, steps, last = 0 }: LearningRate): string =>
  [
    String(peak),
    ...(warmUp === 0 ? [] : [`warmed up over ${warmUp} steps`]),
    ...(decay === 'none'
      ? []
      : [
          `falling by a ${decay === 'linear' ? 'line' : decay}${last === 0 ? '' : ` to ${last}`} until step ${steps}`,
        ]),
  ].join(', ')
