import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { cpu, ndarray } from '@elbo/tensor'
import { writeFailed } from '../checkpoint/errors.js'
import { weightsHash } from '../checkpoint/hash.js'
import type { TrainingEvent } from '../events.js'
import { sgd } from '../optimiser/sgd.js'
import {
  batchOf,
  eventsOf,
  loss,
  memory,
  plan,
  restored,
  stepsPerEpoch,
  told,
  withoutTimes,
  type Plan,
} from './line.testing.js'
import { shuffleKey, trainingStep } from './state.js'
import { train } from './train.js'

describe('a run', () => {
  it('tells of its steps, epochs and checkpoints, and learns', async () => {
    const { store } = memory()
    const run = train(plan({ store, epochs: 60 }))
    const events = await eventsOf(run)
    expect(told(events.slice(0, 15))).toBe('c1:0 . . . . . c1:5 E1 . . . . . c2:5 E2')
    expect(told(events.slice(-3))).toBe('c60:5 E60 finished 60:5')
    const line = run.latest()?.state.parameters
    ;[2, -1].forEach((value, i) => expect(line?.weight.data[i]).toBeCloseTo(value, 1))
    expect(line?.bias.data[0]).toBeCloseTo(3, 1)
    expect(run.executed()).toEqual({ backend: 'reference', threads: 1 })
  })

  it('warns after an epoch, and again only of something else', async () => {
    const messages = ['first', 'first', undefined, 'first', 'second']
    let epoch = 0
    const events = await eventsOf(train(plan({ epochs: 5, warning: () => messages[epoch++] })))
    const warnings = events.filter(event => event._tag === 'Warning')
    expect(warnings.map(({ epoch: at, message }) => [at, message])).toEqual([
      [1, 'first'],
      [4, 'first'],
      [5, 'second'],
    ])
    expect(told(events.slice(5, 7))).toBe('E1 warning1')
  })

  it('gives the means of an epoch over its batches', async () => {
    const events = await eventsOf(train(plan({ epochs: 1 })))
    const losses = events.flatMap(event => (event._tag === 'Step' ? [event.metrics['loss']] : []))
    const epoch = events.find(event => event._tag === 'Epoch')
    expect(losses).toHaveLength(stepsPerEpoch)
    expect(epoch).toMatchObject({
      train: { loss: losses.reduce((a, b) => a + b, 0) / stepsPerEpoch },
      test: {},
    })
  })

  it('evaluates the state at the end of each epoch, and disposes of what it opened', async () => {
    const seen: string[] = []
    const evaluation: Plan['evaluation'] = () =>
      TE.right({
        evaluate: state => {
          seen.push(weightsHash(state.parameters))
          return TE.right({ score: seen.length })
        },
        dispose: () => {
          seen.push('disposed')
          return TE.right(undefined)()
        },
      })
    const run = train(plan({ evaluation, epochs: 2 }))
    const events = await eventsOf(run)
    expect(events.flatMap(event => (event._tag === 'Epoch' ? [event.test] : []))).toEqual([
      { score: 1 },
      { score: 2 },
    ])
    expect(seen.slice(1)).toEqual([weightsHash(run.latest()?.state.parameters), 'disposed'])
  })

  it('begins anew when it is iterated again, and lets go when its consumer leaves', async () => {
    const run = train(plan())
    for await (const event of run) if (event._tag === 'Step' && event.epoch === 2) break
    const [first, second] = [await eventsOf(run), await eventsOf(run)]
    expect(withoutTimes(first)).toEqual(withoutTimes(second))
  })
})

