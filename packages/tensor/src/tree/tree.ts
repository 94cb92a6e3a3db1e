import type { Applicative2 } from 'fp-ts/lib/Applicative.js'
import type { Kind2, URIS2 } from 'fp-ts/HKT.js'
import type { DType } from '../graph/dtype.js'
import type { NDArray } from '../graph/ndarray.js'
import { type AnyTensor, Tensor, type Spec } from '../graph/tensor.js'
import type { Shape } from '../shape/index.js'

/**
 * Parameter trees: plain records and arrays whose leaves are tensors, host arrays or specs. Key paths, such as `encoder.0.weight`, name
 * the leaves and are the format of checkpoints. Leaves come in the order of the keys as they were written, arrays by index.
 */
export type Leaf = AnyTensor | NDArray | Spec

/** The same tree with host arrays at the leaves. */
export type Arrays<T> =
  T extends Tensor<infer S, infer D>
    ? NDArray<Readonly<S>, D>
    : T extends { readonly shape: infer S extends Shape; readonly dtype: infer D extends DType }
      ? NDArray<Readonly<S>, D>
      : { readonly [K in keyof T]: Arrays<T[K]> }

/** The same tree with tensors at the leaves. */
export type Tensors<T> = T extends {
  readonly shape: infer S extends Shape
  readonly dtype: infer D extends DType
}
  ? Tensor<[...S], D>
  : { readonly [K in keyof T]: Tensors<T[K]> }

const isLeaf = (tree: unknown): tree is Leaf =>
  tree instanceof Tensor || (typeof tree === 'object' && tree !== null && 'shape' in tree && 'dtype' in tree)

export interface Placed<A> {
  readonly path: string
  readonly leaf: A
}

const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`)

/** A tree, rebuilt with `f` applied to every leaf. */
const rebuilt = (tree: unknown, path: string, f: (leaf: Leaf, path: string) => unknown): unknown => {
  if (isLeaf(tree)) return f(tree, path)
  if (Array.isArray(tree)) return tree.map((part, i) => rebuilt(part, join(path, i), f))
  if (typeof tree === 'object' && tree !== null) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, part]) => [key, rebuilt(part, join(path, key), f)]),
    )
  }
  throw new TypeError(
    `tree: ${path === '' ? 'the root' : path} is ${tree === null ? 'null' : typeof tree}; a tree holds records, arrays, tensors`,
  )
}

/** Every leaf with its path. */
export const leavesOf = <A extends Leaf = Leaf>(tree: unknown): readonly Placed<A>[] => {
  const found: Placed<A>[] = []
  rebuilt(tree, '', (leaf, path) => found.push({ path, leaf: leaf as A }))
  return found
}

/**
 * The leaves of `tree` by the paths of `form`, in the order of `form`: the order in which a record's keys were written means nothing.
 * @throws TypeError naming a path that one of them has and the other has not.
 */
export const leavesInForm = <A extends Leaf = Leaf>(
  name: string,
  form: unknown,
  tree: unknown,
): readonly A[] => {
  const given = new Map(leavesOf<A>(tree).map(({ path, leaf }) => [path, leaf]))
  const spell = (path: string): string => (path === '' ? 'the root' : path)
  const leaves = leavesOf(form).map(({ path }) => {
    const leaf = given.get(path)
    if (leaf === undefined) throw new TypeError(`${name}: ${spell(path)} is missing`)
    given.delete(path)
    return leaf
  })
  for (const path of given.keys()) throw new TypeError(`${name}: ${spell(path)} is not expected`)
  return leaves
}

/** A tree of the same form with other leaves, given in order. */
export const withLeaves = <T>(tree: T, leaves: readonly unknown[]): unknown => {
  let next = 0
  return rebuilt(tree, '', () => leaves[next++])
}

/** Maps every tensor of a tree: `mapTree((t, path) => …)(params)`. */
export const mapTree =
  <A extends Leaf, B extends Leaf>(f: (leaf: A, path: string) => B) =>
  <T>(tree: T): T =>
    rebuilt(tree, '', (leaf, path) => f(leaf as A, path)) as T

/**
 * Maps the leaves of trees of one form together, path by path.
 * @throws TypeError where the forms differ.
 */
export const zipTrees = <T>(
  f: (...leaves: readonly AnyTensor[]) => AnyTensor,
  first: T,
  ...others: readonly T[]
): T => {
  const columns = others.map(tree => leavesInForm<AnyTensor>('zipTrees', first, tree))
  let next = 0
  return rebuilt(first, '', leaf => {
    const i = next++
    return f(leaf as AnyTensor, ...columns.map(column => column[i]))
  }) as T
}

/** A list that shares what came before, so that gathering n leaves copies none of them. */
type Chain<A> = { readonly last: A; readonly before: Chain<A> } | undefined

const inOrder = <A>(chain: Chain<A>): readonly A[] => {
  const values: A[] = []
  for (let at = chain; at !== undefined; at = at.before) values.push(at.last)
  return values.reverse()
}

/** Visits the leaves in an fp-ts applicative of two type parameters (Either, TaskEither, State) and rebuilds the tree in it. */
export const traverseTree =
  <F extends URIS2>(F: Applicative2<F>) =>
  <E, A extends Leaf, B extends Leaf>(f: (leaf: A, path: string) => Kind2<F, E, B>) =>
  <T>(tree: T): Kind2<F, E, unknown> => {
    let gathered: Kind2<F, E, Chain<B>> = F.of<E, Chain<B>>(undefined)
    for (const { leaf, path } of leavesOf<A>(tree)) {
      gathered = F.ap(
        F.map(gathered, before => (last: B): Chain<B> => ({ last, before })),
        f(leaf, path),
      )
    }
    return F.map(gathered, chain => withLeaves(tree, inOrder(chain)))
  }
