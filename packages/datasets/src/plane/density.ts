import { reshape, slice, stack, take, tensor, type Draw, type Shape, type Tensor } from '@elbo/tensor'

/** Points of the plane, one a row. */
export type Points = Tensor<readonly [number, 2], 'f32'>

/** A density on the plane that is known exactly: what a model of it should come to can be said beforehand. */
export interface PlaneDensity {
  /** So many points, as a function of a key. */
  readonly sample: (count: number) => Draw<Points>
  /** ln p at each point, in nats: f32[n]. −∞ where there is no mass. */
  readonly logDensity: (points: Points) => Tensor<readonly [number], 'f32'>
  /** −E[ln p(x)], in nats: no model of the points has a smaller mean of −ln q(x). */
  readonly entropy: number
  /** By how much `entropy` may be off; 0 where it is a closed form. */
  readonly entropyError: number
}

/** Numbers for each point: [n], [n, 1], or [n, k] where there are several. */
export type Numbers = Tensor<Shape, 'f32'>

/** The coordinates of points, [n, 1] each. */
export const coordinatesOf = (points: Points): readonly [x: Numbers, y: Numbers] => {
  const all: Numbers = points
  return [slice(null, [0, 1])(all), slice(null, [1, 2])(all)]
}

/** Points from their coordinates, [n] each. */
export const pointsOf = (x: Numbers, y: Numbers): Points => reshape([x.shape[0], 2])(stack(1)([x, y]))

/** [n, 1] as [n]. */
export const perPoint = (values: Numbers): Tensor<readonly [number], 'f32'> =>
  reshape([values.shape[0]])(values)

/** The entries of a list at positions i32[n]: f32[n]. */
export const chosen = (list: readonly number[], positions: Tensor<Shape, 'i32'>): Numbers => {
  const table: Numbers = tensor(list, [list.length])
  return take(positions, 0)(table)
}

/** The constants of a mixture beside the numbers of its points: [k], which broadcasts against [n, 1]. */
export const row = (list: readonly number[]): Numbers => tensor(list, [list.length])
