import { describe, expect, it } from '@jest/globals'
import { optimise, passNames, trace } from '@elbo/tensor'
import { prepare as prepareReference } from '../contestants/elbo-reference.js'
import { programOf, specsOf } from './programs.js'

describe('the program of step-overhead', () => {
  it('keeps both of its operations, whatever passes run', () => {
    const { step, state, data } = programOf('overhead', { x: { shape: [1], data: Float32Array.of(1) } }, {})
    const { program } = trace(step, { state, inputs: specsOf(data) })
    const names = optimise(
      program,
      passNames.filter(name => name !== 'fuse'),
    ).instructions.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['mul', 'add']))
  })
})

describe('the result of compile-10k-nodes', () => {
  it('is what the compiled program computes', async () => {
    const x = Float32Array.of(-0.9, -0.1, 0.3, 0.8)
    const contestant = await prepareReference({
      ...{ kind: 'compile', sizes: { nodes: 100 }, threads: 1 },
      arrays: { x: { shape: [4], data: x } },
    })
    await contestant.step()
    const made = [...((await contestant.result?.()) ?? [])]
    expect(made).toHaveLength(4)
    const meant = [...x].map(start => {
      let value = start
      for (let i = 0; i < 100; i++) value = i % 2 === 0 ? Math.sin(value) : value + start
      return value
    })
    made.forEach((value, i) => expect(value).toBeCloseTo(meant[i], 5))
  })
})
