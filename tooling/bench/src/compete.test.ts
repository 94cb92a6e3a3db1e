import { describe, expect, it } from '@jest/globals'
import { compete } from './compete.js'
import { inNode } from './handles.js'
import { tableOf } from './report.js'
import { uniform } from './works/inputs.js'
import { works } from './works/table.js'

const work = {
  ...{
    name: 'matmul-32',
    kind: 'matmul',
    sizes: { n: 32 },
    compares: 'array',
    tolerance: 1e-5,
    flops: 65536,
  },
  arrays: { a: uniform([32, 32], -1, 1), b: uniform([32, 32], -1, 1) },
}
const implementations = [
  { name: 'elbo-cpu', threads: [1], start: inNode },
  { name: 'elbo-reference', threads: [1], start: inNode, isSlow: true },
]
const options = { turns: 2, limit: 1000, progress: () => undefined }

describe('compete', () => {
  it('times those that agree, in processes of their own', async () => {
    const outcome = await compete(work, implementations, options)
    expect(outcome.errors).toEqual([])
    expect(outcome.rows.map(({ implementation }): unknown => implementation)).toEqual([
      'elbo-cpu',
      'elbo-reference',
    ])
    for (const row of outcome.rows) {
      expect(row).toMatchObject({ work: 'matmul-32', threads: 1 })
      expect(row.medianMs).toBeGreaterThan(0)
      expect(row.minMs).toBeLessThanOrEqual(Number(row.medianMs))
      expect(row.gflops).toBeGreaterThan(0)
      expect(Number.isInteger(row.runs)).toBe(true)
    }
    expect(tableOf(work, outcome)).toMatch(/elbo-reference +1 .*×/)
  })

  it('tells who disagrees, fails or cannot, and times none of them', async () => {
    const missing = { name: 'nobody', threads: [1], start: inNode }
    const cannot = { name: 'copy', threads: [1], start: inNode }
    const strict = { ...work, tolerance: 0 }
    const outcome = await compete(strict, [...implementations, missing, cannot], options)
    expect(outcome.rows.map(({ implementation }): unknown => implementation)).toEqual(['elbo-cpu'])
    expect(outcome.errors).toEqual([
      expect.stringContaining('nobody, 1 thread failed'),
      expect.stringContaining('elbo-reference, 1 thread disagrees by'),
    ])
    expect(outcome.left).toEqual(['copy, 1 thread: only beside elementwise-chain'])
  })

  it('has every work under a name of its own', () => {
    expect(new Set(works.map(({ name }) => name)).size).toBe(works.length)
  })
})
