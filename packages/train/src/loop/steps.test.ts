import { describe, expect, it } from '@jest/globals'
import { eventsOf, memory, plan, restored, told, withoutTimes } from './line.testing.js'
import { train } from './train.js'

describe('a run of so many steps', () => {
  it.each([
    ['ends within an epoch', 7, 'c1:0 . . . . . c1:5 E1 . . c2:2 finished 2:2'],
    ['ends with an epoch, and tells of it', 10, 'c1:0 . . . . . c1:5 E1 . . . . . c2:5 E2 finished 2:5'],
    ['ends with its epochs where these are fewer', 99, 'finished 3:5'],
    ['makes one step', 1, 'c1:0 . c1:1 finished 1:1'],
  ])('%s', async (_, steps, course) => {
    expect(told(await eventsOf(train(plan({ steps, store: memory().store }))))).toMatch(
      new RegExp(`${course.replaceAll('.', '\\.')}$`),
    )
  })

  it.each([2, 5, 7])('goes on after %i of them as if it had not ended', async steps => {
    const { store, written } = memory()
    const first = await eventsOf(train(plan({ store, steps })))
    const start = restored(written[written.length - 1])
    const run = train(plan({ start: () => () => Promise.resolve({ _tag: 'Right', right: start }), steps: 9 }))
    const second = await eventsOf(run)
    const whole = train(plan({ steps: 9 }))
    const expected = withoutTimes(await eventsOf(whole))
    // A run that ended with an epoch is evaluated where it ended, and once more where it goes on.
    const seen = withoutTimes([...first.filter(({ _tag }) => steps !== 5 || _tag === 'Step'), ...second])
    expect(seen).toEqual(expected)
    expect(run.latest()?.state).toEqual(whole.latest()?.state)
  })
})
