import { concatAll, type Monoid } from 'fp-ts/lib/Monoid.js'
import {
  add,
  leavesOf,
  mul,
  withLeaves,
  zipTrees,
  type AnyTensor,
  type Shape,
  type Tensor,
} from '@elbo/tensor'

export type Scalar = Tensor<readonly [], 'f32'>
export type Leaf = Tensor<Shape, 'f32'>
/** The leaves of a tree by their key paths. */
export type Leaves = Readonly<Record<string, Leaf>>

/**
 * What an optimiser carries from update to update: a record by the names of its links, each of trees in the form of the parameters and of
 * scalars. Its key paths (`adam.first.encoder.0.weight`) are part of the format of checkpoints.
 */
export interface OptimiserState {
  readonly [name: string]: AnyTensor | OptimiserState
}

/** What an update may depend on besides the slope and the state. */
export interface Moment<P> {
  /** Before the update. */
  readonly parameters: P
  /** Updates made before this one. */
  readonly step: Tensor<readonly [], 'u32'>
  /** Of the batch: what a plateau watches. */
  readonly loss: Scalar
}

export interface Updated<P> {
  /** What is to be added to the parameters. */
  readonly change: P
  readonly state: OptimiserState
  /** What the whole change was multiplied by, apart from its sign; missing where nothing says so. */
  readonly learningRate?: Scalar
  /** 1 when a plateau made the rate smaller for the updates to come, 0 otherwise; missing where no plateau is. */
  readonly rateReduced?: Scalar
}

/** One member of a chain: takes what the member before it gives, the first one the slope. */
export interface Link {
  /** Of its part of the state. */
  readonly name: string
  readonly init: (parameters: Leaves) => OptimiserState
  readonly update: (change: Leaves, state: OptimiserState, moment: Moment<Leaves>) => Updated<Leaves>
}

/** Turns slopes into changes of the parameters. Both functions are pure and build expressions; trees are any trees of f32 tensors. */
export interface Optimiser {
  readonly links: readonly Link[]
  readonly init: <P>(parameters: P) => OptimiserState
  /** (∂loss/∂parameters, state, moment) → what is to be added to the parameters, and the next state. */
  readonly update: <P>(slope: P, state: OptimiserState, moment: Moment<P>) => Updated<P>
}

const byPath = (tree: unknown): Leaves =>
  Object.fromEntries(leavesOf<Leaf>(tree).map(({ path, leaf }) => [path, leaf]))

const inForm = <P>(tree: P, leaves: Leaves): P =>
  withLeaves(
    tree,
    leavesOf(tree).map(({ path }) => leaves[path]),
  ) as P

/** `adam`, `clip`, `adam` → `adam`, `clip`, `adam2`: what stands between two of a kind does not change their names. */
const named = (links: readonly Link[]): readonly (readonly [name: string, link: Link])[] => {
  const count = new Map<string, number>()
  return links.map(link => {
    const number = (count.get(link.name) ?? 0) + 1
    count.set(link.name, number)
    return [number === 1 ? link.name : `${link.name}${number}`, link]
  })
}

const product = (a: Scalar | undefined, b: Scalar | undefined): Scalar | undefined =>
  a === undefined ? b : b === undefined ? a : mul(b)(a)

/** The optimiser that does what its links do, one after the other. A link without state has no place in the state. */
export const ofLinks = (links: readonly Link[]): Optimiser => {
  const members = named(links)
  return {
    links,
    init: parameters => {
      const leaves = byPath(parameters)
      return Object.fromEntries(
        members
          .map(([name, link]) => [name, link.init(leaves)] as const)
          .filter(([, state]) => Object.keys(state).length > 0),
      )
    },
    update: (slope, state, { parameters, step, loss }) => {
      const moment = { parameters: byPath(parameters), step, loss }
      const next: Record<string, OptimiserState> = {}
      let change = byPath(slope)
      let learningRate: Scalar | undefined
      let rateReduced: Scalar | undefined
      for (const [name, link] of members) {
        const updated = link.update(change, (state[name] ?? {}) as OptimiserState, moment)
        change = updated.change
        if (Object.keys(updated.state).length > 0) next[name] = updated.state
        learningRate = product(learningRate, updated.learningRate)
        rateReduced = updated.rateReduced ?? rateReduced
      }
      return {
        change: inForm(slope, change),
        state: next,
        ...(learningRate === undefined ? {} : { learningRate }),
        ...(rateReduced === undefined ? {} : { rateReduced }),
      }
    },
  }
}

/** Optimisers one after the other; the empty one hands the slope on as it is. */
export const optimiserMonoid: Monoid<Optimiser> = {
  concat: (first, second) => ofLinks([...first.links, ...second.links]),
  empty: ofLinks([]),
}

/**
 * `chain(clipByGlobalNorm(1), adam())`: each takes what the one before it gives, the first one the slope, and the last one's is added to the
 * parameters. A link's part of the state is named by its kind: `adam`; a second one of its kind in a chain is `adam2`.
 */
export const chain = (...optimisers: readonly Optimiser[]): Optimiser =>
  concatAll(optimiserMonoid)(optimisers)

/** Trees added leaf by leaf: parameters and their change. */
export const addTrees = <P>(parameters: P, change: P): P =>
  zipTrees((leaf, step) => add(step as Tensor)(leaf as Tensor), parameters, change)
