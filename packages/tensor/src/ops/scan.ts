import type { AnyTensor, Tensor } from '../graph/tensor.js'
import * as primitive from '../primitives/scan.js'
import { leavesInForm, leavesOf, withLeaves } from '../tree/tree.js'

const tensorsOf = (tree: unknown): readonly AnyTensor[] => leavesOf<AnyTensor>(tree).map(({ leaf }) => leaf)

/** The same tree, each tensor with one more axis, in front. */
export type Stacked<T> =
  T extends Tensor<infer S, infer D>
    ? Tensor<number extends S['length'] ? number[] : [number, ...S], D>
    : { readonly [K in keyof T]: Stacked<T[K]> }

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
  <C, X, Y>(step: (carry: C, slice: X) => readonly [C, Y], options: ScanOptions = {}) =>
  (initial: C, sequences: Stacked<X>): readonly [carry: C, outputs: Stacked<Y>] => {
    let form: Y | undefined
    const { carry, outputs } = primitive.scan(
      (state, slices) => {
        const [next, output] = step(withLeaves(initial, state) as C, withLeaves(sequences, slices) as X)
        form = output
        return { carry: leavesInForm<AnyTensor>('scan: carry', initial, next), outputs: tensorsOf(output) }
      },
      tensorsOf(initial),
      tensorsOf(sequences),
      options,
    )
    return [withLeaves(initial, carry) as C, withLeaves(form, outputs) as Stacked<Y>]
  }
