/**
 * How leaves of a tree stand in a file of another library: plain data, read in both directions. From ours to theirs, in this order:
 *
 * 1. Each leaf is transposed: axis i there is axis `axes[i]` here.
 * 2. Several leaves are joined along `axis` (an axis there), in the order given: the gates of a recurrent layer, say.
 * 3. Along `axis`, `blocks.length` blocks of equal size change places: block i there is block `blocks[i]` here.
 * 4. Several names there get equal parts along `axis`.
 * 5. Each part takes the form `shape`, in row-major order.
 *
 * No step loses or adds an element, so each has an inverse, and what is exported is imported again bit for bit.
 */
export interface Rule {
  /** Paths of the tree, such as `encoder.0.weight`. None: the tensors there are neither looked at nor written. */
  readonly ours: string | readonly string[]
  /** Names in the file. */
  readonly theirs: string | readonly string[]
  /** Left as they are unless told. */
  readonly axes?: readonly number[]
  /** 0 unless told. */
  readonly axis?: number
  readonly blocks?: readonly number[]
  readonly shape?: readonly number[]
}

/** One or several, as a list. */
export const listOf = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names

/** Whether a layer has a bias; it has unless told. */
export interface Biased {
  readonly bias?: boolean
}

/** Rules for the parameters of one layer, by its path here and its name there. */
export type LayerRules<Options = Biased> = (
  ours: string,
  theirs: string,
  options?: Options,
) => readonly Rule[]

/** `path` below `prefix`, which is empty for the root. */
export const below =
  (separator: string) =>
  (prefix: string, path: string): string =>
    prefix === '' ? path : `${prefix}${separator}${path}`

export const path = below('.')
