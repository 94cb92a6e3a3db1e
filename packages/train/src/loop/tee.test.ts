import { describe, expect, it } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { eventsOf, plan, withoutTimes } from './line.testing.js'
import { tee } from './tee.js'
import { train } from './train.js'

/** Counts from 1, and notes how far it was asked, and whether it was let go. */
const counting = (until: number) => {
  const notes = { asked: 0, letGo: false }
  const source = async function* () {
    try {
      for (let n = 1; n <= until; n++) {
        notes.asked = n
        await delay(0)
        yield n
      }
    } finally {
      notes.letGo = true
    }
  }
  return { notes, source: source() as AsyncIterable<number, undefined> }
}

const allOf = async <A>(source: AsyncIterable<A>): Promise<readonly A[]> => {
  const found: A[] = []
  for await (const value of source) found.push(value)
  return found
}

describe('tee', () => {
  it('gives all events of a run to each of several consumers: a bar, a file of JSON lines, a page', async () => {
    const [bar, file, page] = tee(train(plan()), 3)
    const lines = async (): Promise<readonly unknown[]> => {
      let text = ''
      for await (const event of file) text += `${JSON.stringify(event)}\n`
      return text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
    }
    const [onBar, inFile, onPage] = await Promise.all([eventsOf(bar), lines(), eventsOf(page)])
    expect(withoutTimes(onBar)).toEqual(withoutTimes(await eventsOf(train(plan()))))
    expect(onPage).toEqual(onBar)
    expect(inFile).toEqual(onBar)
  })

  it('goes at the pace of the slowest, and keeps nothing', async () => {
    const { notes, source } = counting(20)
    const [fast, slow] = tee(source, 2)
    let ahead = 0
    const slowly = async () => {
      for await (const n of slow) {
        await delay(2)
        ahead = Math.max(ahead, notes.asked - n)
      }
    }
    expect((await Promise.all([allOf(fast), slowly()]))[0]).toHaveLength(20)
    expect(ahead).toBe(0)
  })

  it('goes on without a consumer that leaves, and lets the source go when all have left', async () => {
    const { notes, source } = counting(10)
    const [short, long] = tee(source, 2)
    const until = async (branch: AsyncIterable<number>, last: number) => {
      const found: number[] = []
      for await (const n of branch) {
        found.push(n)
        if (n === last) break
      }
      return found
    }
    expect(await Promise.all([until(short, 2), until(long, 6)])).toEqual([
      [1, 2],
      [1, 2, 3, 4, 5, 6],
    ])
    expect(notes).toEqual({ asked: 6, letGo: true })
    expect(await long.next()).toEqual({ done: true, value: undefined })
  })

  it('ends for all when the source does, and throws to all what it throws', async () => {
    const [one, two] = tee(counting(3).source, 2)
    expect(await Promise.all([allOf(one), allOf(two)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    const failing = async function* (): AsyncGenerator<number, undefined> {
      await delay(0)
      yield 1
      throw new Error('the source broke')
    }
    const results = await Promise.allSettled(tee(failing(), 2).map(allOf))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('refuses to serve nobody', () => {
    expect(() => tee(counting(1).source, 0)).toThrow(new RangeError('tee: count 0 is out of range'))
  })
})
