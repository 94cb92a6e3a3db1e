import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as State from 'fp-ts/lib/State.js'
import { reference } from '../backends/reference/reference.js'
import { full, tensor } from '../ops/creation.js'
import { add, cast, ge, mul } from '../ops/elementwise.js'
import { take } from '../ops/indexing.js'
import type { Tensor } from '../graph/tensor.js'
import { evaluator } from '../runtime/evaluate.js'
import { run } from '../runtime/run.js'
import { normal, uniform } from './draws.js'
import {
  bind,
  certain,
  choice,
  enumerated,
  programs,
  rowsOf,
  states,
  total,
  weights,
} from './finite.testing.js'
import type { Finite, Program, Weights } from './finite.testing.js'
import { draw, genApplicative, generate, genFunctor, genMonad, replicate, type Gen } from './gen.js'
import { key } from './key.js'

const evaluate = evaluator(run(reference()))

/** So many runs of a program side by side. */
const count = 8_000
type Numbers = Tensor<[number], 'i32'>

const everywhere = (value: number): Numbers => full([count as number], value, 'i32')

/** For each number, its entry of a table. */
const entry =
  (table: readonly number[]) =>
  (x: Numbers): Tensor<[number]> =>
    take(x, 0)(tensor(table, [states as number]))

/** A function of numbers, as a table of its values. */
const applied =
  (table: readonly number[]) =>
  (x: Numbers): Numbers =>
    cast('i32')(entry(table)(x))

const appliedToTwo =
  (table: readonly (readonly number[])[]) =>
  (x: Numbers) =>
  (y: Numbers): Numbers => {
    const place: Numbers = pipe(x, mul(states), add(y))
    return cast('i32')(take(place, 0)(tensor(table.flat(), [states * states])))
  }

/** The next number, by weights that depend on the last. */
const step =
  (rows: readonly Weights[]) =>
  (x: Numbers): Gen<Numbers> =>
    draw(source => {
      const u = uniform([count as number])(source)
      const first = ge(entry(rows.map(([p]) => p))(x))(u)
      const second = ge(entry(rows.map(([p, q]) => p + q))(x))(u)
      return add(cast('i32')(second))(cast('i32')(first))
    })

/** A program as a `Gen`, by its instances. */
const drawn = (program: Program): Gen<Numbers> => {
  switch (program.is) {
    case 'of':
      return genMonad.of(everywhere(program.value))
    case 'map':
      return genFunctor.map(drawn(program.of), applied(program.table))
    case 'ap':
      return genApplicative.ap(
        genFunctor.map(drawn(program.left), appliedToTwo(program.table)),
        drawn(program.right),
      )
    case 'chain':
      return genMonad.chain(drawn(program.of), step(program.rows))
  }
}

/** What is drawn from a key, and the key that is left. */
const outcome = async (gen: Gen<Numbers>, seed: number) => {
  const [value, next] = gen(key(seed))
  const found = await evaluate({ value, next })
  return { value: found.value.data, next: found.next.data }
}

const seeds = fc.maxSafeNat()
const tables = rowsOf(fc.constantFrom(0, 1, 2))
const runs = { numRuns: 12, seed: 7 }

/** Two ways to write a `Gen`: the same draws, and the same key left. */
const same = async (seed: number, ...sides: readonly [Gen<Numbers>, Gen<Numbers>]): Promise<void> => {
  const [left, right] = await Promise.all(sides.map(gen => outcome(gen, seed)))
  expect(left).toEqual(right)
}

