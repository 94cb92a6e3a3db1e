import { describe, expect, it } from '@jest/globals'
import { chain, plateau, sgd, type PlateauOptions } from './index.js'
import { trajectory } from './trajectory.testing.js'

const initial = { weight: [1, -2], bias: [0.5] }

/** The rates of steps with these losses, in eighths of the first one. */
const rates = async (options: PlateauOptions, losses: readonly number[]) => {
  const slopes = losses.map(() => ({ weight: [1, 1], bias: [1] }))
  const optimiser = chain(sgd({ learningRate: 8 }), plateau({ factor: 0.5, ...options }))
  const moved = await trajectory(optimiser, initial, slopes, losses)
  return moved.map(({ told }) => told['learningRate'].data[0])
}

describe('plateau', () => {
  it.each<readonly [string, PlateauOptions, readonly number[], readonly number[]]>([
    [
      'reads the mean of so many losses',
      { every: 2, patience: 0 },
      // Means 3, 2, 2: a reading of single losses would have fallen.
      [1, 5, 3, 1, 4, 0, 0],
      [8, 8, 8, 8, 8, 8, 4],
    ],
    [
      'reduces after more readings than it bears',
      { every: 1, patience: 2 },
      [1, 1, 1, 1, 1, 1, 1],
      [8, 8, 8, 8, 4, 4, 4],
    ],
    [
      'takes a negative loss for better the lower it is',
      { every: 1, patience: 0 },
      [-1, -2, -3, -4],
      [8, 8, 8, 8],
    ],
    [
      'wants an improvement by a share of the best, negative or not',
      { every: 1, patience: 0, threshold: 0.1 },
      [-10, -10.5, -11.5, -11.6],
      [8, 8, 4, 4],
    ],
    [
      'rests after a reduction',
      { every: 1, patience: 0, cooldown: 2 },
      [1, 1, 1, 1, 1, 1],
      [8, 8, 4, 4, 4, 2],
    ],
    ['has a least scale', { every: 1, patience: 0, minimum: 0.25 }, [1, 1, 1, 1, 1], [8, 8, 4, 2, 2]],
  ])('%s', async (_, options, losses, expected) => {
    expect(await rates(options, losses)).toEqual(expected)
  })
})
