import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { key, tensor, type Shape, type Tensor } from '@elbo/tensor'
import { inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import type { Denoiser } from '../process/denoiser.js'
import type { DiscreteProcess } from '../process/discrete.js'
import { fromEstimate, predictions, toEstimate, type Prediction } from '../process/prediction.js'
import { denoiserOf } from '../sampling/exact.testing.js'
import type { Path } from '../sampling/path.js'
import { sampleWith } from '../sampling/sample.js'
import type { Sampler } from '../sampling/sampler.js'
import { SamplingError } from '../sampling/sampling-error.js'
import { schedules } from '../sampling/schedules.testing.js'
import { discretePath, type Spacing } from '../spacing/spacing.js'
import { spacings } from '../spacing/table.js'
import { ancestral } from './ancestral.js'
import { ddim } from './ddim.js'
import { dpmSolver2mSde } from './dpm-solver-2m-sde.js'
import { eulerAncestral } from './euler-ancestral.js'
import { heun } from './heun.js'
import { lms } from './lms.js'
import { samplers } from './table.js'
import { uniPc } from './unipc.js'

const exact = denoiserOf({ weights: [0.25, 0.75], means: [[-1], [0.5]], deviations: [0.25, 0.5] })

/** Of one part, for what is done many times. */
const single = denoiserOf({ weights: [1], means: [[0.5]], deviations: [0.5] })

type Named<T> = readonly (readonly [name: string, value: T])[]
const everySampler = Object.entries(samplers) as Named<Sampler>
const everySpacing = Object.entries(spacings) as Named<Spacing>
const everySchedule: Named<DiscreteProcess> = Object.entries(schedules).map(([name, of]) => [name, of(12)])

/** Who counts in σ/α cannot start without signal. */
const needSignal: readonly string[] = ['euler', 'euler-ancestral', 'heun', 'lms']
const needFlow: readonly string[] = ['flow-euler', 'flow-heun']

/** Whether theory lets a sampler walk a path of a process, and whether a spacing can share out its noise. */
const allowed = (sampler: string, { family }: DiscreteProcess, path: Path): boolean =>
  (path[0].alpha > 0 || !needSignal.includes(sampler)) &&
  (family === 'rectified-flow' || !needFlow.includes(sampler))
const spaced = (spacing: string, { levels }: DiscreteProcess): boolean =>
  levels[12].alpha > 0 || !['karras', 'exponential'].includes(spacing)

/** A network that says one of the predictions, and is right: by way of it, the estimate is the exact one. */
const through =
  (family: DiscreteProcess['family'], prediction: Prediction): Denoiser<Shape> =>
  (z, level) => {
    const output = fromEstimate(family, prediction)(single(z, level), level)
    return toEstimate(family, prediction)(z, level, output)
  }

const shape: Shape = [3, 1]

describe.each(everySampler)('%s', (name, sampler) => {
  const pathsOf = (count: (salt: number) => number) =>
    everySchedule.flatMap(([schedule, process], i) =>
      everySpacing
        .filter(([spacing]) => spaced(spacing, process))
        .map(([spacing, of], j) => ({
          schedule,
          spacing,
          process,
          path: discretePath(of, process)(count(7 * i + 3 * j)),
        })),
    )

  it('walks every path on which it has a meaning, stop by stop, and says no to others', () => {
    for (const { process, path } of pathsOf(salt => 2 + (salt % 11))) {
      const coefficients = () => sampler.coefficients(path)
      if (!allowed(name, process, path)) {
        expect(coefficients).toThrow(SamplingError)
        continue
      }
      const rows = coefficients()
      expect(rows.map(({ level }) => level)).toEqual(path.slice(0, -1))
      for (const value of rows.flatMap(row => Object.values(row)))
        if (typeof value === 'number') expect(value).not.toEqual(NaN)
      expect(
        rows.flatMap(row => Object.values(row)).filter(value => Math.abs(value as number) === Infinity),
      ).toEqual([])
      expect(coefficients()).toEqual(rows)
    }
  })

  it('samples alike, whatever the network says of z', async () => {
    for (const { schedule, spacing, process, path } of pathsOf(() => 3)) {
      if (!allowed(name, process, path)) continue
      const draw = (denoise: Denoiser<Shape>) =>
        numbers(sampleWith(sampler, path)(denoise, [1, 1])(key(5)), inDoubles)
      const direct = await draw(single)
      for (const prediction of predictions) {
        // Of ε and of the score no x follows where there is no signal.
        if (['epsilon', 'score'].includes(prediction) && path[0].alpha === 0) continue
        const by = await draw(through(process.family, prediction))
        direct.forEach((value, i) => {
          const off = Math.abs(by[i] - value) / Math.max(1, Math.abs(value))
          if (!(off < 2e-6))
            throw new Error(`${schedule}, ${spacing}, ${prediction}: ${by[i]} in place of ${value}`)
        })
      }
    }
  })

  it.each(everySpacing)('keeps nothing from one sample to the next: %s', async (_, spacing) => {
    const process = schedules['rectified flow'](12)
    const smooth = { ...process, levels: process.levels.slice(0, -1) }
    const [short, long] = [3, 9].map(count => discretePath(spacing, smooth)(count))
    const draw = (path: Path, seed: number, from: Shape | Tensor<Shape> = shape) =>
      numbers(sampleWith(sampler, path)(exact, from)(key(seed)), onCpu)
    const first = await draw(long, 1)
    expect(first.every(Number.isFinite)).toBe(true)
    const other = await draw(short, 2)
    expect(await draw(long, 1)).toEqual(first)
    expect(await draw(short, 2)).toEqual(other)
    expect(await draw(long, 2)).not.toEqual(first)
    // A batch of one is the first of a batch, and for those without noise any row of it.
    expect(await draw(long, 1, [1, 1])).toEqual(first.slice(0, 1))
    // Two at once, with one value for a sampler.
    expect(await Promise.all([draw(long, 1), draw(short, 2)])).toEqual([first, other])
  })
})

describe('a sampler that adds no noise', () => {
  it.each(everySampler.filter(([, { stochastic }]) => !stochastic))(
    'treats each example of a batch on its own: %s',
    async (_, sampler) => {
      const process = schedules['rectified flow'](12)
      const path = discretePath(spacings.linspace, { ...process, levels: process.levels.slice(0, -1) })(6)
      const values = [-0.75, 0.25, 1.5]
      const draw = (z: readonly number[]) =>
        numbers(sampleWith(sampler, path)(exact, tensor(z, [z.length, 1]) as Tensor<Shape>)(key(1)), onCpu)
      const batch = await draw(values)
      for (const [i, value] of values.entries()) expect(await draw([value])).toEqual([batch[i]])
    },
  )
})

describe('samplers that are one another', () => {
  const path = discretePath(spacings.linspace, schedules['linear'](12))(7)
  const pairs: readonly (readonly [name: string, a: Sampler, b: Sampler])[] = [
    ['ddim with all the noise is ancestral', ddim({ eta: 1 }), ancestral()],
    ['euler is ddim without noise', samplers.euler, ddim()],
    ['euler-ancestral is ddim with all the noise', eulerAncestral(), ddim({ eta: 1 })],
    ['euler-ancestral without noise is euler', eulerAncestral({ eta: 0 }), samplers.euler],
    ['2M with noise is 2M where there is none', dpmSolver2mSde({ eta: 0 }), samplers['dpm-solver-2m']],
    ['lms of order 1 is euler', lms({ order: 1 }), samplers.euler],
  ]
  it.each(pairs)('%s', async (_, a, b) => {
    const [x, y] = await Promise.all(
      [a, b].map(sampler => numbers(sampleWith(sampler, path)(exact, shape)(key(3)), inDoubles)),
    )
    x.forEach((value, i) => expect(Math.abs(value - y[i])).toBeLessThan(2e-6))
  })

  it('flow-euler is ddim along a rectified flow', async () => {
    const straight = discretePath(spacings.linspace, schedules['rectified flow'](12))(7)
    const [x, y] = await Promise.all(
      [samplers['flow-euler'], ddim()].map(sampler =>
        numbers(sampleWith(sampler, straight)(exact, shape)(key(3)), inDoubles),
      ),
    )
    x.forEach((value, i) => expect(Math.abs(value - y[i])).toBeLessThan(2e-6))
  })
})

describe('options that cannot be', () => {
  it.each([
    ['ddim', () => ddim({ eta: 1.5 })],
    ['ddim', () => ddim({ eta: NaN })],
    ['eulerAncestral', () => eulerAncestral({ eta: -0.1 })],
    ['dpmSolver2mSde', () => dpmSolver2mSde({ eta: Infinity })],
    ['lms', () => lms({ order: 5 as 4 })],
    ['heun', () => heun({ churn: { amount: -1, levelAt: () => schedules['cosine'](2).levels[1] } })],
    [
      'uniPc',
      () =>
        uniPc({ form: 'bh1' }).coefficients(
          discretePath(spacings.linspace, schedules['rectified flow'](9))(4),
        ),
    ],
    [
      'ancestral',
      () =>
        sampleWith(
          ancestral({ variance: 'learned' }),
          discretePath(spacings.linspace, schedules['cosine'](9))(4),
        )(
          exact,
          shape,
        )(key(1)),
    ],
    ['ddim', () => ddim().coefficients([schedules['cosine'](2).levels[1]])],
    ['ddim', () => ddim().coefficients([...schedules['cosine'](4).levels])],
    [
      'ddim',
      () => sampleWith(ddim(), [...schedules['cosine'](4).levels].reverse().slice(0, 3))(exact, shape),
    ],
  ] as readonly (readonly [string, () => unknown])[])('of %s', (name, make) => {
    expect(make).toThrow(SamplingError)
    expect(make).toThrow(new RegExp(`^${name}`))
  })
})

it('each file of a sampler has its row in the table', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    file => !/\.(test|testing)\.ts$|^table\.ts$/.test(file),
  )
  expect(files.map(file => file.replace(/\.ts$/, '')).sort()).toEqual(Object.keys(samplers).sort())
})
