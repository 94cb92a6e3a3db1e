import { describe, expect, it } from '@jest/globals'
import type { AnyTensor } from '../../graph/tensor.js'
import { key, normal, open, run, sort, spec, type Backend, type Tensor } from '../../index.js'
import * as t from '../../index.js'
import { neg } from '../../primitives/arithmetic.js'
import { conv2d, conv2dInput, conv2dKernel } from '../../primitives/convolution.js'
import { placeholder } from '../../primitives/leaves.js'
import { matmul } from '../../primitives/matmul.js'
import { flatten } from '../../program/flatten.js'
import { optimise } from '../../program/optimise.js'
import { trace } from '../../program/trace.js'
import { gpu } from './gpu.js'
import type { Tiling } from './kernels/tiles.js'
import { planFor, type GpuPlan } from './plan.js'

const planOf = (outputs: readonly AnyTensor[]): GpuPlan =>
  planFor(optimise(flatten({ state: [], inputs: [], nextState: [], outputs })), {
    rounds: false,
    tiling: undefined,
  })

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

  it('computes draws on the host as far as they are exact, and what uses them on the device', () => {
    const draws = t.add(t.tensor([1, 2, 3]))(t.mul(t.sqrt(t.tensor([2, 3, 5])))(normal([2, 3])(key(1))))
    const plan = planOf([t.exp(draws)])
    expect(plan.actions.map(({ on }) => on)).toEqual(['host', 'device'])
    const written = plan.actions.flatMap(action => (action.on === 'host' ? action.writes : []))
    expect(written.map(value => plan.program.values[value])).toEqual([{ shape: [2, 3], dtype: 'f32' }])
    expect(launches(plan)).toBe(1)
    const [, onDevice] = plan.actions
    expect(onDevice).toMatchObject({ uploads: written })
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

const draw = (...shape: readonly number[]): AnyTensor => placeholder(shape, 'f32', 'x')

/** The plan of a program over inputs. */
const planOver = (inputs: readonly AnyTensor[], outputs: readonly AnyTensor[], tiling: Tiling): GpuPlan =>
  planFor(optimise(flatten({ state: [], inputs, nextState: [], outputs })), { rounds: false, tiling })

describe('products in tiles', () => {
  const textures: Tiling = { held: 'in textures', widest: 2048 }
  const buffers: Tiling = { held: 'in buffers' }
  const [a, b] = [draw(1, 33, 18), draw(1, 18, 21)]

  it.each<readonly [string, Tiling, readonly (readonly number[])[]]>([
    // Both operands, the product, and the result, which reads the product where it stands.
    ['in textures', textures, [[9, 17], [11, 9], [11, 17], [33 * 21]]],
    ['in buffers', buffers, [[17 * 11], [33 * 21]]],
  ])('take four elements to a thread %s', (_, tiling, threads) => {
    const plan = planOver([a, b], [neg(matmul(a, b))], tiling)
    expect(kernelsOf(plan).map(({ output }) => output)).toEqual(threads)
  })

  it('bring an operand into tiles once, whichever way round products take it', () => {
    const product = matmul(a, b)
    const slopes = neg(product)
    const plan = planOver([a, b], [matmul(slopes, b, false, true), matmul(a, slopes, true)], textures)
    const does = kernelsOf(plan).map(({ natives, output }) =>
      natives.some(({ name }) => name === 'product') ? 'product' : output.length === 2 ? 'packs' : 'rows',
    )
    expect(does.sort()).toEqual([
      ...['packs', 'packs', 'packs'],
      ...['product', 'product', 'product'],
      ...['rows', 'rows'],
    ])
  })

  it.each<readonly [string, AnyTensor, AnyTensor]>([
    ['are not worth it where they are small', draw(1, 5, 4), draw(1, 4, 6)],
    ['are not possible where they are too large for a texture', draw(1, 5000, 5), draw(1, 5, 20)],
  ])('%s', (_, left, right) => {
    expect(kernelsOf(planOver([left, right], [matmul(left, right)], textures))).toHaveLength(1)
  })

  it('stand beside each other where a batch of them is too tall for a texture', () => {
    const [left, right] = [draw(100, 33, 18), draw(100, 18, 21)]
    const plan = planOver([left, right], [matmul(left, right)], { held: 'in textures', widest: 512 })
    const fits = kernelsOf(plan).map(({ output }) => output.length === 2 && Math.max(...output) <= 512)
    // The last one writes rows.
    expect(fits).toEqual([true, true, true, false])
  })

  it.each<Tiling>([textures, buffers])('are what convolutions are, and their gradients, %j', tiling => {
    const [image, kernel, slopes] = [draw(2, 3, 9, 8), draw(5, 3, 3, 3), draw(2, 5, 7, 6)]
    const window = {
      stride: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1],
      groups: 1,
    } as const
    const results = [
      conv2d(image, kernel, window),
      conv2dInput(slopes, kernel, { ...window, size: [9, 8] }),
      conv2dKernel(image, slopes, { ...window, kernel: [3, 3] }),
    ]
    const names = planOver([image, kernel, slopes], results, tiling).program.instructions.map(
      ({ name }) => name,
    )
    expect(names.filter(name => name === 'matmul')).toHaveLength(3)
    expect(names.filter(name => name.startsWith('conv'))).toEqual([])
  })
})
