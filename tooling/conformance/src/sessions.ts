import {
  run,
  type AnyTensor,
  type Backend,
  type BackendError,
  type Executed,
  type NDArray,
  type Program,
  type Session,
} from '@elbo/tensor'
import { apply, flatten, primitives, type PrimitiveName, type Primitive } from '@elbo/tensor/internals'
import { describe, expect, it } from '@jest/globals'
import type { Either } from 'fp-ts/lib/Either.js'
import { placeholdersFor } from './case.js'
import { listed } from './values.js'

const call = (name: PrimitiveName, inputs: readonly AnyTensor[], params: object = {}): AnyTensor =>
  apply(primitives[name] as unknown as Primitive, inputs, params)

type Step = (
  state: readonly AnyTensor[],
  inputs: readonly AnyTensor[],
) => readonly [next: readonly AnyTensor[], outputs: readonly AnyTensor[]]

const programOf = (state: readonly NDArray[], inputs: readonly NDArray[], step: Step): Program => {
  const [slots, given] = [placeholdersFor(state), placeholdersFor(inputs)]
  const [nextState, outputs] = step(slots, given)
  return flatten({ state: slots, inputs: given, nextState, outputs })
}

const numbers = (values: readonly NDArray[]): readonly (readonly number[])[] =>
  values.map(({ data }) => Array.from(data))

const one = listed([1])
const add = (a: AnyTensor, b: AnyTensor): AnyTensor => call('add', [a, b])

/** `total ← total + x`, giving the old total and the new. */
const running = programOf([one], [one], ([total], [x]) => {
  const next = add(total, x)
  return [[next], [total, next]]
})

const leftOf = <A>(result: Either<BackendError, A>): BackendError | undefined =>
  result._tag === 'Left' ? result.left : undefined

