import { describe, expect, it } from '@jest/globals'
import type { AnyTensor } from '../../graph/tensor.js'
import { key, normal, open, run, sort, spec, type Backend, type Tensor } from '../../index.js'
import * as t from '../../index.js'
import { flatten } from '../../program/flatten.js'
import { optimise } from '../../program/optimise.js'
import { trace } from '../../program/trace.js'
import { gpu } from './gpu.js'
import type { Tiling } from './kernels/tiles.js'
import { planFor, type GpuPlan } from './plan.js'

const planOf = (outputs: readonly AnyTensor[], tiling?: Tiling): GpuPlan =>
  planFor(optimise(flatten({ state: [], inputs: [], nextState: [], outputs })), { rounds: false, tiling })

const x = t.tensor([1, 2, 3, 4, 5, 6], [2, 3])

const launches = ({ actions }: GpuPlan): number =>
  actions.reduce((count, action) => count + (action.on === 'device' ? action.launches.length : 0), 0)

describe('what runs where', () => {
  it('writes a chain of elementwise operations as one kernel', () => {
    const y = t.exp(t.add(1)(t.mul(2)(t.transpose([1, 0])(x))))
    expect(launches(planOf([y]))).toBe(1)
  })

  it('computes what is dear and read twice once', () => {
    const y = t.tanh(x)
    expect(launches(planOf([t.sum(0)(y), t.sum(1)(y)]))).toBe(3)
    const cheap = t.neg(x)
    expect(launches(planOf([t.sum(0)(cheap), t.sum(1)(cheap)]))).toBe(2)
  })

  it('reads at most seven buffers in a kernel, and splits what would read more', () => {
    const many = Array.from({ length: 40 }, (_, i) => t.tensor([i, i + 1], [2]))
    const { actions } = planOf([many.reduce((a, b) => t.add(b)(a) as never)])
    for (const action of actions)
      if (action.on === 'device')
        for (const { reads } of action.launches) expect(reads.length).toBeLessThanOrEqual(7)
  })

  it('draws on the host before the device begins, and says so', () => {
    const draws = normal([2, 3])(key(1))
    const plan = planOf([t.matmul(t.transpose([1, 0])(draws))(t.mul(draws)(x))])
    expect(plan.actions.map(({ on }) => on)).toEqual(['host', 'device'])
    expect(plan.onHost).toEqual(expect.arrayContaining(['normalFromBits', 'threefry']))
  })

  it('asks the device where the host needs what it computes, and goes on there', () => {
    const plan = planOf([t.mul(2)(sort()(t.exp(x)))])
    expect(plan.actions.map(({ on }) => on)).toEqual(['device', 'host', 'device'])
    expect(plan.onHost).toContain('argsort')
  })

  it('keeps scalars that the host can know, and their state, on the host', () => {
    const { program } = trace(
      (state: { readonly step: Tensor<[], 'i32'>; readonly w: Tensor<[3]> }) => {
        const next = t.add(1)(state.step)
        const rate = t.exp(t.neg(t.cast('f32')(next)))
        return [{ step: next, w: t.mul(t.broadcastTo([3])(rate))(state.w) }, {}]
      },
      { state: { step: spec([], 'i32'), w: spec([3]) }, inputs: {} },
    )
    const plan = planFor(optimise(program), { rounds: false, tiling: undefined })
    expect(plan.homes).toEqual(['host', 'device'])
    expect(plan.actions.map(({ on }) => on)).toEqual(['host', 'device'])
    expect(plan.finalReads).toEqual([])
  })
})

describe('a session', () => {
  it('names in `executed` what the host does', async () => {
    const backend: Backend = await run(gpu({ mode: 'webasm' }))
    const step = (_: object, { x: given }: { readonly x: Tensor<[3]> }) =>
      [{}, { y: sort()(t.exp(given)) }] as const
    const session = await run(open(step, { state: {}, inputs: { x: spec([3]) } })(backend))
    expect(session.executed).toMatchObject({ backend: 'gpu', mode: 'webasm' })
    expect(session.executed.onHost).toContain('argsort')
    await run(session.dispose)
  })
})

