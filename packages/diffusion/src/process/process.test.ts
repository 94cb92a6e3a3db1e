import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  betasOf,
  cosine,
  cosineBetas,
  discreteProcess,
  discretise,
  fromBetas,
  interpolated,
  karras,
  lengthOf,
  levelAt,
  levelOf,
  linear,
  linearBetas,
  posterior,
  ProcessError,
  rectifiedFlow,
  scaledLinear,
  scaledLinearBetas,
  sigmoid,
  sigmoidBetas,
  subVariancePreserving,
  transition,
  varianceExploding,
  zeroTerminalSnr,
  type DiscreteProcess,
  type Family,
  type Process,
} from '../index.js'
import { schedules } from '../processes.testing.js'

interface Fixtures {
  readonly discrete: Readonly<
    Record<
      string,
      {
        readonly length: number
        readonly levels: readonly {
          readonly t: number
          readonly beta: number
          readonly alphaBar: number
          readonly logSnr: number
        }[]
      }
    >
  >
  readonly continuous: Readonly<
    Record<
      string,
      readonly {
        readonly time: number
        readonly alpha: number
        readonly sigma: number
        readonly logSnr: number
      }[]
    >
  >
  readonly rescaled: Readonly<Record<string, readonly number[]>>
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/process.json', import.meta.url), 'utf8'),
) as Fixtures

const expectNear = (found: number, expected: number, tolerance = 1e-11): void => {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-300)
  if (!(found === expected || error <= tolerance))
    throw new Error(`found ${found}, expected ${expected}: off by ${error}`)
}

const betaSchedules: Readonly<Record<string, (length: number) => DiscreteProcess>> = {
  linear: linearBetas,
  'scaled-linear': scaledLinearBetas,
  cosine: cosineBetas,
  sigmoid: sigmoidBetas,
}

describe('a schedule of β', () => {
  it.each(Object.entries(fixtures.discrete))('%s: β, ᾱ and ln SNR', (name, { length, levels }) => {
    const process = betaSchedules[name.split(' ')[0]](length)
    const betas = betasOf(process)
    expect(lengthOf(process)).toBe(length)
    for (const { t, beta, alphaBar, logSnr } of levels) {
      expectNear(betas[t - 1], beta)
      expectNear(process.levels[t].alpha ** 2, alphaBar)
      expect(Math.abs(process.levels[t].logSnr - logSnr)).toBeLessThan(1e-11)
      expect(process.levels[t].time).toBe(t / length)
    }
  })

  it('gives the β that it was made of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-7, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 20 }),
        betas => {
          betasOf(fromBetas(betas)).forEach((beta, i) => {
            expectNear(beta, betas[i], 1e-7)
          })
        },
      ),
    )
  })

  it('has .218 of the signal’s variance left where Prince’s notebook 18.3 ends', () => {
    const { levels } = fromBetas(Array.from({ length: 100 }, () => 0.01511))
    expect(levels[100].alpha ** 2).toBeCloseTo(0.218, 3)
  })
})

const continuous: Readonly<Record<string, Process>> = {
  linear: linear(),
  scaledLinear: scaledLinear(),
  cosine: cosine(),
  sigmoid: sigmoid(),
  subVariancePreserving: subVariancePreserving(),
  varianceExploding: varianceExploding(),
  karras: karras(),
  rectifiedFlow: rectifiedFlow(),
}

describe('a process in continuous time', () => {
  it.each(Object.entries(fixtures.continuous))('%s: α, σ and ln SNR', (name, levels) => {
    for (const { time, alpha, sigma, logSnr } of levels) {
      const level = levelOf(continuous[name])(time)
      expectNear(level.alpha, alpha)
      expectNear(level.sigma, sigma)
      expect(Math.abs(level.logSnr - logSnr)).toBeLessThan(1e-11)
    }
  })

  it.each([
    ['cosine', cosine()],
    ['sigmoid', sigmoid()],
    ['rectified flow', rectifiedFlow()],
  ])('%s begins with the data and ends without signal', (_, process) => {
    expect(levelOf(process)(0)).toEqual({ time: 0, alpha: 1, sigma: 0, logSnr: Infinity })
    expect(levelOf(process)(1)).toEqual({ time: 1, alpha: 0, sigma: 1, logSnr: -Infinity })
  })

  it('is the limit of β at many levels', () => {
    for (const [process, betas] of [
      [linear(), linearBetas(20_000)],
      [scaledLinear(), scaledLinearBetas(20_000)],
      [cosine(), cosineBetas(20_000)],
    ] as const)
      for (const t of [1000, 5000, 15_000])
        expect(Math.abs(process.logSnr(t / 20_000) - betas.levels[t].logSnr)).toBeLessThan(0.005)
  })
})

const families: readonly Family[] = [
  'variance-preserving',
  'sub-variance-preserving',
  'variance-exploding',
  'rectified-flow',
]

describe.each(families)('a level of a %s process', family => {
  it('shares out signal and noise as it should, at the ratio it was asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: -60, max: 60, noNaN: true }), logSnr => {
        const { alpha, sigma } = levelAt(family)(logSnr, 0.5)
        expect(Math.abs(2 * Math.log(alpha / sigma) - logSnr)).toBeLessThan(1e-12)
        const rule = {
          'variance-preserving': alpha ** 2 + sigma ** 2,
          'sub-variance-preserving': sigma + alpha ** 2,
          'variance-exploding': alpha,
          'rectified-flow': alpha + sigma,
        }
        expect(Math.abs(rule[family] - 1)).toBeLessThan(1e-12)
      }),
    )
  })
})

