import { describe, expect, it } from '@jest/globals'
import { interleave } from './interleave.js'

const contestant = (name: string, answer: () => object, asked: string[]) => ({
  ...{ name, threads: 1 },
  handle: {
    ask: () => {
      asked.push(name)
      return Promise.resolve(answer())
    },
    stop: () => undefined,
  },
})

const options = { turns: 3, limit: 1000, turnLimit: 1000, onTurn: () => undefined }

describe('interleave', () => {
  it('takes turns, and drops the first of each', async () => {
    const asked: string[] = []
    const times = [100, 1, 2, 3]
    const [a, b] = await interleave(
      [
        contestant('a', () => ({ ms: times.shift(), spentMs: 1 }), asked),
        contestant('b', () => ({ ms: 7, spentMs: 1 }), asked),
      ],
      options,
    )
    expect(asked.join('')).toBe('abababab')
    expect(a).toMatchObject({ medianMs: 2, minMs: 1, runs: 3 })
    expect(b).toMatchObject({ medianMs: 7, runs: 3 })
  })

  it('gives a slow one fewer turns, and keeps a failure apart', async () => {
    const asked: string[] = []
    const [slow, failing] = await interleave(
      [
        contestant('s', () => ({ ms: 900, spentMs: 900 }), asked),
        contestant('f', () => ({ failed: 'out of memory' }), asked),
      ],
      options,
    )
    expect(slow.runs).toBe(1)
    expect(failing).toMatchObject({ failed: 'out of memory' })
    expect(failing.runs).toBeUndefined()
    expect(asked.filter(name => name === 'f')).toHaveLength(1)
  })
})
