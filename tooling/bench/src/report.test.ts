import { describe, expect, it } from '@jest/globals'
import { summaryOf } from './report.js'

describe('the summary', () => {
  it('compares the better figures of each', () => {
    const row = (work: string, implementation: string, threads: number, medianMs: number) => ({
      ...{ work, implementation, threads, medianMs },
    })
    const lines = summaryOf([
      row('a', 'elbo-cpu', 1, 10),
      row('a', 'elbo-cpu', 2, 4),
      row('a', 'other', 1, 6),
      row('a', 'other', 2, 9),
      row('b', 'elbo-cpu', 1, 0.5),
      row('b', 'third', 1, 100),
    ]).split('\n')
    expect(lines.slice(-3).map(line => line.trim().split(/ {2,}/))).toEqual([
      ['elbo-cpu ms', 'other', 'third'],
      ['a', '4.00', '1.50×'],
      ['b', '0.500', '200×'],
    ])
  })
})
