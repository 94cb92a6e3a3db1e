import { readFileSync } from 'node:fs'
import { constant, ndarray, tensor, type AnyTensor, type Shape } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import type { Dynamic } from '../distribution.js'
import { numbers } from './evaluate.testing.js'

export interface Fixture {
  readonly parameters: Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>
  readonly mean?: Written
  readonly variance?: Written
  readonly mode?: Written
  readonly entropy?: Written
  readonly points: readonly (readonly [x: number | readonly number[], logProb: Written, cdf?: Written])[]
  readonly inverse?: readonly (readonly [p: number, x: Written])[]
}

/** Infinities are strings in JSON. */
export type Written = number | string | readonly (number | string)[]

export const fixturesOf = (name: string): Readonly<Record<string, readonly Fixture[]>> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8')) as Readonly<
    Record<string, readonly Fixture[]>
  >

export const value = (x: Written): readonly number[] => (Array.isArray(x) ? x : [x]).map(Number)

/** Parameters as tensors of data. */
export const lifted = (parameters: Fixture['parameters']): Readonly<Record<string, Real>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, given]) => [name, tensor(given) as Real]))

/** Values of a distribution. */
export const data = (values: readonly number[], shape: Shape, { dtype }: Dynamic): Real =>
  constant(ndarray(values, shape, dtype)) as AnyTensor as Real

/** The x of a fixture's points as one tensor, a first axis of points. */
export const observed = ({ points }: Fixture, d: Dynamic): Real =>
  data(
    points.flatMap(([x]) => x),
    [points.length, ...d.eventShape],
    d,
  )

/** The ends of a support as numbers, −∞ and ∞ where it has none. */
export const boundsOf = async ({ support }: Dynamic): Promise<readonly [number, number]> => {
  const [low, high] = await Promise.all(
    (support.bounds ?? [-Infinity, Infinity]).map(async bound =>
      typeof bound === 'number' ? bound : (await numbers(bound))[0],
    ),
  )
  return [low, high]
}
