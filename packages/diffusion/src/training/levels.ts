import { reshape, take, tensor, type Shape, type Tensor } from '@elbo/tensor'
import type { LevelTensors } from '../process/denoiser.js'
import type { DiscreteProcess } from '../process/discrete.js'
import type { Level } from '../process/level.js'
import type { Real } from '../arithmetic.js'

export type Steps = Tensor<readonly [number], 'i32'>

/** The numbers of a level for each example. */
export type LevelOfEach = LevelTensors<Shape>

/**
 * The levels of a process at steps t, i32[batch] of 1 … T, as a table that a program looks them up in: numbers [batch, 1, …] that broadcast
 * against examples of `rank` axes, the batch's included.
 */
export const levelsAt =
  ({ levels }: DiscreteProcess, rank: number) =>
  (steps: Steps): LevelOfEach => {
    const shape = [steps.shape[0], ...Array.from({ length: rank - 1 }, () => 1)]
    const of = (read: (level: Level) => number): Real => {
      // Level 0 is not asked for: its ln SNR is not finite.
      const table: Real = tensor([0, ...levels.slice(1).map(read)], [levels.length])
      return reshape(shape)(take(steps, 0)(table) as Real)
    }
    return {
      time: of(({ time }) => time),
      alpha: of(({ alpha }) => alpha),
      sigma: of(({ sigma }) => sigma),
      logSnr: of(({ logSnr }) => logSnr),
    }
  }
