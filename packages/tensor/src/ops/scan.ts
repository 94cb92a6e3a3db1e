import type { Shape } from '../shape/index.js'
import type { Tensor } from '../graph/tensor.js'
import * as primitive from '../primitives/scan.js'
import { leavesOf, withLeaves } from '../tree/tree.js'

const tensorsOf = (tree: unknown): readonly Tensor[] => leavesOf<Tensor>(tree).map(({ leaf }) => leaf)

/** The same tree, each tensor without its first axis. */
export type Slices<T> =
  T extends Tensor<infer S, infer D>
    ? Tensor<S extends readonly [number, ...infer Rest extends Shape] ? Rest : number[], D>
    : { readonly [K in keyof T]: Slices<T[K]> }

/** The same tree, each tensor with a new first axis. */
export type Stacked<T> =
  T extends Tensor<infer S, infer D> ? Tensor<[number, ...S], D> : { readonly [K in keyof T]: Stacked<T[K]> }

export interface ScanOptions {
  /** The number of steps; needed where `sequences` holds no tensor. */
  readonly length?: number
  /** From the last step to the first; outputs keep the places of their inputs. */
  readonly reverse?: boolean
}

/**
 * A loop as one node, with a gradient: `scan(step, options)(initial, sequences)` runs `step(carry, slice)` → `[carry, output]` over the first
 * axis of the sequences, and yields the last carry and all outputs, stacked. All three are trees. What the step reads from outside is
 * captured, and is differentiated too.
 * @throws ShapeError when the step returns a carry of another form or spec than the initial one.
 */
export const scan =
  <C, X, Y>(step: (carry: C, slice: Slices<X>) => readonly [C, Y], options: ScanOptions = {}) =>
  (initial: C, sequences: X): readonly [carry: C, outputs: Stacked<Y>] => {
    let form: Y | undefined
    const { carry, outputs } = primitive.scan(
      (state, slices) => {
        const [next, output] = step(
          withLeaves(initial, state) as C,
          withLeaves(sequences, slices) as Slices<X>,
        )
        form = output
        return { carry: tensorsOf(next), outputs: tensorsOf(output) }
      },
      tensorsOf(initial),
      tensorsOf(sequences),
      options,
    )
    return [withLeaves(initial, carry) as C, withLeaves(form, outputs) as Stacked<Y>]
  }
