import { describe, expect, it } from '@jest/globals'
import { ndarray } from '@elbo/tensor'
import { average, averaged, chain, sgd } from './index.js'
import { trajectory } from './trajectory.testing.js'

const initial = { weight: [1, -2], bias: [0.5] }
const slopes = Array.from({ length: 60 }, (_, i) => ({ weight: [Math.sin(i), 1], bias: [Math.cos(i)] }))

describe('average', () => {
  it('forgets the beginning soon with a warm-up: δ is min(δ, (1 + t)/(10 + t))', async () => {
    const moved = await trajectory(
      chain(sgd({ learningRate: 0.1 }), average({ decay: 0.75, warmUp: true })),
      initial,
      slopes,
    )
    let expected = initial.weight[1]
    moved.forEach(({ state }, i) => {
      const decay = Math.min(0.75, (2 + i) / (11 + i))
      expected = decay * expected + (1 - decay) * state.parameters.weight.data[1]
      const found = averaged(state.parameters, state.optimiser).weight.data[1]
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected))
    })
  })

  it('has to be there to be taken out', async () => {
    const [{ state }] = await trajectory(sgd({ learningRate: 0.1 }), initial, slopes.slice(0, 1))
    expect(() => averaged(state.parameters, state.optimiser)).toThrow(
      new RangeError('averaged: the state has no average of weight'),
    )
    expect(() => averaged({ other: ndarray([1], [1]) }, state.optimiser)).toThrow(RangeError)
  })
})
