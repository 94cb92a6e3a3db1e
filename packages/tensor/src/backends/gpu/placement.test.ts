import { describe, expect, it } from '@jest/globals'
import type { AnyTensor } from '../../graph/tensor.js'
import { key, normal, open, run, sort, spec, type Backend, type Tensor } from '../../index.js'
import * as t from '../../index.js'
import { flatten } from '../../program/flatten.js'
import { optimise } from '../../program/optimise.js'
import { trace } from '../../program/trace.js'
import { gpu } from './gpu.js'
import { planFor, type GpuPlan } from './plan.js'

const planOf = (outputs: readonly AnyTensor[]): GpuPlan =>
  planFor(optimise(flatten({ state: [], inputs: [], nextState: [], outputs })), { rounds: false })

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
    const plan = planFor(optimise(program), { rounds: false })
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
