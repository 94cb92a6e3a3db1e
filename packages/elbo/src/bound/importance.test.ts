import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { add, exp, grad, key, mean, mul, scalar, type AnyTensor, type Key, type Tensor } from '@elbo/tensor'
import { Normal, toEvent } from '@elbo/distributions'
import { expectMeans, overKeys, statistics } from '../estimates.testing.js'
import { condition } from '../interpret.js'
import {
  expectClose,
  fixture,
  inDoubles,
  matrix,
  mixtureData,
  mixtureGuide,
  mixtureModel,
  mixtureParameters,
  nonlinear,
  numbers,
  onCpu,
  ppca,
  ppcaData,
  ppcaGuide,
  ppcaModel,
  ppcaParameters,
  ppcaPosterior,
  type Nonlinear,
  type PpcaParameters,
} from '../models.testing.js'
import { Do, site } from '../program.js'
import { ProgramError } from '../sentence.js'
import { importanceWeighted, type ImportanceGradient } from './importance.js'

const observed = pipe(ppcaModel(ppcaParameters), condition({ x: ppcaData }))
const guide = ppcaGuide(ppcaParameters)

describe('the value', () => {
  it('is ln P(x) at the posterior, for any number of draws', async () => {
    for (const draws of [1, 7]) {
      const found = pipe(observed, importanceWeighted(ppcaPosterior, { draws }))(key(1))
      expectClose(await numbers(found.bound), ppca.logMarginal, 1e-5)
      expectClose(await numbers(found.effectiveSampleSize), [draws, draws, draws, draws], 1e-4)
    }
  })

  it('rises with the number of draws towards ln P(x), from ln P(x) − KL[q ‖ P(z | x)] for one', async () => {
    const counts = [1, 4, 16, 64]
    const found = await Promise.all(
      counts.map(async draws =>
        statistics(
          await overKeys(1000, k => [
            pipe(observed, importanceWeighted(guide, { draws, gradient: 'none' }))(k).bound,
          ]),
        ),
      ),
    )
    ppca.logMarginal.forEach((evidence, i) => {
      const along = found.map(each => each[i])
      const [one] = along
      expect(Math.abs(one.average - (evidence - ppca.guideGap[i]))).toBeLessThan(4 * one.error)
      along.forEach(({ average, error }, n) => {
        expect(average).toBeLessThan(evidence + 4 * error)
        if (n > 0)
          expect(average - along[n - 1].average).toBeGreaterThan(4 * Math.hypot(error, along[n - 1].error))
      })
      const last = along[along.length - 1]
      expect(evidence - last.average).toBeLessThan(0.2 * ppca.guideGap[i])
    })
  })

  it('tells its standard error and the number of draws that count', async () => {
    const draws = 50
    const { logWeights, standardError, effectiveSampleSize } = await onCpu(
      pipe(observed, importanceWeighted(guide, { draws }))(key(3)),
    )
    for (let i = 0; i < 4; i++) {
      const weights = Array.from({ length: draws }, (_, n) => Math.exp(logWeights.data[4 * n + i]))
      const average = weights.reduce((a, b) => a + b, 0) / draws
      const variance = weights.reduce((a, b) => a + (b - average) ** 2, 0) / (draws - 1)
      expect(standardError.data[i]).toBeCloseTo(Math.sqrt(variance / draws) / average, 4)
      const squares = weights.reduce((a, b) => a + b * b, 0)
      expect(effectiveSampleSize.data[i]).toBeCloseTo((average * draws) ** 2 / squares, 2)
    }
  })

  it.each([1, 2] as const)('finds the evidence of the nonlinear model in %i dimensions', async dimension => {
    const about = fixture<Nonlinear>(`nonlinear${dimension}`)
    const model = pipe(nonlinear(dimension as number, about), condition({ x: matrix(about.x, [3, 2]) }))
    const origin = matrix(
      about.x.map(() => Array.from({ length: dimension }, () => 0)),
      [3, dimension as number],
    )
    const prior = pipe(Do, site('z', pipe(Normal({ loc: origin, scale: 1 }), toEvent(1))))
    const found = await onCpu(
      pipe(model, importanceWeighted(prior, { draws: 40_000, gradient: 'none' }))(key(2)),
    )
    about.logMarginal.forEach((evidence, i) => {
      const error = found.standardError.data[i]
      expect(error).toBeLessThan(0.03)
      expect(Math.abs(found.bound.data[i] - evidence)).toBeLessThan(4 * error)
    })
  })
})