/** The buffers that each kernel reads and the one that it writes, and its threads. */
const kernelsOf = ({ actions }: GpuPlan) =>
  actions.flatMap(action => (action.on === 'device' ? action.launches : []))

const draw = (shape: readonly number[]) =>
  t.tensor(
    Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => (i % 7) - 3),
    shape,
  ) as Tensor<[number, number]>

describe('products in tiles', () => {
  const textures: Tiling = { held: 'in textures', widest: 2048 }
  const buffers: Tiling = { held: 'in buffers' }
  const [a, b] = [draw([33, 18]), draw([18, 21])]

  it.each([
    // Both operands, the product, and the result, which reads the product where it stands.
    ['in textures', textures, [[9, 17], [11, 9], [11, 17], [33 * 21]]],
    ['in buffers', buffers, [[17 * 11], [33 * 21]]],
  ] as const)('take four elements to a thread %s', (_, tiling, threads) => {
    const plan = planOf([t.relu(t.matmul(b)(a))], tiling)
    expect(kernelsOf(plan).map(({ output }) => output)).toEqual(threads)
  })

  it('bring an operand into tiles once, whichever way round products take it', () => {
    const { program } = trace(
      (_: object, { l, r }: { readonly l: Tensor<[33, 18]>; readonly r: Tensor<[18, 21]> }) => {
        const ofSquares = (x: typeof l, y: typeof r) => t.sum()(t.square(t.matmul(y)(x)))
        return [{}, { slopes: t.grad((x: typeof l) => ofSquares(x, r))(l), product: t.matmul(r)(l) }]
      },
      { state: {}, inputs: { l: spec([33, 18]), r: spec([18, 21]) } },
    )
    const kernels = kernelsOf(planFor(optimise(program), { rounds: false, tiling: textures }))
    const does = kernels.map(({ natives, output }) =>
      natives.some(({ name }) => name === 'product') ? 'product' : output.length === 2 ? 'packs' : 'rows',
    )
    expect(does.sort()).toEqual(['packs', 'packs', 'packs', 'product', 'product', 'rows', 'rows'])
  })

  it('are not worth it where they are small, and not possible where they are too large for a texture', () => {
    const small = [draw([5, 4]), draw([4, 6])] as const
    expect(kernelsOf(planOf([t.matmul(small[1])(small[0])], textures))).toHaveLength(1)
    const plan = planOf([t.matmul(draw([5, 20]))(draw([5000, 5]))], textures)
    expect(kernelsOf(plan)).toHaveLength(1)
  })

  it('stand beside each other where a batch of them is too tall for a texture', () => {
    const many = [draw([100, 33, 18]), draw([100, 18, 21])] as unknown as Tensor<[100, number, number]>[]
    const plan = planOf([t.matmul(many[1])(many[0])], { held: 'in textures', widest: 512 })
    const heights = kernelsOf(plan).map(({ output }) => output.length === 2 && output[1] <= 512)
    // The last one writes rows.
    expect(heights).toEqual([true, true, true, false])
  })

  it('are what convolutions are, and their gradients', () => {
    const image = draw([2, 3, 9, 8]) as unknown as Tensor<[2, 3, 9, 8]>
    const kernel = draw([5, 3, 3, 3]) as unknown as Tensor<[5, 3, 3, 3]>
    const loss = (k: Tensor<[5, 3, 3, 3]>) => t.sum()(t.square(t.conv2d(k, { padding: 1 })(image)))
    for (const tiling of [textures, buffers]) {
      const { program } = planOf([t.grad(loss)(kernel)], tiling)
      const names = new Set(program.instructions.map(({ name }) => name))
      expect([names.has('matmul'), names.has('conv2d'), names.has('conv2dKernel')]).toEqual([
        true,
        false,
        false,
      ])
    }
  })
})
