import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { leavesOf, traverseTree, type Arrays, type NDArray, type Spec } from '@elbo/tensor'
import { missingLeaf, unexpectedLeaf, wrongLeaf, type LeafError } from './errors.js'

/** As errors tell a leaf: `f32[784, 400]`. */
export const spell = ({ shape, dtype }: Spec): string => `${dtype}[${shape.join(', ')}]`

/** The leaves of a tree by their paths, in order. */
export const tensorsOf = (tree: unknown): ReadonlyMap<string, NDArray> =>
  new Map(leavesOf<NDArray>(tree).map(({ path, leaf }) => [path, leaf]))

/**
 * Host arrays by path as a tree of the form of `specs` (whose leaves may be specs, tensors or host arrays). Every leaf must be there with
 * its element type and shape, and nothing else.
 */
export const treeOf =
  (file: string) =>
  <T>(specs: T) =>
  (tensors: ReadonlyMap<string, NDArray>): E.Either<LeafError, Arrays<T>> => {
    const expected = new Set(leavesOf(specs).map(({ path }) => path))
    const extra = [...tensors].find(([path]) => !expected.has(path))
    return pipe(
      specs,
      traverseTree(E.Applicative)((spec: Spec, path): E.Either<LeafError, NDArray> => {
        const found = tensors.get(path)
        if (found === undefined) return E.left(missingLeaf(file, path, spell(spec)))
        return spell(found) === spell(spec)
          ? E.right(found)
          : E.left(wrongLeaf(file, path, spell(spec), spell(found)))
      }),
      E.filterOrElseW(
        () => extra === undefined,
        () =>
          unexpectedLeaf(
            file,
            ...(([path, found]) => [path, spell(found)] as const)(extra as [string, NDArray]),
          ),
      ),
    ) as E.Either<LeafError, Arrays<T>>
  }
