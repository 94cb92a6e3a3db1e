import type { State } from 'fp-ts/lib/State.js'
import { split, type Key } from './key.js'

/**
 * A random value, as a description: fp-ts's `State` over a key, so that its Functor, Applicative and Monad are `fp-ts/State`'s own.
 * Initial parameters and samples are `Gen`s.
 */
export type Gen<A> = State<Key, A>

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
    let state = source
    for (let i = 0; i < count; i++) {
      const [value, next] = gen(state)
      values.push(value)
      state = next
    }
    return [values, state]
  }

/** The value that a key gives. */
export const generate =
  (source: Key) =>
  <A>(gen: Gen<A>): A =>
    gen(source)[0]