/** Registers what a session promises, whatever the program computes. */
export const sessionTests = (backend: () => Backend, executed: Executed): void => {
  const opened = (program: Program, state: readonly NDArray[]): Promise<Session> =>
    run(backend().open(program, state))

  const using = async <A>(
    program: Program,
    state: readonly NDArray[],
    use: (session: Session) => Promise<A>,
  ): Promise<A> => {
    const session = await opened(program, state)
    try {
      return await use(session)
    } finally {
      await run(session.dispose)
    }
  }

  describe('keeps its sessions in order', () => {
    it('tells what they run on', () =>
      using(running, [one], session => {
        expect(session.executed).toEqual(executed)
        return Promise.resolve()
      }))

    it('carries the state through a thousand steps', () =>
      using(running, [one], async session => {
        for (let i = 0; i < 1000; i++) {
          const [before, after] = await run(session.step([listed([i])]))
          expect([before.data[0], after.data[0]]).toEqual([1 + (i * (i - 1)) / 2, 1 + (i * (i + 1)) / 2])
        }
        expect(numbers(await run(session.state))).toEqual([[499501]])
      }))

    it.each<readonly [string, Step, (values: readonly number[], x: number) => readonly number[]]>([
      [
        'changes places',
        ([a, b, c], [x]) => [
          [b, a, c],
          [a, x],
        ],
        ([a, b, c]) => [b, a, c],
      ],
      ['goes round', ([a, b, c]) => [[b, c, a], [b]], ([a, b, c]) => [b, c, a]],
      ['becomes one value', ([a]) => [[a, a, a], []], ([a]) => [a, a, a]],
      ['becomes the input', (_, [x]) => [[x, x, x], [x]], (_, x) => [x, x, x]],
      ['stays', state => [state, state], state => state],
      [
        'is half new',
        ([a, b, c], [x]) => [
          [add(b, x), add(a, x), c],
          [a, b],
        ],
        ([a, b, c], x) => [b + x, a + x, c],
      ],
      [
        'is overwritten while it is read',
        ([a, b, c], [x]) => [
          [add(a, b), add(add(a, b), c), add(a, x)],
          [a, b, c],
        ],
        ([a, b, c], x) => [a + b, a + b + c, a + x],
      ],
    ])('has right state where it %s', (_, step, meaning) => {
      const state = [listed([1]), listed([2]), listed([4])]
      return using(programOf(state, [one], step), state, async session => {
        let expected: readonly number[] = [1, 2, 4]
        for (const x of [10, 20, 30]) {
          await run(session.step([listed([x])]))
          expected = meaning(expected, x)
          expect(numbers(await run(session.state)).flat()).toEqual(expected)
        }
      })
    })

    it('gives an old value as an output although the state has changed', () =>
      using(
        programOf([one, one], [one], ([a, b], [x]) => [
          [b, add(a, x)],
          [a, b, a, x],
        ]),
        [listed([3]), listed([5])],
        async session => {
          expect(numbers(await run(session.step([listed([10])]))).flat()).toEqual([3, 5, 3, 10])
          expect(numbers(await run(session.step([listed([20])]))).flat()).toEqual([5, 13, 5, 20])
        },
      ))

    it('shares no array with its caller', () => {
      const [initial, input] = [listed([1]), listed([2])]
      const handsOn = programOf([one], [one], (_, [x]) => [[x], [x]])
      return using(handsOn, [initial], async session => {
        initial.data[0] = 77
        expect(numbers(await run(session.state))).toEqual([[1]])
        const [output] = await run(session.step([input]))
        input.data[0] = 77
        output.data[0] = 88
        const [state] = await run(session.state)
        expect(state.data[0]).toBe(2)
        state.data[0] = 99
        expect(numbers(await run(session.state))).toEqual([[2]])
      })
    })

    it('keeps outputs as they were when later steps run', () =>
      using(running, [one], async session => {
        const first = await run(session.step([one]))
        await run(session.step([listed([50])]))
        expect(numbers(first)).toEqual([[1], [2]])
      }))

    it('does nothing until a task is run, and each time that it is', () =>
      using(running, [one], async session => {
        const step = session.step([one])
        expect(numbers(await run(session.state))).toEqual([[1]])
        await run(step)
        await run(step)
        expect(numbers(await run(session.state))).toEqual([[3]])
      }))

    it('takes steps that are started together one after the other', () =>
      using(running, [one], async session => {
        const results = await Promise.all([1, 10, 100, 1000].map(x => run(session.step([listed([x])]))))
        expect(results.map(([, after]) => after.data[0])).toEqual([2, 12, 112, 1112])
      }))

    it('keeps sessions of one program apart', () =>
      using(running, [one], first =>
        using(running, [listed([100])], async second => {
          await run(first.step([one]))
          await run(second.step([one]))
          await run(first.step([one]))
          expect(numbers(await run(first.state))).toEqual([[3]])
          expect(numbers(await run(second.state))).toEqual([[101]])
        }),
      ))

    it.each<readonly [string, Program]>([
      ['nothing at all', programOf([], [], () => [[], []])],
      ['inputs alone', programOf([], [one], () => [[], []])],
      ['state alone', programOf([one], [], state => [state, []])],
      [
        'numbers alone',
        programOf([], [], () => [[], [call('full', [], { shape: [], dtype: 'f32', value: 7 })]]),
      ],
    ])('runs a program of %s', (_, program) =>
      using(program, new Array<NDArray>(program.state).fill(one), async session => {
        const outputs = await run(session.step(new Array<NDArray>(program.inputs).fill(one)))
        expect(numbers(outputs)).toEqual(program.outputs.map(() => [7]))
      }),
    )
  })

  describe('says what is wrong', () => {
    const ones = listed([1, 1])
    const program = programOf([ones], [ones, listed([1, 2], [2], 'i32')], ([a], [x]) => [[add(a, x)], [x]])
    const good = [ones, listed([1, 2], [2], 'i32')]

    it.each<readonly [string, readonly unknown[], string]>([
      ['too few inputs', [ones], 'the program takes 2 input values, not 1'],
      ['too many inputs', [...good, ones], 'the program takes 2 input values, not 3'],
      ['another shape', [listed([1, 2, 3]), good[1]], 'input 0 is f32[3]; the program takes f32[2]'],
      ['another rank', [listed([1, 2], [1, 2]), good[1]], 'input 0 is f32[1, 2]; the program takes f32[2]'],
      ['another element type', [ones, ones], 'input 1 is f32[2]; the program takes i32[2]'],
      [
        'data that do not fill the shape',
        [{ ...ones, data: new Float32Array(3) }, good[1]],
        'holds 3 elements',
      ],
      ['data of another type', [{ ...ones, data: new Float64Array(2) }, good[1]], 'Float32Array'],
      ['no data', [{ shape: [2], dtype: 'f32' }, good[1]], 'without data'],
    ])('to %s, and goes on as if nothing had been', (_, inputs, message) =>
      using(program, [ones], async session => {
        const error = leftOf(await session.step(inputs as readonly NDArray[])())
        expect(error).toMatchObject({ _tag: 'BadInput', backend: backend().name })
        expect(error?.message).toContain(message)
        await run(session.step(good))
        expect(numbers(await run(session.state))).toEqual([[2, 2]])
      }),
    )

    it.each<readonly [string, readonly unknown[]]>([
      ['missing', []],
      ['of another shape', [listed([1, 2, 3])]],
      ['of another element type', [listed([1, 2], [2], 'u32')]],
      ['without data', [{ shape: [2], dtype: 'f32' }]],
    ])('of an initial state that is %s', async (_, state) => {
      expect(leftOf(await backend().open(program, state as readonly NDArray[])())).toMatchObject({
        _tag: 'BadInput',
      })
    })

    it('of a session that was disposed, twice if need be', async () => {
      const session = await opened(program, [ones])
      const pending = session.step(good)
      await run(session.dispose)
      await run(session.dispose)
      expect(leftOf(await pending())).toMatchObject({ _tag: 'Disposed', backend: backend().name })
      expect(leftOf(await session.state())).toMatchObject({ _tag: 'Disposed' })
    })
  })
}
