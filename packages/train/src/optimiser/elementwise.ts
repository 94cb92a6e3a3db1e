import { ofLinks, type Leaf, type Leaves, type Moment, type Optimiser, type Scalar } from './optimiser.js'

/** What a rule makes of one leaf: its change and its slots. */
export type Ruled<Slot extends string> = { readonly change: Leaf } & Readonly<Record<Slot, Leaf>>

export interface Rule<Slot extends string> {
  readonly name: string
  /** The first values of the slots, for each leaf of the parameters. */
  readonly slots: Readonly<Record<Slot, (parameter: Leaf) => Leaf>>
  /** What all leaves share is computed in the outer function, once. */
  readonly at: (
    moment: Moment<Leaves>,
  ) => (change: Leaf, slots: Readonly<Record<Slot, Leaf>>, parameter: Leaf) => Ruled<Slot>
  readonly learningRate?: (moment: Moment<Leaves>) => Scalar
}

/**
 * An optimiser of one link that treats each element by itself, so that a chain of such links is one pass over each parameter. Its state is
 * `<name>.<slot>.<path of the parameter>`.
 */
export const elementwise = <Slot extends string = never>({
  name,
  slots,
  at,
  learningRate,
}: Rule<Slot>): Optimiser => {
  const slotNames = Object.keys(slots) as Slot[]
  const perSlot = <A>(value: (slot: Slot) => A): Readonly<Record<Slot, A>> =>
    Object.fromEntries(slotNames.map(slot => [slot, value(slot)])) as Record<Slot, A>
  return ofLinks([
    {
      name,
      init: parameters => perSlot(slot => mapLeaves(slots[slot])(parameters)),
      update: (change, state, moment) => {
        const rule = at(moment)
        const kept = (slot: Slot, path: string): Leaf => {
          const leaf = (state[slot] as Leaves | undefined)?.[path]
          if (leaf === undefined) throw new TypeError(`${name}: the state has no ${slot} of ${path}`)
          return leaf
        }
        const ruled = mapLeaves((leaf, path) =>
          rule(
            leaf,
            perSlot(slot => kept(slot, path)),
            moment.parameters[path],
          ),
        )(change)
        const column = <Name extends 'change' | Slot>(part: Name): Leaves =>
          Object.fromEntries(Object.entries(ruled).map(([path, result]) => [path, result[part]]))
        return {
          change: column('change'),
          state: perSlot(column),
          ...(learningRate === undefined ? {} : { learningRate: learningRate(moment) }),
        }
      },
    },
  ])
}

/** Maps leaves by path. */
export const mapLeaves =
  <A>(f: (leaf: Leaf, path: string) => A) =>
  (leaves: Leaves): Readonly<Record<string, A>> =>
    Object.fromEntries(Object.entries(leaves).map(([path, leaf]) => [path, f(leaf, path)]))
