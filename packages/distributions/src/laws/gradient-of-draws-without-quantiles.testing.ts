import { describe, expect, it } from '@jest/globals'
import { constant, cos, key, ndarray, scalar, vjp } from '@elbo/tensor'
import { plus, spread, sumLast, times, type Real } from '../arithmetic.js'
import { inside, type AnyDistribution, type Dynamic } from '../distribution.js'
import { numbers } from './evaluate.testing.js'
import { expectClose } from './closeness.testing.js'
import { differences, total } from './differences.testing.js'
import { fixturesOf, lifted, type Fixture } from './fixtures.testing.js'
import type { Row } from './table.testing.js'

/*
 * Gradients of draws where there is no quantile to compare them with. Under one key a draw is a function of the parameters. In some of them it
 * is smooth, and has differences. In others it jumps where another proposal is accepted: there the mean of its gradients is held to the gradient
 * of a mean that is known.
 */

/** A number made of a draw, one for each event, and its mean as a function of the parameters. */
export interface Expectation {
  readonly of: (x: Real) => Real
  readonly mean: Real
}

export interface Drawn {
  /** Parameters in which a draw under one key is smooth. */
  readonly smooth?: readonly string[]
  /** For the others. */
  readonly expectations?: (d: AnyDistribution) => readonly Expectation[]
}

/** Numbers that tell the elements of an event apart: a simple sum of shares has no gradient. */
const weights = (d: Dynamic): Real => {
  const size = d.eventShape.reduce((a, b) => a * b, 1)
  return constant(
    ndarray(
      Array.from({ length: size }, (_, i) => Math.cos(1 + 2 * i)),
      d.eventShape,
    ),
  )
}

/** A weighted sum of a draw's elements, and of their squares, by mean and variance. */
export const byMoments = (given: AnyDistribution): readonly Expectation[] => {
  const d = inside(given)
  const [w, rank] = [weights(d), d.eventShape.length]
  const mean = (d.mean as () => Real)()
  const squares = plus((d.variance as () => Real)(), times(mean, mean))
  return [
    { of: x => sumLast(times(w, x), rank), mean: sumLast(times(w, mean), rank) },
    { of: x => sumLast(times(w, x, x), rank), mean: sumLast(times(w, squares), rank) },
  ]
}

const seed = key(20_240_608)
const [few, many] = [5, 20_000]

type Parameters = Readonly<Record<string, Real>>

const expectDifferences = async (build: Row['build'], all: Parameters, smooth: Parameters): Promise<void> => {
  const f = (p: Parameters): Real => {
    const d = inside(build({ ...all, ...p }))
    const x = (d.sample as NonNullable<Dynamic['sample']>)([few])(seed)
    return total(times(cos(x), weights(d)))
  }
  const expected = await differences(smooth, f, 1e-4)
  const slopes = vjp(f, smooth)[1](scalar(1))
  for (const [name, slope] of Object.entries(slopes))
    expectClose(await numbers(slope), expected[name], Math.max(...expected[name].map(Math.abs), 1e-3), 2e-3)
}

/** One gradient for each draw: every draw has parameters of its own. */
const expectMeans = async (
  build: Row['build'],
  all: Parameters,
  rough: Parameters,
  about: NonNullable<Drawn['expectations']>,
): Promise<void> => {
  const copies = Object.fromEntries(
    Object.entries(rough).map(([name, x]) => [name, spread([many, ...x.shape])(x)]),
  )
  const count = about(build(all)).length
  for (let at = 0; at < count; at++) {
    const expected = vjp((p: Parameters) => total(about(build({ ...all, ...p }))[at].mean), rough)[1](
      scalar(1),
    )
    const found = vjp((p: Parameters) => {
      const d = inside(build({ ...all, ...p }))
      const x = (d.sample as NonNullable<Dynamic['sample']>)()(seed)
      return total(about(build(all))[at].of(x))
    }, copies)[1](scalar(1))
    for (const name of Object.keys(rough)) {
      const [means, slopes] = [await numbers(expected[name]), await numbers(found[name])]
      const errors = means.map((mean, i) => {
        const own = slopes.filter((_, place) => place % means.length === i)
        const average = own.reduce((a, b) => a + b, 0) / many
        const variance = own.reduce((a, b) => a + (b - average) ** 2, 0) / many
        const error = Math.sqrt(variance / many)
        expect(Math.abs(average - mean)).toBeLessThan(4.5 * error + 1e-4 * Math.abs(mean))
        return error
      })
      // So that a gradient that is missing, or half of what it should be, shows.
      expect(Math.max(...errors)).toBeLessThan(0.1 * Math.max(...means.map(Math.abs)))
    }
  }
}

/** The laws of draws for each family of a table whose draws have gradients and no quantiles. */
export const walkDraws = (
  fixtures: string,
  table: Readonly<Record<string, Row>>,
  entries: Readonly<Record<string, Drawn>>,
): void => {
  const cases = fixturesOf(fixtures)
  const concerned = Object.entries(table).filter(([family, { build }]) => {
    const d = inside(build(cases[family][0].parameters))
    return d.reparameterized && d.icdf === undefined
  })
  it('has every family whose draws have gradients and no quantiles', () =>
    expect(Object.keys(entries).sort()).toEqual(concerned.map(([family]) => family).sort()))
  describe.each(concerned)('gradients of draws: %s', (family, { build }) => {
    it.each(
      cases[family].map((fixture): readonly [string, Fixture] => [
        JSON.stringify(fixture.parameters),
        fixture,
      ]),
    )('%s', async (_, { parameters }) => {
      const { smooth = [], expectations } = entries[family]
      const all = lifted(parameters)
      const part = (isSmooth: boolean): Parameters =>
        Object.fromEntries(Object.entries(all).filter(([name]) => smooth.includes(name) === isSmooth))
      if (Object.keys(part(true)).length > 0) await expectDifferences(build, all, part(true))
      if (Object.keys(part(false)).length === 0) return
      if (expectations === undefined)
        throw new Error(`nothing holds gradients in ${Object.keys(part(false)).join()}`)
      await expectMeans(build, all, part(false), expectations)
    })
  })
}