const ordered = fc
  .tuple(fc.nat(99), fc.nat(99), fc.nat(99))
  .map(ts => ts.toSorted((a, b) => a - b))
  .filter(([r, s, t]) => r < s && s < t)

describe.each(schedules)('%s', (_, processOf) => {
  it.each([1, 2, 3, 10, 100, 1000])('has less signal level by level: %i levels', length => {
    const { levels } = processOf(length)
    expect(levels[0]).toEqual({ time: 0, alpha: 1, sigma: 0, logSnr: Infinity })
    const wrong = levels.filter((level, t) => {
      if (t === 0) return false
      const before = levels[t - 1]
      const falls = level.logSnr < before.logSnr && level.alpha <= before.alpha && level.sigma >= before.sigma
      return !falls || level.time !== t / (levels.length - 1)
    })
    expect(wrong).toEqual([])
  })

  it('has kernels that follow each other (Chapman and Kolmogorov), and posteriors of their joint', () => {
    const { levels } = processOf(99)
    fc.assert(
      fc.property(ordered, ([r, s, t]) => {
        const [rs, st, rt] = [
          transition(levels[r], levels[s]),
          transition(levels[s], levels[t]),
          transition(levels[r], levels[t]),
        ]
        expectNear(rt.scale, st.scale * rs.scale)
        expectNear(rt.variance, st.scale ** 2 * rs.variance + st.variance, 1e-10)
        expectNear(transition(levels[0], levels[t]).variance, levels[t].sigma ** 2)
        // The mean of z_s, its variance, and its covariance with z_t are those of q(z_s | x) and q(z_t | z_s).
        const back = posterior(levels[s], levels[t])
        expectNear(back.ofZ * levels[t].alpha + back.ofX, levels[s].alpha)
        expectNear(back.ofZ ** 2 * levels[t].sigma ** 2 + back.variance, levels[s].sigma ** 2, 1e-10)
        expectNear(back.ofZ * levels[t].sigma ** 2, st.scale * levels[s].sigma ** 2)
      }),
    )
  })
})

describe('zero terminal SNR', () => {
  it.each(Object.entries(fixtures.rescaled))('is √ᾱ moved and scaled: %s levels', (name, expected) => {
    const length = Number(name)
    const { levels } = zeroTerminalSnr(linearBetas(length))
    const found = [1, 2, length / 2 + 1, length - 1, length].map(t => levels[t].alpha)
    expected.slice(0, 4).forEach((value, i) => {
      expectNear(found[i], value)
    })
    expect(levels[length]).toEqual({ time: 1, alpha: 0, sigma: 1, logSnr: -Infinity })
    expect(betasOf({ family: 'variance-preserving', levels })[length - 1]).toBe(1)
  })

  it('has a last step that forgets everything', () => {
    const { levels } = zeroTerminalSnr(linearBetas(10))
    expect(transition(levels[9], levels[10])).toEqual({ scale: 0, variance: 1 })
    expect(posterior(levels[9], levels[10])).toEqual({
      ofZ: 0,
      ofX: levels[9].alpha,
      variance: levels[9].sigma ** 2,
    })
  })
})

describe('between levels', () => {
  it('ln SNR is a line through them, whose levels are the levels', () => {
    const process = linearBetas(50)
    const again = discretise(50)(interpolated(process))
    again.levels.slice(1).forEach(({ logSnr }, i) => {
      expect(Math.abs(logSnr - process.levels[i + 1].logSnr)).toBeLessThan(1e-12)
    })
    const half = interpolated(process).logSnr(10.5 / 50)
    expectNear(half, (process.levels[10].logSnr + process.levels[11].logSnr) / 2)
  })
})

describe('what cannot be', () => {
  it.each<readonly [() => unknown, string]>([
    [() => fromBetas([]), 'a process of 0 levels: a positive whole number'],
    [() => fromBetas([0.1, 1, 0.1]), 'level 2: a β of 1: it is between 0 and 1'],
    [() => fromBetas([0.1, -0.1]), 'level 2: a β of -0.1: it is between 0 and 1'],
    [() => discretise(1.5)(linear()), 'a process of 1.5 levels: a positive whole number'],
    [
      () => discreteProcess('rectified-flow', [2, 2]),
      'level 2: a log-SNR of 2 after 2: each level has more noise than the one before',
    ],
    [() => discreteProcess('variance-exploding', [2, -Infinity]), 'level 2: noise of infinite variance'],
    [() => betasOf(discretise(3)(rectifiedFlow())), 'betasOf: a rectified-flow process has no β'],
    [
      () => zeroTerminalSnr(discretise(3)(karras())),
      'zeroTerminalSnr: a variance-exploding process: for variance-preserving ones',
    ],
    [() => zeroTerminalSnr(fromBetas([0.1])), 'zeroTerminalSnr: one level: it is the first and the last'],
    [() => interpolated(fromBetas([0.1])), 'interpolated: one level: there is nothing between levels'],
    [
      () => interpolated(discretise(3)(cosine())),
      'interpolated: the last level has no signal: no line leads there',
    ],
  ])('%#', (make, sentence) => {
    expect(make).toThrow(new ProcessError(sentence))
  })
})
