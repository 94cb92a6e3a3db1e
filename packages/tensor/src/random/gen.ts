import type { Applicative1 } from 'fp-ts/lib/Applicative.js'
import type { Functor1 } from 'fp-ts/lib/Functor.js'
import type { Monad1 } from 'fp-ts/lib/Monad.js'
import * as state from 'fp-ts/lib/State.js'
import { split, type Key } from './key.js'

/**
 * A random value, as a description: fp-ts's `State` over a key, so that all of `fp-ts/State` works on it. Initial parameters and samples are
 * `Gen`s. In do-notation, each part from a key of its own:
 *
 *     pipe(
 *       draw(normal([2])),
 *       State.bindTo('first'),
 *       State.bind('second', ({ first }) => draw(key => add(first)(normal([2])(key)))),
 *     )
 */
export type Gen<A> = state.State<Key, A>

declare module 'fp-ts/HKT.js' {
  interface URItoKind<A> {
    readonly Gen: Gen<A>
  }
}

/** `State`'s instances at a key, for what takes an instance: `RA.traverse(genApplicative)`, `sequenceS(genApplicative)`. */
export const genFunctor: Functor1<'Gen'> = { URI: 'Gen', map: (gen, f) => state.map(f)(gen) }

/** `ap` draws the function before what it is applied to. */
export const genApplicative: Applicative1<'Gen'> = {
  ...genFunctor,
  of: value => source => [value, source],
  ap:
    <A, B>(functions: Gen<(value: A) => B>, gen: Gen<A>): Gen<B> =>
    source => {
      const [f, next] = functions(source)
      return state.map(f)(gen)(next)
    },
}

/** Each bind is a call: thousands in a row would overflow the stack, for which there is `replicate`. */
export const genMonad: Monad1<'Gen'> = { ...genApplicative, chain: (gen, f) => state.chain(f)(gen) }

/** A `Gen` from a function of a key: takes half of the key, leaves the other. */
export const draw =
  <A>(f: (key: Key) => A): Gen<A> =>
  source => {
    const [next, use] = split(source, 2) as readonly [Key, Key]
    return [f(use), next]
  }

/** `count` draws, one after the other. A loop: thousands of chained `State` binds would overflow the stack. */
export const replicate =
  (count: number) =>
  <A>(gen: Gen<A>): Gen<readonly A[]> =>
  source => {
    const values: A[] = []
    let left = source
    for (let i = 0; i < count; i++) {
      const [value, next] = gen(left)
      values.push(value)
      left = next
    }
    return [values, left]
  }

/** The value that a key gives. */
export const generate =
  (source: Key) =>
  <A>(gen: Gen<A>): A =>
    gen(source)[0]
