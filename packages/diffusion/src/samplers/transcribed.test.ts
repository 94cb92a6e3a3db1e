import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { cast, take, type Shape, type Tensor } from '@elbo/tensor'
import { plus, times, type Real } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'
import { levelAt, type Family, type Level } from '../process/level.js'
import { inDoubles, numbers } from '../evaluate.testing.js'
import { denoiserOf, doubled, lifted, type Mixture } from '../sampling/exact.testing.js'
import type { Path } from '../sampling/path.js'
import type { Sampler } from '../sampling/sampler.js'
import { tableOf } from '../sampling/table.js'
import { walk } from '../sampling/walk.js'
import { ancestral } from './ancestral.js'
import { ddim } from './ddim.js'
import { dpmSolver2mSde } from './dpm-solver-2m-sde.js'
import { eulerAncestral } from './euler-ancestral.js'
import { heun } from './heun.js'
import { lms } from './lms.js'
import { samplers } from './table.js'
import { uniPc } from './unipc.js'

/** What `fixtures/samplers.py` says that each sampler does, in double precision. */
const { mixture, start, noise, paths, cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/samplers.json', import.meta.url), 'utf8'),
) as {
  readonly mixture: Mixture
  readonly start: readonly number[]
  readonly noise: readonly (readonly number[])[]
  readonly paths: Readonly<Record<string, readonly Omit<Level, 'logSnr'>[]>>
  readonly cases: readonly {
    readonly sampler: string
    readonly family: Family
    readonly z: readonly (readonly number[])[]
  }[]
}

/** By the fixture's names: those of the table, and with options. */
const known: Readonly<Record<string, Sampler>> = {
  ...samplers,
  'ancestral-small': ancestral(),
  'ancestral-large': ancestral({ variance: 'large' }),
  'ancestral-learned': ancestral({ variance: 'learned' }),
  'ddim-half': ddim({ eta: 0.5 }),
  'ddim-full': ddim({ eta: 1 }),
  'euler-ancestral-half': eulerAncestral({ eta: 0.5 }),
  'heun-churn': heun({
    churn: {
      amount: 2,
      from: 0.1,
      to: 5,
      noise: 1.003,
      levelAt: logSnr => levelAt('variance-exploding')(logSnr, 0.5),
    },
  }),
  'lms-2': lms({ order: 2 }),
  'dpm-solver-2m-sde-half': dpmSolver2mSde({ eta: 0.5 }),
  'unipc-bh1': uniPc({ form: 'bh1' }),
}

const pathOf = (family: Family): Path =>
  paths[family].map(level => ({ ...level, logSnr: 2 * Math.log(level.alpha / level.sigma) }))

const exact = denoiserOf(mixture)
/** A model that has learned that variances stand a quarter of the way up. */
const denoise: Denoiser<Shape> = (z, level) => {
  const { x, epsilon } = exact(z, level)
  return { x, epsilon, varianceShare: plus(times(z, 0), 0.25) }
}

it.each(cases.map(each => [each.sampler, each.family, each.z] as const))(
  '%s takes the steps of its paper: %s',
  async (name, family, expected) => {
    const sampler = known[name]
    const rows = sampler.coefficients(pathOf(family))
    const [count, size] = [rows.length, start.length]
    const drawn: Real = doubled(noise.flat(), [noise.length, size, 1])
    const [, all] = walk(sampler, tableOf(rows, lifted), count)(
      denoise,
      doubled(start, [size, 1]) as Tensor<Shape>,
      step => (take(cast('i32')(step), 0) as (x: Real) => Real)(drawn),
    )
    const found = await numbers(all, inDoubles)
    expect(found).toHaveLength(expected.length * size)
    const worst = expected
      .flat()
      .reduce(
        (most, value, i) => Math.max(most, Math.abs(found[i] - value) / Math.max(1, Math.abs(value))),
        0,
      )
    expect(worst).toBeLessThan(1e-6)
  },
)

it('has a case for each sampler', () => {
  const seen = new Set(cases.map(each => known[each.sampler].name))
  expect(Object.values(samplers).filter(({ name }) => !seen.has(name))).toEqual([])
})
