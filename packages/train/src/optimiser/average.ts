import { pipe } from 'fp-ts/lib/function.js'
import { add, div, leavesOf, minimum, mul, withLeaves, type Leaf as TreeLeaf } from '@elbo/tensor'
import { updateNumber } from './decay.js'
import { elementwise } from './elementwise.js'
import type { Leaf, Optimiser, Scalar } from './optimiser.js'
import { required } from '../required.js'

export interface AverageOptions {
  /** δ (0.999). */
  readonly decay?: number
  /** Takes min(δ, (1 + t)/(10 + t)) in its place, t = 1, 2, … the number of the update, so that the beginning is forgotten soon (false). */
  readonly warmUp?: boolean
}

/**
 * Keeps an exponential moving average of the parameters (Polyak and Juditsky 1992, with the weights of Tarvainen and Valpola 2017), as
 * torch.optim.swa_utils.AveragedModel with that average: e ← δe + (1 − δ)·parameters, of the parameters after the update, beginning with
 * those of the first. The change is handed on as it is. Belongs at the end of a chain, where the change is final; `averaged` takes it out of
 * the state. e is the slot `parameters`.
 * @throws RangeError unless 0 ≤ δ < 1.
 */
export const average = ({ decay = 0.999, warmUp = false }: AverageOptions = {}): Optimiser => {
  required('average', 'decay', decay, decay >= 0 && decay < 1)
  return elementwise({
    name: 'average',
    slots: { parameters: parameter => parameter },
    at: moment => {
      const kept = warmUp ? warmedUp(decay, updateNumber(moment)) : undefined
      return (change, slots, parameter) => {
        const after: Leaf = add(change)(parameter)
        const before = slots.parameters
        return {
          change,
          parameters:
            kept === undefined
              ? pipe(before, mul(decay), add(mul(1 - decay)(after)))
              : pipe(
                  before,
                  mul<readonly [], 'f32'>(kept),
                  add(pipe(after, mul<readonly [], 'f32'>(pipe(kept, mul(-1), add(1))))),
                ),
        }
      }
    },
  })
}

/** min(δ, (1 + t)/(10 + t)). */
const warmedUp = (decay: number, t: Scalar): Scalar =>
  pipe(t, add(1), div<readonly [], 'f32'>(add(10)(t)), minimum(decay))

/**
 * The average that `average` keeps, in the form of the parameters: of expressions or of host arrays.
 * @throws RangeError where the state holds none, or none of some parameter.
 */
export const averaged = <P>(parameters: P, optimiser: unknown): P => {
  const kept = new Map(
    leavesOf(optimiser)
      .map(
        ({ path, leaf }) =>
          [/^(?:accumulate\.inner\.)*average\.parameters\.(.*)$/.exec(path)?.[1], leaf] as const,
      )
      .filter((entry): entry is readonly [string, TreeLeaf] => entry[0] !== undefined),
  )
  return withLeaves(
    parameters,
    leavesOf(parameters).map(({ path }) => {
      const leaf = kept.get(path)
      if (leaf === undefined) throw new RangeError(`averaged: the state has no average of ${path}`)
      return leaf
    }),
  ) as P
}
