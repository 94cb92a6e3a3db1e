import type { NDArray, Spec } from '@elbo/tensor'
import { spell as spellLeaf } from '../checkpoint/tree.js'
import { inverted, joined, parted, transposed, transposedShape } from './arrays.js'
import { listOf, type Rule } from './rule.js'

/** A rule with the shapes of both sides, and what it does to arrays of them. */
export interface PlannedRule {
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
  /** Of each of theirs. */
  readonly spec: Spec
  readonly export: (ours: readonly NDArray[]) => readonly NDArray[]
  readonly import: (theirs: readonly NDArray[]) => readonly NDArray[]
}

const spell = (shape: readonly number[]): string => `[${shape.join(', ')}]`

const isPermutation = (axes: readonly number[], length: number): boolean =>
  axes.length === length &&
  axes.every(axis => Number.isInteger(axis) && axis >= 0 && axis < length) &&
  new Set(axes).size === length

const filled = (length: number, count: number): readonly number[] =>
  Array.from({ length: count }, () => length)

/**
 * What a rule does to leaves of these specs.
 * @throws RangeError where it cannot be followed, such as `exchange: encoder.weight: axes [0, 0] do not order the axes of [3, 4]`
 */
export const planned = (rule: Rule, specs: readonly Spec[]): PlannedRule => {
  const [ours, theirs] = [listOf(rule.ours), listOf(rule.theirs)]
  const wrong = (reason: string) => new RangeError(`exchange: ${ours.join(', ')}: ${reason}`)
  const [{ shape: first, dtype }] = specs
  const axes = rule.axes ?? first.map((_, axis) => axis)
  const { axis = 0, blocks } = rule
  if (theirs.length === 0) throw wrong('the rule names nothing there')
  if (!isPermutation(axes, first.length))
    throw wrong(`axes ${spell(axes)} do not order the axes of ${spell(first)}`)
  const turned = specs.map(({ shape }) => transposedShape(shape, axes))
  const joins = ours.length > 1 || theirs.length > 1 || blocks !== undefined
  if (joins && !(Number.isInteger(axis) && axis >= 0 && axis < first.length))
    throw wrong(`${spell(turned[0])} has no axis ${axis}`)
  for (const [i, shape] of turned.entries()) {
    if (
      specs[i].dtype !== dtype ||
      shape.length !== first.length ||
      shape.some((n, k) => k !== axis && n !== turned[0][k])
    )
      throw wrong(`${spellLeaf(specs[0])} and ${spellLeaf(specs[i])} do not join along axis ${axis} there`)
  }
  const lengths = turned.map(shape => shape[axis])
  const length = lengths.reduce((sum, n) => sum + n, 0)
  const inParts = (count: number): readonly number[] => {
    if (length % count !== 0) throw wrong(`${length} along axis ${axis} is not ${count} equal parts`)
    return filled(length / count, count)
  }
  const partLengths = theirs.length > 1 ? inParts(theirs.length) : [length]
  const partShape = joins ? turned[0].map((n, k) => (k === axis ? partLengths[0] : n)) : turned[0]
  const shape = rule.shape ?? partShape
  const size = (of: readonly number[]) => of.reduce((product, n) => product * n, 1)
  if (size(shape) !== size(partShape)) throw wrong(`${spell(partShape)} cannot take the form ${spell(shape)}`)
  if (blocks !== undefined && !isPermutation(blocks, blocks.length))
    throw wrong(`blocks ${spell(blocks)} do not order ${blocks.length} blocks`)
  const blockLengths = blocks === undefined ? [] : inParts(blocks.length)

  const reordered = (array: NDArray, order: readonly number[] | undefined): NDArray => {
    if (order === undefined) return array
    const parts = parted(array, axis, blockLengths)
    return joined(
      order.map(i => parts[i]),
      axis,
    )
  }
  const formed =
    (to: readonly number[]) =>
    ({ data, dtype: of }: NDArray): NDArray => ({ data, dtype: of, shape: to })
  const together = (arrays: readonly NDArray[]): NDArray =>
    arrays.length === 1 ? arrays[0] : joined(arrays, axis)
  const apart = (array: NDArray, into: readonly number[]): readonly NDArray[] =>
    into.length === 1 ? [array] : parted(array, axis, into)

  return {
    ours,
    theirs,
    spec: { shape, dtype },
    export: arrays => {
      const whole = reordered(together(arrays.map(array => transposed(array, axes))), blocks)
      return apart(whole, partLengths).map(formed(shape))
    },
    import: arrays => {
      const whole = reordered(together(arrays.map(formed(partShape))), blocks && inverted(blocks))
      return apart(whole, lengths).map(array => transposed(array, inverted(axes)))
    },
  }
}
