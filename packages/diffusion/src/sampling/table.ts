import { ndarray, tensor, type NDArray, type Tensor } from '@elbo/tensor'
import type { Level } from '../process/level.js'
import type { Row, Scalars } from './sampler.js'

/** Rows as columns: each a tensor with one number for each row, by name. */
export type Table = {
  readonly [column: string]: Tensor<[number]> | { readonly [K in keyof Level]: Tensor<[number]> }
}

export type Lift = (values: readonly number[]) => Tensor<[number]>

const inSingle: Lift = values => tensor(values, [values.length])

const parts = ['time', 'alpha', 'sigma', 'logSnr'] as const satisfies readonly (keyof Level)[]

const levelsOf = (levels: readonly Level[], lift: Lift) =>
  Object.fromEntries(parts.map(part => [part, lift(levels.map(level => level[part]))])) as {
    readonly [K in keyof Level]: Tensor<[number]>
  }

/** A table of rows, at least one. `lift` makes a tensor of a column's numbers. */
export const tableOf = (rows: readonly Row[], lift: Lift = inSingle): Table =>
  Object.fromEntries(
    Object.keys(rows[0]).map(column => {
      const values = rows.map(row => row[column])
      return [
        column,
        typeof values[0] === 'number'
          ? lift(values as readonly number[])
          : levelsOf(values as readonly Level[], lift),
      ]
    }),
  )

export type HostRow = {
  readonly [column: string]: NDArray<readonly []> | { readonly [K in keyof Level]: NDArray<readonly []> }
}

/** A row as data for a program that takes it as an input, in the form of `Scalars`. */
export const dataOf = (row: Row): HostRow => {
  const number = (value: number): NDArray<readonly []> => ndarray([value], [])
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'number'
        ? number(value)
        : (Object.fromEntries(parts.map(part => [part, number(value[part])])) as HostRow[string]),
    ]),
  )
}

/** A slice of a table, within its loop. */
export type TableRow = Scalars<Row>
