/** A parameter as numbers. */
export type Numbers = number | readonly number[] | readonly (readonly number[])[]

/** What a parameter must be, as its error says it, and values that it may not have. NaN in place of a number never is allowed. */
export interface Mistake {
  readonly must: string
  readonly not: readonly Numbers[]
  /** Whose parameter it is, where it belongs to a part of the family. */
  readonly of?: string
}

/** The mistakes of a family by parameter. */
export type Mistakes = Readonly<Record<string, Mistake>>

export const real: Mistake = { must: 'a finite number', not: [Infinity, -Infinity] }
export const positive: Mistake = { must: 'positive and finite', not: [-1, 0, Infinity] }
export const unitInterval: Mistake = { must: 'in [0, 1]', not: [-0.5, 1.5, Infinity] }
export const openUnitInterval: Mistake = { must: 'in (0, 1)', not: [0, 1, -0.5] }
export const positiveProbability: Mistake = { must: 'in (0, 1]', not: [0, 1.5, -1] }
export const positiveWhole: Mistake = { must: 'a whole number from 1', not: [0, -3, Infinity] }
export const simplex: Mistake = {
  must: 'a simplex (non-negative, sum 1)',
  not: [
    [0.5, 0.75],
    [-0.5, 1.5],
  ],
}
export const positiveSimplex: Mistake = {
  must: 'a simplex without its faces (positive, sum 1)',
  not: [
    [0, 1],
    [0.5, 0.75],
  ],
}
export const realVector: Mistake = { must: 'a vector of finite numbers', not: [[0, Infinity]] }
export const positiveVector: Mistake = {
  must: 'a vector of positive, finite numbers',
  not: [
    [1, 0],
    [-1, 2],
    [1, Infinity],
  ],
}
export const positiveDefinite: Mistake = {
  must: 'symmetric and positive definite',
  not: [
    [
      [1, 2],
      [2, 1],
    ],
    [
      [1, 0.5],
      [0.25, 1],
    ],
  ],
}
export const lowerCholesky: Mistake = {
  must: 'lower triangular with a positive diagonal',
  not: [
    [
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ],
    [
      [1, 0, 0],
      [0, -1, 0],
      [0, 0, 1],
    ],
  ],
}
export const unitVector: Mistake = { must: 'a vector of length 1', not: [[1, 1]] }
export const realMatrix: Mistake = { must: 'a matrix of finite numbers', not: [[[1], [Infinity]]] }