describe('the gradient', () => {
  const slopes =
    (draws: number, gradient: ImportanceGradient) =>
    (k: Key): readonly AnyTensor[] => {
      const { loc, logScale, w, sigma } = grad((p: PpcaParameters): Tensor<[]> =>
        mean()(
          pipe(
            ppcaModel(p),
            condition({ x: ppcaData }),
            importanceWeighted(ppcaGuide(p), { draws, gradient }),
          )(k).bound,
        ),
      )(ppcaParameters)
      return [loc, logScale, w, sigma]
    }
  const exact = [
    ...ppca.gradient.loc.flat(),
    ...ppca.gradient.logScale.flat(),
    ...ppca.gradient.w.flat(),
    ppca.gradient.sigma,
  ]

  it.each(['doublyReparameterized', 'plain'] as const)(
    '%s: with one draw, is the bound’s own in the mean',
    async gradient => {
      expectMeans(await overKeys(2000, slopes(1, gradient)), exact)
    },
  )

  it.each(['doublyReparameterized', 'plain'] as const)(
    '%s: with two draws, is what quadrature says in the mean',
    async gradient => {
      const about = fixture<{
        readonly x: readonly number[]
        readonly sigma: number
        readonly loc: readonly number[]
        readonly scale: readonly number[]
        readonly w: number
        readonly bound: readonly number[]
        readonly gradient: {
          readonly loc: readonly number[]
          readonly logScale: readonly number[]
          readonly w: number
        }
      }>('importance')
      const p = {
        loc: matrix(about.loc, [2]),
        logScale: matrix(about.scale.map(Math.log), [2]),
        w: scalar(about.w),
      }
      const boundOf = ({ loc, logScale, w }: typeof p, k: Key) => {
        const model = pipe(
          Do,
          site('z', Normal({ loc: [0, 0], scale: 1 })),
          site('x', ({ z }) => Normal({ loc: mul(w)(z), scale: about.sigma })),
        )
        const q = pipe(Do, site('z', Normal({ loc, scale: exp(logScale) })))
        return pipe(
          model,
          condition({ x: matrix(about.x, [2]) }),
          importanceWeighted(q, { draws: 2, gradient }),
        )(k).bound
      }
      const rows = await overKeys(4000, k => {
        const { loc, logScale, w } = grad((given: typeof p) => mean()(boundOf(given, k)))(p)
        return [boundOf(p, k), loc, logScale, w]
      })
      const { loc, logScale, w } = about.gradient
      expectMeans(rows, [...about.bound, ...loc, ...logScale, w])
    },
  )

  it('is the same in the mean by either estimator, the doubly reparameterised one with less variance in the guide', async () => {
    for (const draws of [4, 32]) {
      const [doubly, plain] = [
        statistics(await overKeys(2000, slopes(draws, 'doublyReparameterized'))),
        statistics(await overKeys(2000, slopes(draws, 'plain'), 2)),
      ]
      doubly.forEach(({ average, error }, i) =>
        expect(Math.abs(average - plain[i].average)).toBeLessThan(4 * Math.hypot(error, plain[i].error)),
      )
      const ofGuide = (all: typeof plain) => all.slice(0, 16).reduce((sum, { variance }) => sum + variance, 0)
      expect(ofGuide(doubly)).toBeLessThan(ofGuide(plain))
      // What the model depends on has one and the same estimator.
      for (let i = 16; i < doubly.length; i++)
        expect(doubly[i].variance / plain[i].variance).toBeCloseTo(1, 0)
    }
  })

  it('plain: is the slope of the value for given draws', async () => {
    const f = (p: PpcaParameters): Tensor<[]> =>
      mean()(
        pipe(
          ppcaModel(p),
          condition({ x: ppcaData }),
          importanceWeighted(ppcaGuide(p), { draws: 5, gradient: 'plain' }),
        )(key(6)).bound,
      )
    const { logScale } = grad(f)(ppcaParameters)
    const step = 1e-3
    const moved = async (by: number) => {
      const change = matrix(
        [
          [by, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        [4, 2],
      )
      return (
        await numbers(f({ ...ppcaParameters, logScale: add(change)(ppcaParameters.logScale) }), inDoubles)
      )[0]
    }
    const difference = ((await moved(step)) - (await moved(-step))) / (2 * step)
    expect(Math.abs((await numbers(logScale))[0] - difference)).toBeLessThan(2e-3)
  })

  it('none: is zero', async () => {
    for (const slope of slopes(3, 'none')(key(1))) for (const x of await numbers(slope)) expect(x).toBe(0)
  })
})

it('refuses a guide through whose draws no gradient passes', () => {
  const discrete = pipe(mixtureModel(mixtureParameters), condition({ x: mixtureData }))
  const stiff = mixtureGuide(mixtureParameters.guide)
  const asked = importanceWeighted(stiff, { draws: 2 }) as (model: unknown) => (k: Key) => unknown
  expect(() => asked(discrete)(key(1))).toThrow(
    new ProgramError(
      'importanceWeighted: site z: no gradient passes through draws of Categorical; see elbo, or gradient: none',
    ),
  )
  expect(() =>
    pipe(discrete, importanceWeighted(stiff, { draws: 2, gradient: 'none' }))(key(1)),
  ).not.toThrow()
})
