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

  it('waits for nobody longer than it says', async () => {
    const hard = {
      ...{ ...work, sizes: { n: 512 }, name: 'matmul-512' },
      arrays: { a: uniform([512, 512], -1, 1), b: uniform([512, 512], -1, 1) },
    }
    const [, slow] = implementations
    const limits = { setUp: 50, turn: 60_000 }
    const never = await compete(hard, [slow], { ...options, limits })
    expect(never.rows).toEqual([])
    expect(never.errors).toEqual([
      'matmul-512: elbo-reference, 1 thread failed while being set up: no answer within 0.05 s',
    ])
    const once = await compete(work, [slow], { ...options, limits: { setUp: 60_000, turn: 10 } })
    expect(once.rows).toEqual([])
    expect(once.errors).toEqual(['matmul-32: elbo-reference, 1 thread failed: no answer within 0.01 s'])
  })

  it('holds those who train by descent against each other, and tells who does not', async () => {
    const step = {
      ...{ name: 'denoiser-4', kind: 'denoiser', sizes: { batch: 4 }, compares: 'losses', tolerance: 1e-5 },
      arrays: works.find(({ kind }) => kind === 'denoiser')?.arrays ?? {},
    }
    const small = {
      ...step,
      arrays: { ...step.arrays, x: uniform([4, 130], -1, 1), y: uniform([4, 2], -1, 1) },
    }
    const byDescent = { name: 'elbo-cpu-descent', threads: [1, 2], start: inNode, optimiser: 'descent' }
    const apart = await compete(small, [...implementations, byDescent], options)
    expect(apart.errors).toEqual([])
    expect(apart.rows).toHaveLength(4)
    const pretender = { name: 'elbo-cpu', threads: [1], start: inNode, optimiser: 'descent' }
    const told = await compete(small, [byDescent, pretender], options)
    expect(told.errors).toEqual([expect.stringContaining('elbo-cpu, 1 thread disagrees by')])
    expect(told.rows).toHaveLength(2)
  })

  it('has every work under a name of its own', () => {
    expect(new Set(works.map(({ name }) => name)).size).toBe(works.length)
  })
})
