import { describe, expect, it } from '@jest/globals'
import { weightsHash } from '../checkpoint/hash.js'
import { accumulate, adam, average, averaged, chain, plateau, sgd } from './index.js'
import { trajectory } from './trajectory.testing.js'

const initial = { weight: [1, -2], bias: [0.5] }
/** Eighths: their sums are exact in single precision. */
const slopes = Array.from({ length: 12 }, (_, i) => ({
  weight: [(i * 5) % 7, ((i * 3) % 11) - 4].map(value => value / 8),
  bias: [((i % 5) - 2) / 8],
}))
const meanOf = (columns: readonly (readonly number[])[]) =>
  columns[0].map((_, j) => columns.reduce((sum, column) => sum + column[j], 0) / columns.length)
const means = [0, 4, 8].map(from => {
  const four = slopes.slice(from, from + 4)
  return { weight: meanOf(four.map(({ weight }) => weight)), bias: meanOf(four.map(({ bias }) => bias)) }
})

describe('accumulate', () => {
  it('makes the very updates of the exact means, and stands still in between', async () => {
    const optimiser = chain(adam({ learningRate: 0.1 }), average({ decay: 0.5 }))
    const small = await trajectory(accumulate(4)(optimiser), initial, slopes)
    const large = await trajectory(optimiser, initial, means)
    const hashes = small.map(({ state: { parameters, optimiser: state } }) => ({
      parameters: weightsHash(parameters),
      average: weightsHash(averaged(parameters, state)),
    }))
    const expected = large.map(({ state: { parameters, optimiser: state } }) => ({
      parameters: weightsHash(parameters),
      average: weightsHash(averaged(parameters, state)),
    }))
    expect(hashes.filter((_, i) => i % 4 === 3)).toEqual(expected)
    for (const i of [4, 5, 6]) expect(hashes[i]).toEqual(hashes[3])
    expect([...small[0].state.parameters.weight.data]).toEqual(initial.weight)
  })

  it('shows a plateau the mean of the losses, and tells of a reduction once', async () => {
    const optimiser = accumulate(2)(
      chain(sgd({ learningRate: 0.5 }), plateau({ every: 1, patience: 0, factor: 0.5 })),
    )
    // Means 2, 2, 1.5, 3: the second and the last are no better.
    const moved = await trajectory(optimiser, initial, slopes.slice(0, 8), [1, 3, 4, 0, 1, 2, 3, 3])
    expect(moved.map(({ told }) => told['rateReduced'].data[0])).toEqual([0, 0, 0, 1, 0, 0, 0, 1])
    expect(moved.map(({ told }) => told['learningRate'].data[0])).toEqual([
      0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25,
    ])
  })

  it('of one batch is the optimiser itself', async () => {
    const [one, other] = [
      await trajectory(accumulate(1)(adam()), initial, slopes),
      await trajectory(adam(), initial, slopes),
    ]
    expect(one.map(({ state }) => weightsHash(state.parameters))).toEqual(
      other.map(({ state }) => weightsHash(state.parameters)),
    )
  })
})
