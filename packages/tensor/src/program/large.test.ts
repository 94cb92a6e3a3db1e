import { describe, expect, it } from '@jest/globals'
import { grad } from '../autodiff/grad.js'
import { cpu } from '../backends/cpu/cpu.js'
import { ndarray } from '../graph/ndarray.js'
import type { Tensor } from '../graph/tensor.js'
import { add, mul } from '../ops/elementwise.js'
import { matmul } from '../ops/products.js'
import { sum } from '../ops/reduction.js'
import { tanh } from '../ops/functions.js'
import { run } from '../runtime/run.js'
import { optimise } from './optimise.js'
import { trace } from './trace.js'

type Matrix = Tensor<[4, 4]>
const matrix = { shape: [4, 4], dtype: 'f32' } as const

/** Layers with shortcuts: three nodes each. */
const deep =
  (layers: number) =>
  ({ w }: { w: Matrix }, { x }: { x: Matrix }) => {
    const before: Matrix[] = [x]
    let value = x
    for (let i = 0; i < layers; i++) {
      value = i % 3 === 2 ? tanh(add(before[i >> 1])(matmul(w)(value))) : add(mul(w)(value))(before[i >> 1])
      before.push(value)
    }
    return [{ w: add(w)(value) }, { loss: sum()(value) }] as const
  }

/** Processor time, so that what else the machine does is left out. */
const milliseconds = async (work: () => Promise<void>): Promise<number> => {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Traces, optimises and opens; returns how many instructions there were. */
const compile = async (layers: number): Promise<number> => {
  const { program } = trace(deep(layers), { state: { w: matrix }, inputs: { x: matrix } })
  const backend = await run(cpu({ threads: 1 }))
  const session = await run(backend.open(optimise(program), [ndarray(new Float32Array(16), [4, 4])]))
  await run(session.dispose)
  return program.instructions.length
}

/** The best of several: collecting garbage and compiling JavaScript come and go. */
const best = async (layers: number): Promise<readonly [nodes: number, milliseconds: number]> => {
  let nodes = 0
  const times: number[] = []
  for (let i = 0; i < 5; i++) times.push(await milliseconds(async () => void (nodes = await compile(layers))))
  return [nodes, Math.min(...times)]
}

describe('large programs', () => {
  it('compile 10,000 nodes in under half a second, in time linear in nodes', async () => {
    await compile(500)
    const [five, ten, twenty] = [await best(1500), await best(3000), await best(6000)]
    expect(ten[0]).toBeGreaterThanOrEqual(10_000)
    expect(ten[1]).toBeLessThan(500)
    // Twice the nodes: twice the time, with room for the garbage collector; a square would be fourfold.
    expect(ten[1] / five[1]).toBeLessThan(3.2)
    expect(twenty[1] / ten[1]).toBeLessThan(3.2)
  }, 60_000)

  it('differentiate chains longer than the stack is deep', () => {
    const chain = (x: Tensor<[]>): Tensor<[]> => {
      let value = x
      for (let i = 0; i < 20_000; i++) value = mul(1.0001)(value)
      return value
    }
    const { program } = trace((_: object, { x }: { x: Tensor<[]> }) => [{}, grad(chain)(x)], {
      state: {},
      inputs: { x: { shape: [] as const, dtype: 'f32' as const } },
    })
    expect(optimise(program).outputs).toHaveLength(1)
  })
})
