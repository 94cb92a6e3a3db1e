/**
 * An explicit method for y′ = f(u, y): stage i looks at u + nodes[i] h and y + h Σ stages[i][j] k_j, and the step is h Σ weights[i] k_i.
 */
export interface RungeKutta {
  readonly name: string
  /** The error of a path falls as N^−order in the number of steps N, for a smooth f. */
  readonly order: number
  readonly nodes: readonly number[]
  readonly stages: readonly (readonly number[])[]
  readonly weights: readonly number[]
}

/** Heun's method of order 2, which looks at both ends of a step. */
export const heunMethod: RungeKutta = {
  name: 'heun',
  order: 2,
  nodes: [0, 1],
  stages: [[], [1]],
  weights: [1 / 2, 1 / 2],
}

/** The classical method of order 4 (Kutta 1901). */
export const rungeKutta4: RungeKutta = {
  name: 'runge-kutta-4',
  order: 4,
  nodes: [0, 1 / 2, 1 / 2, 1],
  stages: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
}

/** Order 5 (Dormand and Prince 1980, table 2), whose seventh stage serves only an estimate of the error and is left out. */
export const dormandPrince: RungeKutta = {
  name: 'dormand-prince',
  order: 5,
  nodes: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1],
  stages: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  ],
  weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
}
