import { describe, expect, it } from '@jest/globals'
import type { Shape, Tensor } from '@elbo/tensor'
import { minus } from '../arithmetic.js'
import type { Family, Process } from '../process/level.js'
import { inDoubles, numbers } from '../evaluate.testing.js'
import { denoiserOf, doubled, lifted } from '../sampling/exact.testing.js'
import { noiseRatio, type Path } from '../sampling/path.js'
import type { Sampler } from '../sampling/sampler.js'
import { tableOf } from '../sampling/table.js'
import { walk } from '../sampling/walk.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath } from '../spacing/spacing.js'
import { dpmSolver2mSde } from './dpm-solver-2m-sde.js'
import { lms } from './lms.js'
import { samplers } from './table.js'
import { uniPc } from './unipc.js'

const [mean, deviation] = [0.5, 0.75]
const denoise = denoiserOf({ weights: [1], means: [[mean]], deviations: [deviation] })

/** z/α at the end, from z/α at the start: along the probability flow, (z/α − μ)/√(s² + σ²/α²) stays. */
const exactEnd = (path: Path, z: number): number => {
  const [first, last] = [path[0], path[path.length - 1]]
  const width = (ratio: number): number => Math.hypot(deviation, ratio)
  return last.alpha * (mean + ((z / first.alpha - mean) * width(noiseRatio(last))) / width(noiseRatio(first)))
}

/** |z − exact| at the end of a path that starts 1.25 standard deviations of the noise off. */
const errorOf = async (sampler: Sampler, path: Path): Promise<number> => {
  const rows = sampler.coefficients(path)
  const z = path[0].sigma * 1.25
  const [{ z: end }] = walk(sampler, tableOf(rows, lifted), rows.length)(
    denoise,
    doubled([z], [1, 1]) as Tensor<Shape>,
    () => doubled([0], [1, 1]),
  )
  const exact = doubled([exactEnd(path, z)], [1, 1])
  const [error] = await numbers(minus(end, exact), inDoubles)
  return Math.abs(error)
}
/** ln SNR in a straight line: from a noise of e⁵ times the data's scale to one of e⁻⁵. */
const steady: Process = { family: 'variance-preserving', logSnr: time => 10 - 20 * time }
const flow: Process = { family: 'rectified-flow', logSnr: time => 2 * Math.log((1 - time) / time) }
const families: readonly Family[] = [
  'variance-preserving',
  'sub-variance-preserving',
  'variance-exploding',
  'rectified-flow',
]

/** To the last noisy level: the jump from there to the data is not a matter of the number of steps. */
const pathOf = (process: Process, steps: number): Path => {
  const ends = process === flow ? { first: 0.95, last: 0.05 } : { first: 1, last: 0.01 }
  return continuousPath(linspace, process, ends)(steps + 1).slice(0, -1)
}

/** Every deterministic sampler, with its options, and the steps between which its order is seen. */
const rows: readonly (readonly [name: string, sampler: Sampler, steps: number, process: Process])[] = [
  ['ddim', samplers.ddim, 128, steady],
  ['euler', samplers.euler, 128, steady],
  ['heun', samplers.heun, 64, steady],
  ['dpm-solver-2m', samplers['dpm-solver-2m'], 128, steady],
  ['dpm-solver-2m-sde without noise', dpmSolver2mSde({ eta: 0 }), 128, steady],
  ['unipc', samplers.unipc, 64, steady],
  ['unipc in the form bh1', uniPc({ form: 'bh1' }), 128, steady],
  ['lms of order 1', lms({ order: 1 }), 128, steady],
  ['lms of order 2', lms({ order: 2 }), 128, steady],
  ['lms of order 3', lms({ order: 3 }), 128, steady],
  ['lms', samplers.lms, 128, steady],
  ['flow-euler', samplers['flow-euler'], 64, flow],
  ['flow-heun', samplers['flow-heun'], 64, flow],
]

describe('the error against the exact probability flow of a normal density', () => {
  it.each(rows)('%s falls as its order says', async (_, sampler, steps, process) => {
    const [coarse, fine] = await Promise.all(
      [steps, 2 * steps].map(n => errorOf(sampler, pathOf(process, n))),
    )
    const slope = Math.log2(coarse / fine)
    expect({ slope, within: Math.abs(slope - sampler.order) <= 0.25 }).toEqual({ slope, within: true })
    expect(fine).toBeLessThan(0.05)
  })

  it('has a row for each deterministic sampler', () => {
    const seen = new Set(rows.map(([, { name }]) => name))
    const all = Object.values(samplers).filter(({ stochastic }) => !stochastic)
    expect(all.filter(({ name }) => !seen.has(name))).toEqual([])
  })

  it.each(families)('is the same in z/α for every family: %s', async family => {
    // 2M acts on z/σ and σ/α alone, so that the family is only a change of scale.
    const errors = await Promise.all(
      [family, 'variance-exploding' as const].map(async of => {
        const path = pathOf({ ...steady, family: of }, 20)
        return (await errorOf(samplers['dpm-solver-2m'], path)) / path[20].alpha
      }),
    )
    expect(Math.abs(errors[0] / errors[1] - 1)).toBeLessThan(1e-5)
  })
})
