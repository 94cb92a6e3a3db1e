import { describe, expect, it } from '@jest/globals'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { reference } from '../backends/reference/reference.js'
import { ndarray, toNested } from '../graph/ndarray.js'
import type { Tensor } from '../graph/tensor.js'
import { arange, constant, scalar, tensor } from '../ops/creation.js'
import { add, mul } from '../ops/elementwise.js'
import { exp } from '../ops/functions.js'
import type { Backend, Session } from './backend.js'
import { evaluate, evaluator } from './evaluate.js'
import { run, TaskError } from './run.js'

interface Tally {
  opened: number
  disposed: number
}

/** The reference backend, counting; `delay` keeps each step waiting for as long. */
const counting = (tally: Tally, delay = 0): Promise<Backend> =>
  run(reference()).then(backend => ({
    name: 'counting',
    open: (program, state) =>
      pipe(
        backend.open(program, state),
        TE.map((session): Session => {
          tally.opened++
          return {
            ...session,
            step: inputs => () =>
              new Promise(resolve => setTimeout(resolve, delay)).then(() => session.step(inputs)()),
            dispose: () => {
              tally.disposed++
              return session.dispose()
            },
          }
        }),
      ),
  }))

const tallied = (delay?: number) => {
  const tally: Tally = { opened: 0, disposed: 0 }
  return { tally, evaluate: evaluator(counting(tally, delay)) }
}

/** An expression whose structure no other length shares. */
const ofLength = (length: number): Tensor<number[]> => mul(2)(arange(length))

describe('evaluate', () => {
  it('gives the value of an expression on the embedded backend, without any set-up', async () => {
    const value = await evaluate(
      add(1)(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    )
    expect(value).toEqual({ data: Float32Array.of(2, 3, 4, 5), shape: [2, 2], dtype: 'f32' })
    expect(toNested(value)).toEqual([
      [2, 3],
      [4, 5],
    ])
    expect(toNested(await evaluate(scalar(7)))).toBe(7)
  })

  it('gives a tree of values for a tree of expressions', async () => {
    const x = tensor([1, 2], [2])
    const { a, b } = await evaluate({ a: x, b: [mul(2)(x), x] as const })
    expect([a, ...b].map(({ data }) => Array.from(data))).toEqual([
      [1, 2],
      [2, 4],
      [1, 2],
    ])
  })

  it('compiles one structure once, whatever the data', async () => {
    const { tally, evaluate: value } = tallied()
    for (let i = 0; i < 10; i++)
      expect((await value(exp(constant(ndarray([i], [1]))))).data[0]).toBeCloseTo(Math.exp(i), -1)
    expect(tally.opened).toBe(1)
    await value(exp(constant(ndarray([1, 2], [2]))))
    await value(mul(2)(constant(ndarray([1], [1]))))
    await value(mul(3)(constant(ndarray([1], [1]))))
    expect(tally.opened).toBe(4)
  })

  it('tells apart numbers that print alike', async () => {
    const { evaluate: value } = tallied()
    const x = tensor([1], [1])
    const signs = []
    for (const number of [0, -0]) signs.push(Object.is((await value(mul(number)(x))).data[0], -0))
    expect(signs).toEqual([false, true])
    expect((await value(mul(NaN)(x))).data[0]).toBe(NaN)
    expect((await value(mul(Infinity)(x))).data[0]).toBe(Infinity)
  })

  it('lets go of the programs that were not used for longest', async () => {
    const { tally, evaluate: value } = tallied()
    for (let n = 1; n <= 40; n++) await value(ofLength(n))
    expect(tally).toEqual({ opened: 40, disposed: 8 })
    await value(ofLength(40))
    expect(tally.opened).toBe(40)
    await value(ofLength(1))
    expect(tally.opened).toBe(41)
  })

  it('lets go of none that is still at work', async () => {
    const { tally, evaluate: value } = tallied(5)
    const values = await Promise.all(Array.from({ length: 50 }, (_, i) => value(ofLength(i + 1))))
    expect(values.map(({ data }) => data.length)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(tally).toEqual({ opened: 50, disposed: 18 })
  })

  it('overlaps evaluations of one structure', async () => {
    const { tally, evaluate: value } = tallied(5)
    const values = await Promise.all([1, 2, 3].map(x => value(add(1)(tensor([x], [1])))))
    expect(values.map(({ data }) => data[0])).toEqual([2, 3, 4])
    expect(tally.opened).toBe(1)
  })

  it('throws what the backend says, and tries again next time', async () => {
    let failing = true
    const flaky = run(reference()).then((backend): Backend => ({
      name: 'flaky',
      open: (program, state) =>
        failing
          ? TE.left({ _tag: 'Unavailable', backend: 'flaky', message: 'not today' })
          : backend.open(program, state),
    }))
    const value = evaluator(flaky)
    const x = add(1)(tensor([1], [1]))
    await expect(value(x)).rejects.toThrow(
      new TaskError({ _tag: 'Unavailable', backend: 'flaky', message: 'not today' }),
    )
    failing = false
    expect((await value(x)).data[0]).toBe(2)
  })
})
