import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { writeFailed } from '../checkpoint/errors.js'
import { weightsHash } from '../checkpoint/hash.js'
import type { TrainingEvent } from '../events.js'
import {
  eventsOf,
  memory,
  plan,
  restored,
  stepsPerEpoch,
  told,
  withoutTimes,
  type Plan,
} from './line.testing.js'
import type { Watch } from './plan.js'
import { train } from './train.js'

/** An evaluation that gives these scores, by the number of epochs that a state has seen. */
const scored =
  (scores: readonly number[]): NonNullable<Plan['evaluation']> =>
  () =>
    TE.right({
      evaluate: ({ step }) => TE.right({ score: scores[step.data[0] / stepsPerEpoch - 1] ?? NaN }),
      dispose: TE.right(undefined),
    })

const events = (scores: readonly number[], watch: Omit<Watch, 'metric'>, changes: Partial<Plan> = {}) =>
  eventsOf(
    train(
      plan({
        epochs: scores.length,
        evaluation: scored(scores),
        watch: { metric: 'score', ...watch },
        ...changes,
      }),
    ),
  )

const inShort = (list: readonly TrainingEvent[]) =>
  told(list.filter(({ _tag }) => _tag === 'Epoch' || _tag === 'Best' || _tag === 'Stopped'))

describe('a metric that is watched', () => {
  it.each<readonly [string, readonly number[], Omit<Watch, 'metric'>, string]>([
    ['tells of each best', [3, 2, 2, 1], {}, 'E1 best1 E2 best2 E3 E4 best4 finished 4:5'],
    ['is the most, where that is the goal', [3, 4, 1], { goal: 'most' }, 'E1 best1 E2 best2 E3 finished 3:5'],
    [
      'stops the run by patience, counted from the best',
      [3, 2, 2.5, 2, 1],
      { patience: 2 },
      'E1 best1 E2 best2 E3 E4 patience 4:5',
    ],
    [
      'must improve by minDelta, from the best and not from the last',
      [3, 2.6, 2.2, 1.9],
      { minDelta: 0.5, patience: 3 },
      'E1 best1 E2 E3 best3 E4 finished 4:5',
    ],
    [
      'counts a NaN as no improvement',
      [NaN, 3, NaN, NaN, 1],
      { patience: 2 },
      'E1 E2 best2 E3 E4 patience 4:5',
    ],
    ['stops where it never was finite', [NaN, Infinity, 1], { patience: 2 }, 'E1 E2 patience 2:5'],
  ])('%s', async (_, scores, watch, expected) => {
    expect(inShort(await events(scores, watch))).toBe(expected)
  })

  it('is one of the means of training where nothing is evaluated', async () => {
    const run = train(plan({ epochs: 20, watch: { metric: 'loss' } }))
    const list = await eventsOf(run)
    const losses = list.flatMap(event => (event._tag === 'Epoch' ? [event.train['loss']] : []))
    const least = Math.min(...losses)
    expect(list.findLast(event => event._tag === 'Best')).toMatchObject({
      epoch: losses.indexOf(least) + 1,
      value: least,
    })
  })

  it('has to be there', async () => {
    await expect(events([1], {}, { watch: { metric: 'skore' } })).rejects.toThrow(
      new RangeError('train: there is no metric "skore" to watch, but score'),
    )
    await expect(events([1], { patience: 0 })).rejects.toThrow(RangeError)
    await expect(events([1], { minDelta: -1 })).rejects.toThrow(RangeError)
  })
})

describe('the best checkpoint', () => {
  it('is kept beside the last, with the metric in its metadata', async () => {
    const [last, best] = [memory(), memory()]
    const run = train(
      plan({
        epochs: 4,
        evaluation: scored([3, 1, 2, 2]),
        store: last.store,
        watch: { metric: 'score', store: best.store },
      }),
    )
    const list = await eventsOf(run)
    expect(best.written).toHaveLength(2)
    const [kept, latest] = [restored(best.written[1]), restored(last.written[last.written.length - 1])]
    expect(kept).toMatchObject({
      cursor: { epoch: 1, batch: 5 },
      watched: { metric: 'score', best: 1, epoch: 2, since: 0 },
    })
    expect(latest).toMatchObject({
      cursor: { epoch: 3, batch: 5 },
      watched: { metric: 'score', best: 1, epoch: 2, since: 1 },
    })
    expect(run.best()).toEqual(kept)
    expect(run.latest()).toEqual(latest)
    expect(list.findLast(event => event._tag === 'Best')).toEqual({
      _tag: 'Best',
      epoch: 2,
      metric: 'score',
      value: 1,
      path: 'memory',
    })
  })

  it('that cannot be written ends the run', async () => {
    const store = { ...memory().store, write: () => TE.left(writeFailed('/full/best', 'no space left')) }
    expect(told(await events([1], { store }))).toBe('. . . . . E1 CheckpointFailed 1:5')
  })

  it('comes back, with its patience, in a run that was interrupted anywhere', async () => {
    const scores = [5, 3, 4, 2, 2, 3, 2.5, 1]
    const watching = (store: Watch['store']): Watch => ({
      metric: 'score',
      patience: 3,
      ...(store === undefined ? {} : { store }),
    })
    const whole = train(plan({ epochs: 8, evaluation: scored(scores), watch: watching(undefined) }))
    const expected = await eventsOf(whole)
    expect(inShort(expected)).toBe('E1 best1 E2 best2 E3 E4 best4 E5 E6 E7 patience 7:5')
    const hash = weightsHash(whole.best()?.state)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 * stepsPerEpoch }), { maxLength: 3 }),
        fc.boolean(),
        async (stops, killed) => {
          const [last, best] = [memory(), memory()]
          let list: readonly TrainingEvent[] = []
          let found: string | undefined
          for (const stop of [...stops, Infinity]) {
            const abort = new AbortController()
            const bytes = last.written.at(-1)
            const run = train(
              plan({
                epochs: 8,
                evaluation: scored(scores),
                store: last.store,
                watch: watching(best.store),
                signal: abort.signal,
                checkpointEvery: 2,
                ...(bytes === undefined ? {} : { start: () => TE.right(restored(bytes)) }),
              }),
            )
            const seen: TrainingEvent[] = []
            let count = 0
            for await (const event of run) {
              seen.push(event)
              if (event._tag !== 'Step' || ++count !== stop) continue
              if (killed) break
              abort.abort()
            }
            list = seen
            found = weightsHash(run.best()?.state ?? {})
          }
          expect(list.at(-1)).toEqual(expected.at(-1))
          expect(withoutTimes(list).at(-1)).toEqual(withoutTimes(expected).at(-1))
          expect(found).toBe(hash)
        },
      ),
      { numRuns: 30 },
    )
  }, 60_000)

  it('that was lost is no fault, and one that is damaged is', async () => {
    const [last, best] = [memory(), memory()]
    await events([1, 2], { store: best.store }, { store: last.store })
    const again = (bytes: Uint8Array | undefined) =>
      events(
        [1, 2, 3],
        {
          store: bytes === undefined ? memory().store : { ...best.store, read: TE.right(bytes) },
        },
        { start: () => TE.right(restored(last.written[last.written.length - 1])) },
      )
    expect(inShort(await again(undefined))).toBe('E2 E3 finished 3:5')
    expect(told(await again(Uint8Array.of(1, 2, 3)))).toBe('CheckpointFailed 1:0')
  })
})
