import { concat, mul, scan, type Stacked, type Tensor } from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { CellOptions, CellParameters, CellStep, GruCell } from './cell.js'
import { chosen, type Mask, type Sequence } from './sequence.js'

export type Matrix = Rows<number>
export type Cell = GruCell<number, number, CellOptions>
/** What the parameters of one direction are, where dimensions are not known to the compiler. */
export interface Direction extends CellParameters<number, number, CellOptions> {
  readonly initialState?: Tensor<readonly [number], 'f32'>
}
export type Way = 'forward' | 'backward'
export type Both<T> = Readonly<Partial<Record<Way, T>>> & { readonly forward: T }

/** What comes of one direction of one layer. */
export interface Pass {
  readonly outputs: Sequence<number>
  readonly state: Matrix
  readonly gates: { readonly reset: Sequence<number>; readonly update: Sequence<number> }
}

/**
 * Are the products of the inputs one product before the loop? They are three times as wide as the state and go through memory; for narrow inputs
 * that costs more than the one product gains (docs/decisions/0020).
 */
const isProjectedFirst = ({ inputs, hidden }: Cell): boolean => 2 * inputs > hidden

/** One direction of one layer over all steps. */
export const pass = (
  cell: Cell,
  parameters: Direction,
  x: Sequence<number>,
  {
    way,
    initial,
    mask,
    seen,
  }: { way: Way; initial: Matrix; mask: Mask | undefined; seen: Matrix | undefined },
): Pass => {
  interface Slice {
    /** Projected already, or as they came. */
    readonly inputs: Matrix
    readonly mask?: Tensor<readonly [number], 'bool'>
  }
  const [project, advance] = [cell.project(parameters), cell.advance(parameters)]
  const isEarly = isProjectedFirst(cell)
  const inputs = isEarly ? project(x) : x
  const [state, { reset, update, outputs }] = scan(
    (before: Matrix, slice: Slice): readonly [Matrix, CellStep<number> & { readonly outputs: Matrix }] => {
      const projected = isEarly ? slice.inputs : project(slice.inputs)
      const step = advance(projected, before, seen && mul<Matrix['shape'], 'f32'>(seen)(before))
      if (slice.mask === undefined) return [step.state, { ...step, outputs: step.state }]
      const after = chosen(slice.mask, step.state, before)
      return [after, { ...step, outputs: chosen(slice.mask, step.state) }]
    },
    { reverse: way === 'backward' },
  )(initial, (mask === undefined ? { inputs } : { inputs, mask }) as unknown as Stacked<Slice>)
  return { outputs, state, gates: { reset, update } }
}

/** Side by side. */
export const joined = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? parts[0] : concat(axis)(parts)

export const mapBoth = <A, B>(both: Both<A>, f: (value: A, way: Way) => B): Both<B> =>
  Object.fromEntries(
    Object.entries(both).map(([way, value]) => [way, f(value, way as Way)]),
  ) as unknown as Both<B>
