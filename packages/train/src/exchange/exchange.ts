import * as E from 'fp-ts/lib/Either.js'
import { leavesOf, withLeaves, type Arrays, type NDArray, type Spec } from '@elbo/tensor'
import { missingLeaf, unexpectedLeaf, wrongLeaf, type LeafError } from '../checkpoint/errors.js'
import { spell, tensorsOf } from '../checkpoint/tree.js'
import { planned } from './plan.js'
import { listOf, type Rule } from './rule.js'

/** Trees of one form, and files of another library that hold the same numbers. */
export interface Exchange<T> {
  /** What a file holds, by name. */
  readonly theirs: ReadonlyMap<string, Spec>
  /** The tensors of a file, for `writeSafetensors`. */
  readonly exportTo: (tree: Arrays<T>) => ReadonlyMap<string, NDArray>
  /** A tree from the tensors of a file (`readSafetensors`): each must be there with its type and shape, and nothing else. */
  readonly importFrom: (
    file: string,
  ) => (tensors: ReadonlyMap<string, NDArray>) => E.Either<LeafError, Arrays<T>>
}

/** @throws RangeError when a name is claimed twice. */
const onlyOnce = (names: readonly string[], what: string): void => {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new RangeError(`exchange: two rules name ${twice} ${what}`)
}

/**
 * Puts trees of the form of `specs` (whose leaves may be specs, tensors or host arrays) into files of another library and takes them out
 * again, by rules that say where each leaf stands there: `importFrom(file)(exportTo(tree))` is the tree. `pytorch` and `keras` have rules
 * for layers.
 *
 * @throws RangeError when the rules leave out a leaf, name one that is not there or name one twice, or when a rule does not fit its shapes.
 */
export const exchange = <T>(specs: T, rules: readonly Rule[]): Exchange<T> => {
  const leaves = leavesOf<Spec>(specs)
  const specOf = new Map(leaves.map(({ path, leaf }) => [path, leaf]))
  const named = rules.flatMap(({ ours }) => listOf(ours))
  onlyOnce(named, 'here')
  onlyOnce(
    rules.flatMap(({ theirs }) => listOf(theirs)),
    'there',
  )
  const unknown = named.find(path => !specOf.has(path))
  if (unknown !== undefined) throw new RangeError(`exchange: there is no leaf ${unknown} here`)
  const given = new Set(named)
  const left = leaves.find(({ path }) => !given.has(path))
  if (left !== undefined) throw new RangeError(`exchange: no rule says where ${left.path} stands there`)

  const plans = rules
    .filter(({ ours }) => listOf(ours).length > 0)
    .map(rule =>
      planned(
        rule,
        listOf(rule.ours).map(path => specOf.get(path) as Spec),
      ),
    )
  const theirs = new Map(plans.flatMap(({ theirs: names, spec }) => names.map(name => [name, spec] as const)))
  const ignored = new Set(rules.flatMap(rule => (listOf(rule.ours).length === 0 ? listOf(rule.theirs) : [])))

  const faultOf = (file: string, tensors: ReadonlyMap<string, NDArray>): LeafError | undefined => {
    for (const { ours, theirs: names, spec } of plans) {
      for (const name of names) {
        const found = tensors.get(name)
        if (found === undefined) return missingLeaf(file, name, spell(spec), ours)
        if (spell(found) !== spell(spec)) return wrongLeaf(file, name, spell(spec), spell(found), ours)
      }
    }
    const extra = [...tensors].find(([name]) => !theirs.has(name) && !ignored.has(name))
    return extra && unexpectedLeaf(file, extra[0], spell(extra[1]))
  }

  return {
    theirs,
    exportTo: tree => {
      const tensors = tensorsOf(tree)
      return new Map(
        plans.flatMap(({ ours, theirs: names, export: exported }) => {
          const arrays = exported(ours.map(path => tensors.get(path) as NDArray))
          return names.map((name, i) => [name, arrays[i]] as const)
        }),
      )
    },
    importFrom: file => tensors => {
      const fault = faultOf(file, tensors)
      if (fault !== undefined) return E.left(fault)
      const found = new Map(
        plans.flatMap(({ ours, theirs: names, import: imported }) => {
          const arrays = imported(names.map(name => tensors.get(name) as NDArray))
          return ours.map((path, i) => [path, arrays[i]] as const)
        }),
      )
      return E.right(
        withLeaves(
          specs,
          leaves.map(({ path }) => found.get(path)),
        ) as Arrays<T>,
      )
    },
  }
}