describe('the laws of', () => {
  it('a functor', () =>
    fc.assert(
      fc.asyncProperty(programs, tables, tables, seeds, async (program, f, g, seed) => {
        const { map } = genFunctor
        const gen = drawn(program)
        await same(
          seed,
          map(gen, x => x),
          gen,
        )
        await same(
          seed,
          map(map(gen, applied(f)), applied(g)),
          map(gen, x => applied(g)(applied(f)(x))),
        )
      }),
      runs,
    ))

  it('an applicative', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(programs, programs, programs),
        fc.tuple(rowsOf(tables), rowsOf(tables)),
        seeds,
        async ([p, q, r], [f, g], seed) => {
          const { ap, map, of } = genApplicative
          const [u, v] = [map(drawn(p), appliedToTwo(f)), map(drawn(q), appliedToTwo(g))]
          const w = drawn(r)
          await same(
            seed,
            ap(
              of((x: Numbers) => x),
              w,
            ),
            w,
          )
          const one = everywhere(1)
          await same(seed, ap(of(applied(f[0])), of(one)), of(applied(f[0])(one)))
          await same(
            seed,
            ap(u, of(one)),
            ap(
              of((h: (x: Numbers) => Numbers) => h(one)),
              u,
            ),
          )
          const composed = map(u, a => (b: (x: Numbers) => Numbers) => (x: Numbers) => a(b(x)))
          await same(seed, ap(ap(composed, v), w), ap(u, ap(v, w)))
        },
      ),
      runs,
    ))

  it('a monad', () =>
    fc.assert(
      fc.asyncProperty(programs, rowsOf(weights), rowsOf(weights), seeds, async (program, s, t, seed) => {
        const { ap, chain, map, of } = genMonad
        const gen = drawn(program)
        const one = everywhere(1)
        await same(seed, chain(of(one), step(s)), step(s)(one))
        await same(seed, chain(gen, of), gen)
        await same(
          seed,
          chain(chain(gen, step(s)), step(t)),
          chain(gen, x => chain(step(s)(x), step(t))),
        )
        // Its applicative is its own: the function comes first.
        const functions = map(
          step(s)(one),
          appliedToTwo([
            [0, 1, 2],
            [1, 2, 0],
            [2, 0, 1],
          ]),
        )
        await same(
          seed,
          ap(functions, gen),
          chain(functions, f => map(gen, f)),
        )
      }),
      runs,
    ))

  it('a monad, exactly, where programs are enumerated', () => {
    const equal = (a: Finite<number>, b: Finite<number>) => expect(total(a)).toEqual(total(b))
    fc.assert(
      fc.property(programs, rowsOf(weights), rowsOf(weights), (program, s, t) => {
        const [d, f, g] = [
          enumerated(program),
          (x: number) => choice(s[x as 0]),
          (x: number) => choice(t[x as 0]),
        ]
        equal(bind(certain(1), f), f(1))
        equal(bind(d, certain), d)
        equal(
          bind(bind(d, f), g),
          bind(d, x => bind(f(x), g)),
        )
      }),
    )
  })
})

describe('finite programs', () => {
  /** χ² that is exceeded once in a million, for 1 and 2 degrees of freedom: scipy.stats.chi2.isf(1e-6, [1, 2]). */
  const critical = [0, 23.928126960851525, 27.63102111592851]

  it('are drawn as often as their enumeration says', () =>
    fc.assert(
      fc.asyncProperty(programs, seeds, async (program, seed) => {
        const probabilities = total(enumerated(program))
        expect(probabilities.reduce((a, b) => a + b, 0)).toBe(1)
        const { data } = await evaluate(generate(key(seed))(drawn(program)))
        const counts = probabilities.map((_, i) => data.reduce((n, x) => n + (x === i ? 1 : 0), 0))
        expect(counts.reduce((a, b) => a + b, 0)).toBe(count)
        const possible = probabilities.flatMap((p, i) => (p > 0 ? [{ p, n: counts[i] }] : []))
        expect(possible.reduce((sum, { n }) => sum + n, 0)).toBe(count)
        const chi = possible.reduce((sum, { p, n }) => sum + (n - p * count) ** 2 / (p * count), 0)
        expect(chi).toBeLessThanOrEqual(critical[possible.length - 1])
      }),
      { numRuns: 60, seed: 11 },
    ))
})

describe('generators', () => {
  it('combine by fp-ts, each part from a key of its own', async () => {
    const parts = {
      record: sequenceS(genApplicative)({ a: draw(normal([2])), b: draw(normal([2])) }),
      array: RA.traverse(genApplicative)(() => draw(normal([2])))([0, 1]),
    }
    const { a, b } = generate(key(1))(parts.record)
    const [first, second] = generate(key(1))(parts.array)
    const drawnParts = (await evaluate([a, b, first, second])).map(({ data }) => Array.from(data))
    expect(drawnParts[0]).toEqual(drawnParts[2])
    expect(drawnParts[1]).toEqual(drawnParts[3])
    expect(drawnParts[0]).not.toEqual(drawnParts[1])
  })

  it('are written in do-notation', async () => {
    const walk = pipe(
      draw(normal([2])),
      State.bindTo('mean'),
      State.bind('x', ({ mean }) => draw(source => add(mean)(normal([2])(source)))),
    )
    const { mean, x } = generate(key(3))(walk)
    const [noise] = generate(key(3))(replicate(2)(draw(normal([2])))).slice(1)
    const [found, expected] = await evaluate([x, add(mean)(noise)])
    expect(found.data).toEqual(expected.data)
  })
})
