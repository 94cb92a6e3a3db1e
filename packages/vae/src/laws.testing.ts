import { readFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import {
  add,
  constant,
  cpu,
  evaluator,
  foldIn,
  fromNested,
  key,
  leavesOf,
  mapTree,
  mul,
  normal,
  reference,
  run,
  scalar,
  stack,
  sub,
  sum,
  vjp,
  type AnyTensor,
  type NDArray,
  type Nested,
  type Shape,
  type Tensor,
} from '@elbo/tensor'

type Real = Tensor<Shape>
type Evaluate = ReturnType<typeof evaluator>
export const onCpu: Evaluate = evaluator(run(cpu({ threads: 1 })))
export const inDoubles: Evaluate = evaluator(run(reference({ precision: 'f64' })))

export const numbers = async (x: AnyTensor, on: Evaluate = onCpu): Promise<readonly number[]> =>
  Array.from((await on(x)).data)

/** A tree of parameters as JSON has it: nested numbers are tensors. */
export type Written = number | readonly Written[] | { readonly [name: string]: Written }

export const fixturesOf = <T>(name: string): Readonly<Record<string, readonly T[]>> =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Readonly<
    Record<string, readonly T[]>
  >

const isNested = (x: Written): x is number | (Nested[] & Written[]) =>
  typeof x === 'number' || (Array.isArray(x) && x.length > 0 && (x as Written[]).every(isNested))

export const rows = (values: Nested): Tensor<[number, number]> =>
  constant(fromNested(values) as NDArray<[number, number], 'f32'>)

/** Parameters from what a fixture says. */
export const lifted = (written: Written): unknown => {
  if (isNested(written)) return constant(fromNested(written))
  if (Array.isArray(written)) return (written as readonly Written[]).map(lifted)
  return Object.fromEntries(Object.entries(written).map(([name, part]) => [name, lifted(part)]))
}

/** Relative errors, absolute ones below 1: of logarithms. */
export const expectClose = (
  found: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((x, i) => {
    const error = Math.abs(x - expected[i]) / Math.max(1, Math.abs(expected[i]))
    if (!(error <= tolerance)) throw new Error(`value ${i} is ${x}, not ${expected[i]}: off by ${error}`)
  })
}

/**
 * The gradient of a sum over a tree, along one direction of each of its leaves, against central differences of two steps (Richardson), both in
 * double precision.
 */
export const expectGradient = async <T>(parameters: T, f: (parameters: T) => AnyTensor): Promise<void> => {
  const total = (at: T): Real => sum()(f(at) as Real)
  const slopes = leavesOf<Real>(vjp(total, parameters)[1](scalar(1)))
  const both = leavesOf<Real>(parameters).map(({ path, leaf }, n): readonly [Real, Real] => {
    const direction: Real = normal(leaf.shape)(foldIn(n)(key(17)))
    const shifted = (by: number): Real =>
      total(mapTree<Real, Real>((x, at) => (at === path ? add(mul(by)(direction))(x) : x))(parameters))
    const central = (h: number): Real => mul(1 / (2 * h))(sub(shifted(-h))(shifted(h)))
    const h = 1e-3
    const difference: Real = mul(1 / 3)(sub(central(h))(mul(4)(central(h / 2))))
    const slope = slopes.find(other => other.path === path)?.leaf as Real
    return [sum()(mul(direction)(slope)), difference]
  })
  const stacked = (which: 0 | 1): Real =>
    (stack(0) as (x: readonly Real[]) => Real)(both.map(pair => pair[which]))
  expectClose(
    await numbers(stacked(0), inDoubles),
    await numbers(stacked(1), inDoubles),
    // What is read back is in single precision.
    2e-7,
  )
}

/** The mean of draws of a quantity, whose mean and variance are known, is within 4.5 of its standard errors. */
export const expectMean = (draws: readonly number[], mean: number, variance: number): void => {
  const found = draws.reduce((a, b) => a + b, 0) / draws.length
  expect(Math.abs(found - mean)).toBeLessThanOrEqual(4.5 * Math.sqrt(variance / draws.length) + 1e-6)
}
