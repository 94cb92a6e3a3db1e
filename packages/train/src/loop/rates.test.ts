import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { scalar } from '@elbo/tensor'
import type { TrainingEvent } from '../events.js'
import { accumulate, adam, chain, masked, plateau, sgd } from '../optimiser/index.js'
import type { Optimiser } from '../optimiser/optimiser.js'
import { exponentialDecay, warmUp } from '../schedule/index.js'
import { eventsOf, loss, plan, stepsPerEpoch, told } from './line.testing.js'
import { trainingStep } from './state.js'
import { train } from './train.js'

const eventsWith = (optimiser: Optimiser, epochs = 1) =>
  eventsOf(train(plan({ step: trainingStep(loss, optimiser), epochs }, optimiser)))

const rates = async (optimiser: Optimiser, epochs?: number) =>
  (await eventsWith(optimiser, epochs)).flatMap(event => (event._tag === 'Step' ? [event.learningRate] : []))

describe('the learning rate', () => {
  it('is told with each step, and is no metric', async () => {
    expect(await rates(adam({ learningRate: 0.25 }))).toEqual([0.25, 0.25, 0.25, 0.25, 0.25])
    const scheduled = pipe(exponentialDecay({ from: 1, factor: 0.5 }), warmUp(2, 0))
    expect(await rates(sgd({ learningRate: scheduled }), 1)).toEqual([0, 0.5, 1, 0.5, 0.25])
    for (const event of await eventsWith(adam())) {
      if (event._tag === 'Step') expect(Object.keys(event.metrics)).toEqual(['loss'])
      if (event._tag === 'Epoch') expect(Object.keys(event.train)).toEqual(['loss'])
    }
  })

  it('goes on from its step in a second epoch', async () => {
    const found = await rates(sgd({ learningRate: exponentialDecay({ from: 1, factor: 0.5 }) }), 2)
    found.forEach((rate, i) => expect(rate).toBeCloseTo(0.5 ** i, 6))
    expect(found).toHaveLength(2 * stepsPerEpoch)
  })

  it('is that of the updates where batches are accumulated', async () => {
    const schedule = exponentialDecay({ from: 1, factor: 0.5 })
    expect(await rates(accumulate(2)(sgd({ learningRate: schedule })))).toEqual([1, 1, 0.5, 0.5, 0.25])
  })

  it('is not told where it is that of a part', async () => {
    expect(await rates(masked(path => path === 'weight')(sgd({ learningRate: 0.1 })))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    )
  })

  it('that is not finite stops the run', async () => {
    const list = await eventsWith(sgd({ learningRate: () => scalar(Infinity) }))
    expect(list.at(-1)).toMatchObject({ _tag: 'Failed', error: { _tag: 'NotFinite', where: 'learningRate' } })
  })

  it('is reduced on a plateau, which is an event, for the steps after it', async () => {
    // Nothing is learned, and the loss falls by chance alone.
    const optimiser = chain(
      sgd({ learningRate: 2 ** -100 }),
      plateau({ factor: 0.5, patience: 1, every: stepsPerEpoch }),
    )
    const list = await eventsWith(optimiser, 12)
    const reduced = list.findIndex(event => event._tag === 'RateReduced')
    const rateOf = (event: TrainingEvent | undefined) =>
      event?._tag === 'Step' ? event.learningRate : undefined
    expect(list[reduced - 1]).toMatchObject({ step: stepsPerEpoch, learningRate: 2 ** -100 })
    expect(rateOf(list.slice(reduced).find(event => event._tag === 'Step'))).toBe(2 ** -101)
    expect(told(list)).toContain('. r E')
  })
})
