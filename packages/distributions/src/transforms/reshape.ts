import { reshape as reshaped, ShapeError, type Shape } from '@elbo/tensor'
import { asReal, spread, type Real } from '../arithmetic.js'
import type { Support } from '../constraints/index.js'
import { transform, type Transform } from './transform.js'

const arraysOf = (eventRank: number): Support => ({
  name: 'lineArray',
  described: 'an array',
  eventRank,
  discrete: false,
  witness: 0,
})

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

/**
 * The same elements under another shape: the last axes `from` become `to`.
 * @throws ShapeError `reshape: [2, 3] does not have the size of [4]`, or when applied to another shape
 */
export const reshape = <const From extends Shape, const To extends Shape>(
  from: From,
  to: To,
): Transform<From['length'], To['length'], false> => {
  if (size(from) !== size(to))
    throw new ShapeError(`reshape: [${from.join(', ')}] does not have the size of [${to.join(', ')}]`)
  const front = (x: Real, event: Shape): Shape => {
    const rank = x.shape.length - event.length
    if (rank < 0 || x.shape.slice(rank).join() !== event.join())
      throw new ShapeError(`reshape: [${x.shape.join(', ')}] does not end with [${event.join(', ')}]`)
    return x.shape.slice(0, rank)
  }
  const changing =
    (event: Shape, other: Shape) =>
    (x: Real): Real =>
      (reshaped([...front(x, event), ...other]) as (x: Real) => Real)(x)
  return transform({
    name: 'reshape',
    parameters: { from, to },
    from: from.length,
    to: to.length,
    keepsShape: false,
    domain: arraysOf(from.length),
    codomain: arraysOf(to.length),
    forward: changing(from, to),
    inverse: changing(to, from),
    logDeterminant: x => spread(front(x, from))(asReal(0)),
  })
}
