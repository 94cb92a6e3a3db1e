import * as t from '@elbo/tensor'
import { evaluator, open, optimise, run, spec, trace, type Backend, type Tensor } from '@elbo/tensor'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { listed } from './values.js'

/** Registers what graphics drivers and kernel compilers are known to get wrong; no other backend may either. */
export const trapTests = (backend: () => Backend): void => {
  const valueOf = async (x: t.AnyTensor): Promise<readonly number[]> =>
    Array.from((await evaluator(Promise.resolve(backend()))(x)).data)

  describe('steps into no trap', () => {
    it('tanh far from 0', async () => {
      const x = t.constant(listed([100, -100, 50, -50, Infinity, -Infinity, 20]))
      expect(await valueOf(t.tanh(x))).toEqual([1, -1, 1, -1, 1, -1, 1])
    })

    it('the logarithm of 0', async () => {
      expect(await valueOf(t.log(t.constant(listed([0, 1, Infinity]))))).toEqual([-Infinity, 0, Infinity])
    })

    it('0 times what is not finite', async () => {
      const x = t.constant(listed([NaN, Infinity, -Infinity, 1]))
      expect(await valueOf(t.mul(0)(x))).toEqual([NaN, NaN, NaN, 0])
    })

    it('loops of more than a thousand turns', async () => {
      const [n, rows] = [3001, 5000]
      const ones = t.constant(listed(new Array<number>(n).fill(1), [1, n]))
      const column = t.constant(listed(new Array<number>(n).fill(2), [n, 1]))
      expect(await valueOf(pipe(ones, t.matmul(column as Tensor<[number, 1]>)))).toEqual([2 * n])
      // More results than are worth splitting: each is one loop.
      const wide = t.constant(listed(new Array<number>(1500 * rows).fill(1), [1500, rows]))
      expect(new Set(await valueOf(t.sum(0)(wide)))).toEqual(new Set([1500]))
      const running = await valueOf(t.cumsum(1)(ones))
      expect([running[0], running[999], running[1000], running[n - 1]]).toEqual([1, 1000, 1001, n])
    })

    it('the same function on another shape', async () => {
      const evaluate = evaluator(Promise.resolve(backend()))
      for (const n of [4, 7, 2, 7]) {
        const x = listed(Array.from({ length: n }, (_, i) => i))
        const got = await evaluate(t.add(1)(t.constant(x)))
        expect(Array.from(got.data)).toEqual(Array.from({ length: n }, (_, i) => i + 1))
      }
      const step = (_: object, { x }: { readonly x: Tensor<[4]> }) => [{}, { y: t.add(1)(x) }] as const
      const session = await run(open(step, { state: {}, inputs: { x: spec([4]) } })(backend()))
      const other = await session.step({ x: listed([1, 2, 3]) } as never)()
      expect(other).toMatchObject({ _tag: 'Left', left: { _tag: 'BadInput' } })
      expect(Array.from((await run(session.step({ x: listed([1, 2, 3, 4]) as never }))).y.data)).toEqual([
        2, 3, 4, 5,
      ])
      await run(session.dispose)
    })

    it('whole numbers beyond 2²⁴', async () => {
      const words = listed([2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), -(2 ** 24) - 3], [4], 'i32')
      const bits = listed([2 ** 32 - 1, 2 ** 31 + 1, 2 ** 24 + 1, 0], [4], 'u32')
      const { program } = trace(
        (
          state: { readonly words: Tensor<[4], 'i32'> },
          { bits: more }: { readonly bits: Tensor<[4], 'u32'> },
        ) => [{ words: t.add(1)(state.words) }, { words: state.words, bits: more, sum: t.add(1)(more) }],
        { state: { words: spec([4], 'i32') }, inputs: { bits: spec([4], 'u32') } },
      )
      const session = await run(backend().open(optimise(program), [words]))
      const [kept, passed, sum] = await run(session.step([bits]))
      expect(Array.from(kept.data)).toEqual(Array.from(words.data))
      expect(Array.from(passed.data)).toEqual(Array.from(bits.data))
      expect(Array.from(sum.data)).toEqual([0, 2 ** 31 + 2, 2 ** 24 + 2, 1])
      const [next] = await run(session.state)
      expect(Array.from(next.data)).toEqual([2 ** 24 + 2, -(2 ** 31), 1 - 2 ** 31, -(2 ** 24) - 2])
      await run(session.dispose)
    })
  })
}