describe('a run that was interrupted', () => {
  it('continues bit for bit, however often and wherever', async () => {
    const whole = train(plan())
    const expected = await eventsOf(whole)
    const hash = weightsHash(whole.latest()?.state)
    const steps = 3 * stepsPerEpoch
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: steps }), { maxLength: 4 }),
        fc.boolean(),
        async (stops, killed) => {
          const { store, written } = memory()
          const events: TrainingEvent[] = []
          for (const stop of [...stops, Infinity]) {
            const abort = new AbortController()
            const start: Plan['start'] =
              written.length === 0 ? plan().start : () => TE.right(restored(written[written.length - 1]))
            // Killed: what came after the last checkpoint is lost, and done again.
            const run = train(plan({ start, store, signal: abort.signal, checkpointEvery: 2 }))
            let count = 0
            let lost: TrainingEvent[] = []
            for await (const event of run) {
              lost.push(event)
              if (event._tag === 'Checkpoint') {
                events.push(...lost)
                lost = []
              }
              if (event._tag !== 'Step' || ++count !== stop) continue
              if (killed) break
              abort.abort()
            }
            const finished = lost.some(event => event._tag === 'Stopped' && event.reason === 'finished')
            if (finished) events.push(...lost)
            if (finished) break
          }
          expect(withoutTimes(events)).toEqual(withoutTimes(expected))
          expect(weightsHash(restored(written[written.length - 1]).state)).toBe(hash)
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)

  it('ends at the next step, with a checkpoint', async () => {
    const { store } = memory()
    const abort = new AbortController()
    const run = train(plan({ store, signal: abort.signal }))
    const events = await eventsOf(run, event => event._tag === 'Step' && event.step === 3 && abort.abort())
    expect(told(events)).toBe('c1:0 . . . c1:3 requested 1:3')
    expect(run.latest()?.cursor).toEqual({ epoch: 0, batch: 3 })
  })

  it('writes nothing twice when it was stopped before it began', async () => {
    const abort = new AbortController()
    abort.abort()
    const { store, written } = memory()
    expect(told(await eventsOf(train(plan({ store, signal: abort.signal }))))).toBe('c1:0 requested 1:0')
    expect(written).toHaveLength(1)
  })

  it('evaluates what it had not when it was stopped between an epoch and its evaluation', async () => {
    const { store, written } = memory()
    const abort = new AbortController()
    const stopped = await eventsOf(
      train(plan({ store, signal: abort.signal })),
      event => event._tag === 'Step' && event.step === stepsPerEpoch && abort.abort(),
    )
    expect(told(stopped)).toBe('c1:0 . . . . . c1:5 requested 1:5')
    const resumed = await eventsOf(
      train(plan({ start: () => TE.right(restored(written[written.length - 1])), epochs: 1 })),
    )
    expect(told(resumed)).toBe('E1 finished 1:5')
    const [expected] = withoutTimes(await eventsOf(train(plan({ epochs: 1 })))).slice(-1)
    expect(withoutTimes(resumed)).toEqual([expected])
  })

  it('lets the event loop turn, so that a timer can stop it', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 100)
    const events = await eventsOf(train(plan({ signal: abort.signal, epochs: 1e9 })))
    expect(events[events.length - 1]).toMatchObject({ _tag: 'Stopped', reason: 'requested' })
  }, 20_000)
})

describe('what goes wrong', () => {
  it('a loss that is not finite ends the run; the last good checkpoint stands', async () => {
    const { store, written } = memory()
    const poisoned: Plan['batches'] = function* ({ epoch }, { key }) {
      for (let number = 0; number < stepsPerEpoch; number++) {
        const { x, y } = batchOf(shuffleKey(key), epoch, number)
        yield { x, y: epoch === 1 && number === 2 ? ndarray([1, NaN, 1, 1], [4, 1]) : y }
      }
    }
    const run = train(plan({ store, batches: poisoned, checkpointEvery: 1 }))
    const events = await eventsOf(run)
    expect(told(events)).toMatch(/c2:2 NotFinite 2:3$/)
    expect(events[events.length - 1]).toMatchObject({
      error: { where: 'loss', message: expect.stringContaining('step 3 of epoch 2') },
    })
    expect(restored(written[written.length - 1]).cursor).toEqual({ epoch: 1, batch: 2 })
    expect(run.latest()?.cursor).toEqual({ epoch: 1, batch: 2 })
  })

  it('parameters that are not finite are never written, though the loss was', async () => {
    const { store, written } = memory()
    const wild = sgd({ learningRate: 3e38 })
    const run = train(
      plan({ store, step: trainingStep(loss, wild), start: plan({}, wild).start, checkpointEvery: 1 }, wild),
    )
    const events = await eventsOf(run)
    expect(told(events)).toBe('c1:0 . NotFinite 1:1')
    expect(events[events.length - 1]).toMatchObject({ error: { where: 'parameters.weight' } })
    expect(written).toHaveLength(1)
  })

  it('a checkpoint that cannot be written ends the run before it begins', async () => {
    const store = { ...memory().store, write: () => TE.left(writeFailed('/full/last', 'no space left')) }
    const events = await eventsOf(train(plan({ store })))
    expect(told(events)).toBe('CheckpointFailed 1:0')
    expect(events[0]).toMatchObject({
      error: { message: expect.stringContaining('no space left') },
    })
  })

  it('a backend that does not open is an event as well', async () => {
    const backend = TE.left({ _tag: 'Unavailable', backend: 'gpu', message: 'there is none' } as const)
    expect(told(await eventsOf(train(plan({ backend }))))).toBe('BackendFailed 1:0')
  })

  it('an epoch with too few batches is a mistake of the program', async () => {
    const none: Plan['batches'] = () => []
    await expect(eventsOf(train(plan({ batches: none })))).rejects.toThrow(RangeError)
  })
})

describe('10,000 steps', () => {
  it('leave memory flat', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const used = () => {
      collect()
      collect()
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
      return { heapUsed, arrayBuffers, rss }
    }
    const run = train(plan({ backend: cpu({ threads: 1 }), epochs: 12_000 / stepsPerEpoch }))
    let before: ReturnType<typeof used> | undefined
    let after: ReturnType<typeof used> | undefined
    let steps = 0
    for await (const event of run) {
      if (event._tag !== 'Step') continue
      steps += 1
      if (steps === 2_000) before = used()
      if (steps === 12_000) after = used()
    }
    const grown = (name: 'heapUsed' | 'arrayBuffers' | 'rss') =>
      ((after?.[name] ?? NaN) - (before?.[name] ?? NaN)) / 2 ** 20
    expect(grown('heapUsed')).toBeLessThan(1)
    expect(grown('arrayBuffers')).toBeLessThan(0.25)
    expect(grown('rss')).toBeLessThan(16)
  }, 120_000)
})
