import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  add,
  broadcastShapes,
  key,
  ndarray,
  scalar,
  ShapeError,
  sum,
  tensor,
  vjp,
  type Shape,
} from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { inside, type AnyDistribution } from '../distribution.js'
import {
  Beta,
  Binomial,
  Categorical,
  ContinuousBernoulli,
  Gamma,
  kl,
  MultivariateNormal,
  Normal,
  Poisson,
  toEvent,
  transformed,
  transforms,
  Uniform,
} from '../index.js'
import { numbers } from '../laws/evaluate.testing.js'
import { table as continuous } from '../continuous/table.testing.js'
import { table as discrete } from '../discrete/table.testing.js'
import type { Written } from '../laws/fixtures.testing.js'
import type { Given, Row } from '../laws/table.testing.js'
import { table as multivariate } from '../multivariate/table.testing.js'
import { estimated } from './estimate.js'
import { forms } from './forms.js'

const families: Readonly<Record<string, Row>> = { ...continuous, ...discrete, ...multivariate }

interface Case {
  readonly p: Given
  readonly q: Given
  readonly value: Written
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/kl.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly Case[]>>

const pairOf = (pair: string, { p, q }: Case): readonly [AnyDistribution, AnyDistribution] => {
  const [first, second] = pair.split('‖')
  return [families[first].build(p), families[second].build(q)]
}

/** Draws of small concentrations lie closer to an end, where the density is infinite, than single precision tells. */
const hasBoundedDraws = ({ p, value }: Case): boolean =>
  typeof value === 'number' &&
  ['alpha', 'beta', 'concentration'].every(name => [p[name] ?? 1].flat().every(x => (x as number) >= 0.5))

const closedOf = (p: AnyDistribution, q: AnyDistribution) =>
  kl(p, q as never) as unknown as { readonly form: string; readonly value: Real }

const valueOf = async (p: AnyDistribution, q: AnyDistribution): Promise<number> => {
  const found = closedOf(p, q)
  expect(found.form).toBe('closed')
  return (await numbers(found.value))[0]
}

it('has fixtures for every row of the table', () => {
  expect(Object.keys(fixtures).sort()).toEqual(Object.keys(forms).sort())
})

describe.each(Object.entries(fixtures))('%s', (pair, cases) => {
  it('is what PyTorch or quadrature says, within 1e-5, and 1e-6 nats below 0.1', async () => {
    for (const given of cases) {
      const found = await valueOf(...pairOf(pair, given))
      const expected = Number(given.value)
      const error = found === expected ? 0 : Math.abs(found - expected) / Math.max(Math.abs(expected), 0.1)
      if (!(error <= 1e-5)) throw new Error(`${JSON.stringify(given)}: found ${found}: off by ${error}`)
    }
  })

  const draws = 20_000
  it('is the mean of 20 000 draws within 4 standard errors', async () => {
    for (const given of cases.filter(hasBoundedDraws).slice(0, 6)) {
      const [p, q] = pairOf(pair, given).map(inside)
      const { value, standardError } = estimated(p, q, []).estimate(draws)(key(11))
      const [[mean], [error]] = [await numbers(value), await numbers(standardError)]
      // Where draws hardly differ, their mean is rounded.
      expect(Math.abs(mean - Number(given.value))).toBeLessThanOrEqual(4 * error + 2e-6)
    }
  })

  it('broadcasts batches', async () => {
    const given = cases.filter(({ value }) => typeof value === 'number').slice(0, 2)
    for (const { p, q } of given) {
      const [first, second] = pairOf(pair, { p, q, value: 0 })
      const { value } = closedOf(first, families[second.family].build(repeated(q, 2)))
      expect(value.shape).toEqual([2])
      const [a, b] = await numbers(value)
      expect(a).toBe(b)
      expect(a).toBeCloseTo(await valueOf(first, second), 4)
    }
  })
})

/** Parameters with a first axis of `count` equal ones. */
const repeated = (given: Given, count: number): Given =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const one = tensor(value as number[]) as Real
      const shape = broadcastShapes<string, readonly Shape[]>('repeated', one.shape) as Shape
      const flat = [value].flat(3) as number[]
      return [name, ndarray(Array.from({ length: count }, () => flat).flat(), [count, ...shape])]
    }),
  )

