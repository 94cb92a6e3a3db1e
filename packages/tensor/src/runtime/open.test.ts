import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { reference } from '../backends/reference/reference.js'
import { ndarray } from '../graph/ndarray.js'
import type { Tensor } from '../graph/tensor.js'
import { valueAndGrad } from '../autodiff/grad.js'
import { add, mul, sub } from '../ops/elementwise.js'
import { square } from '../ops/functions.js'
import { matmul } from '../ops/products.js'
import { mean } from '../ops/reduction.js'
import { zipTrees } from '../tree/tree.js'
import { open } from './open.js'
import { run, TaskError } from './run.js'

type Params = { weight: Tensor<[2, 1]>; bias: Tensor<[1]> }
type Batch = { x: Tensor<[4, 2]>; y: Tensor<[4, 1]> }

const loss = ({ weight, bias }: Params, { x, y }: Batch): Tensor<[]> =>
  mean()(square(sub(y)(add(bias)(matmul(weight)(x)))))

/** Gradient descent on a line: all that a training step is. */
const step = (params: Params, batch: Batch) => {
  const [value, slope] = valueAndGrad((p: Params) => loss(p, batch))(params)
  const next = zipTrees((p, g) => sub(mul(0.1)(g as Tensor))(p as Tensor), params, slope)
  return [next, { loss: value }] as const
}

const state = { weight: ndarray([0, 0], [2, 1]), bias: ndarray([0], [1]) }
const inputs = { x: { shape: [4, 2], dtype: 'f32' }, y: { shape: [4, 1], dtype: 'f32' } } as const
const x = ndarray([0, 0, 0, 1, 1, 0, 1, 1], [4, 2])
/** y = 2 x₀ − x₁ + 3. */
const y = ndarray([3, 2, 5, 4], [4, 1])

describe('open', () => {
  it('trains: state in, loss out, as trees', async () => {
    const session = await run(pipe(reference(), TE.chain(open(step, { state, inputs }))))
    const losses: number[] = []
    for (let i = 0; i < 400; i++) losses.push((await run(session.step({ x, y }))).loss.data[0])
    expect(losses[0]).toBe(13.5)
    expect(losses[399]).toBeLessThan(1e-4)
    const { weight, bias } = await run(session.state)
    expect([...weight.data, ...bias.data].map(value => Math.round(value * 50) / 50)).toEqual([2, -1, 3])
    expect(session.executed).toEqual({ backend: 'reference', threads: 1 })
    await run(session.dispose)
    expect(await session.step({ x, y })()).toMatchObject({ _tag: 'Left', left: { _tag: 'Disposed' } })
  })

  it('gives the same bits whichever passes run', async () => {
    const trained = async (passes?: readonly []): Promise<readonly number[]> => {
      const about = passes === undefined ? { state, inputs } : { state, inputs, passes }
      const session = await run(pipe(reference(), TE.chain(open(step, about))))
      for (let i = 0; i < 10; i++) await run(session.step({ x, y }))
      const { weight, bias } = await run(session.state)
      return [...weight.data, ...bias.data]
    }
    expect(await trained()).toEqual(await trained([]))
  })

  it('finds inputs by their paths, in whatever order they are written', async () => {
    const difference = (_: object, { a, b }: { a: Tensor<[1]>; b: Tensor<[1]> }) => [{}, sub(b)(a)] as const
    const spec = { shape: [1], dtype: 'f32' } as const
    const session = await run(
      pipe(reference(), TE.chain(open(difference, { state: {}, inputs: { a: spec, b: spec } }))),
    )
    const [one, ten] = [ndarray([1], [1]), ndarray([10], [1])]
    expect((await run(session.step({ a: ten, b: one }))).data[0]).toBe(9)
    expect((await run(session.step({ b: one, a: ten }))).data[0]).toBe(9)
  })

  it('answers inputs of another form with a Left that names the leaf', async () => {
    const session = await run(pipe(reference(), TE.chain(open(step, { state, inputs }))))
    const left = (message: string) => ({
      _tag: 'Left',
      left: { _tag: 'BadInput', backend: 'reference', message },
    })
    expect(await session.step({ x } as never)()).toEqual(left('inputs: y is missing'))
    expect(await session.step({ x, y, z: x } as never)()).toEqual(left('inputs: z is not expected'))
    expect(await session.step({ x, y: 3 } as never)()).toEqual(
      left('tree: y is number; a tree holds records, arrays, tensors'),
    )
    expect(await session.step({ x, y: x } as never)()).toEqual(
      left('input 1 is f32[4, 2]; the program takes f32[4, 1]'),
    )
  })

  it('throws at once where the step function is wrong', () => {
    const wrong = (params: Params, batch: Batch) => [params, matmul(batch.x as never)(batch.x)] as const
    expect(() => open(wrong, { state, inputs })).toThrow(
      'matmul: [4, 2] x [4, 2]: inner dimensions 2 and 4 differ',
    )
  })
})

describe('run', () => {
  it('is the Right, or throws the Left', async () => {
    expect(await run(TE.right(3))).toBe(3)
    const left = { _tag: 'Failed', message: 'the device is lost' }
    const error = await run(TE.left(left)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TaskError)
    expect(error).toMatchObject({ message: 'Failed: the device is lost', left, cause: left })
    await expect(run(TE.left('plain words'))).rejects.toThrow('plain words')
  })
})
