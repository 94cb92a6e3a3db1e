import { byLevel } from '@elbo/elbo'
import { Categorical } from '@elbo/distributions'
import {
  add,
  arange,
  cast,
  floor,
  full,
  integers,
  minimum,
  mod,
  mul,
  uniform,
  type Draw,
  type Tensor,
} from '@elbo/tensor'
import { ProcessError } from '../process/process-error.js'

/** The number t of a level for each of several examples, 1 … T. */
export type Steps = Tensor<readonly [number], 'i32'>

/** Numbers t, and what the loss of each is to be multiplied by so that its mean is that over all levels alike. */
export interface Proposed {
  readonly steps: Steps
  readonly weights: Tensor<readonly [number]>
}

/** How the levels of a batch are drawn: `proposal(count)(key)`. */
export type Proposal = (count: number) => Draw<Proposed>

/** Every level as likely, each example on its own. */
export const uniformSteps =
  (length: number): Proposal =>
  count =>
  key => ({ steps: add(1)(integers(0, length)([count])(key)), weights: full([count], 1) })

/**
 * Every level as likely, but spread over the batch: u, u + 1/n, u + 2/n, … around the circle, of one u (Kingma et al. 2021, appendix I.1). A mean over
 * the batch varies less.
 */
export const spreadSteps =
  (length: number): Proposal =>
  count =>
  key => {
    const places = add(uniform([])(key))(mul(1 / count)(arange(count)))
    const t = minimum(length - 1)(floor(mul(length)(mod(1)(places))))
    return { steps: add(1)(cast('i32')(t)), weights: full([count], 1) }
  }

/**
 * Levels with probabilities in proportion to given numbers, weighted by 1/(T pₜ) (Nichol and Dhariwal 2021, eq. 18).
 * @throws ProcessError unless they are positive
 */
export const proposedSteps = (shares: readonly number[]): Proposal => {
  const total = shares.reduce((a, b) => a + b, 0)
  if (shares.length === 0 || !shares.every(share => share > 0 && share < Infinity))
    throw new ProcessError('proposedSteps: a positive number for each level')
  const probabilities = shares.map(share => share / total)
  const weightOf = byLevel(probabilities.map(p => 1 / (shares.length * p)))
  return count => key => {
    const steps = add(1)(Categorical({ probs: probabilities }).sample([count])(key)) as Steps
    return { steps, weights: weightOf(steps) }
  }
}

/** The last squares of losses at each level: plain data, which stand beside a training's state. */
export interface LossHistory {
  /** How many are kept of each level. */
  readonly depth: number
  /** Of t = 1 … T, the latest last. */
  readonly squares: readonly (readonly number[])[]
}

/** A history of nothing; ten losses of each level are kept by default (Nichol and Dhariwal 2021, section 3.3). */
export const emptyHistory = (length: number, depth = 10): LossHistory => ({
  depth,
  squares: Array.from({ length }, () => []),
})

/** The history after a batch's losses, before weights, at its levels. */
export const remember =
  (steps: ArrayLike<number>, losses: ArrayLike<number>) =>
  ({ depth, squares }: LossHistory): LossHistory => {
    const next = squares.map(kept => [...kept])
    Array.from(steps).forEach((t, i) => {
      next[t - 1].push(losses[i] ** 2)
    })
    return { depth, squares: next.map(kept => kept.slice(-depth)) }
  }

/**
 * The proposal of a history: pₜ in proportion to √E[Lₜ²], which makes the variance of the weighted loss least; all alike until every level has its
 * full count.
 */
export const proposalOf = ({ depth, squares }: LossHistory): Proposal =>
  squares.every(kept => kept.length === depth)
    ? proposedSteps(squares.map(kept => Math.sqrt(kept.reduce((a, b) => a + b, 0) / depth)))
    : uniformSteps(squares.length)