describe('wrappers', () => {
  const p = Normal({ loc: [0, 1, -2], scale: [1, 0.5, 2] })
  const q = Normal({ loc: 0.5, scale: [1, 1, 3] })

  it('sum over the axes of an event', async () => {
    const found = kl(toEvent(1)(p), toEvent(1)(q))
    expect(found.form).toBe('closed')
    const parts = await numbers(kl(p, q).value)
    expect((await numbers(found.value))[0]).toBeCloseTo(
      parts.reduce((a, b) => a + b, 0),
      5,
    )
  })

  it('see through one and the same transform', async () => {
    const bend = transformed(transforms.softplus)
    const found = kl(bend(p), bend(q))
    if (found.form !== 'closed') throw new Error('estimated')
    expect(await numbers(found.value)).toEqual(await numbers(kl(p, q).value))
    expect(kl(bend(p), transformed(transforms.exp)(q)).form).toBe('estimated')
  })

  it('are seen through where they make no event of an axis', async () => {
    const parts = await numbers(kl(p, q).value)
    const bare = toEvent(0)
    for (const found of [kl(bare(p), q), kl(p, bare(q)), kl(bare(bare(p)), bare(q))]) {
      expect(found.form).toBe('closed')
      expect(await numbers(found.value)).toEqual(parts)
    }
  })

  it('have no closed form where their axes differ', () => {
    const vectors = toEvent(1)(MultivariateNormal({ loc: [[0]], covariance: [[1]] }))
    expect(kl(toEvent(2)(Normal({ loc: [[0]], scale: 1 })), vectors).form).toBe('estimated')
  })

  it('estimate what has no form, with a standard error', async () => {
    const found = kl(
      transformed(transforms.exp)(Normal({ loc: 0, scale: 0.5 })),
      Gamma({ concentration: 2, rate: 1.5 }),
    )
    expect(found.form).toBe('estimated')
    const { value, standardError } = found.estimate(50_000)(key(3))
    // −H(LogNormal) − α ln β + ln Γ(α) − (α − 1)E[ln x] + βE[x], with E[ln x] = 0 and E[x] = e^(1/8).
    const exact = -(0.5 + 0.5 * Math.log(2 * Math.PI * 0.25)) - 2 * Math.log(1.5) + 1.5 * Math.exp(0.125)
    const [[mean], [error]] = [await numbers(value), await numbers(standardError)]
    expect(Math.abs(mean - exact)).toBeLessThan(4 * error)
    expect(error).toBeLessThan(0.01)
  })
})

it('is known where a uniform distribution begins at 0', async () => {
  const p = Uniform({ low: 0, width: 1 })
  expect(await numbers(kl(p, Beta({ alpha: 1, beta: 1 })).value)).toEqual([0])
  // E[x] of an exponential density e⁻ˣ.
  expect(await numbers(kl(p, Gamma({ concentration: 1, rate: 1 })).value)).toEqual([0.5])
})

it('is known where a uniform distribution is the whole of [0, 1]', async () => {
  const [whole, even] = [Uniform({ low: 0, width: 1 }), ContinuousBernoulli({ logits: 0 })]
  for (const { value } of [kl(whole, even), kl(even, whole)])
    expect((await numbers(value))[0]).toBeCloseTo(0, 6)
  expect(await numbers(kl(Uniform({ low: 0, width: 1.5 }), even).value)).toEqual([Infinity])
  // η = 2: the mean 1/(1 − e⁻²) − ½, the density e^(2x)·2/(e² − 1).
  const steep = kl(whole, ContinuousBernoulli({ logits: 2 }))
  expect((await numbers(steep.value))[0]).toBeCloseTo(Math.log((Math.exp(2) - 1) / 2) - 1, 6)
})

it('is estimated where binomial distributions have no closed form', () => {
  const of = (totalCount: Parameters<typeof Binomial>[0]['totalCount']) =>
    Binomial({ totalCount, probs: [0.3, 0.4] })
  const computed = add(0)(scalar(12))
  expect(kl(of(12), of(12)).form).toBe('closed')
  expect(kl(of(13), of([12, 12])).form).toBe('closed')
  for (const [p, q] of [
    [of(12), of(13)],
    [of(computed), of(12)],
    [of([12, 13]), of(12)],
  ] as const)
    expect(kl(p, q).form).toBe('estimated')
})

it('has gradients', async () => {
  const [, back] = vjp(
    ({ loc, scale }: { readonly loc: Real; readonly scale: Real }) =>
      sum()(kl(Normal({ loc, scale }), Normal({ loc: 0, scale: 1 })).value) as Real,
    { loc: scalar(0.7), scale: scalar(0.4) },
  )
  const { loc, scale } = back(scalar(1))
  // μ and σ − 1/σ.
  expect((await numbers(loc))[0]).toBeCloseTo(0.7, 6)
  expect((await numbers(scale))[0]).toBeCloseTo(0.4 - 2.5, 5)
})

it('says what does not fit', () => {
  expect(() =>
    kl(toEvent(1)(Normal({ loc: [0, 0], scale: 1 })), toEvent(1)(Normal({ loc: [0, 0, 0], scale: 1 }))),
  ).toThrow(new ShapeError('kl: the events [2] and [3] differ'))
  expect(() => kl(Poisson({ rate: 1 }), Normal({ loc: 0, scale: 1 }))).toThrow(
    new RangeError('kl: Poisson and Normal have no density in common'),
  )
  expect(() => kl(Categorical({ probs: [0.5, 0.5] }), Poisson({ rate: 1 }))).toThrow(
    new RangeError('kl: Categorical and Poisson have no density in common'),
  )
  expect(() =>
    kl(
      toEvent(1)(Normal({ loc: [0], scale: 1 })),
      MultivariateNormal({ loc: [0], scaleTril: [[1]] }),
    ).estimate(1)(key(1)),
  ).toThrow(new RangeError('kl: a standard error needs 2 draws at least, not 1'))
})
