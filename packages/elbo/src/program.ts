import type { Functor2 } from 'fp-ts/lib/Functor.js'
import type { Monad2 } from 'fp-ts/lib/Monad.js'
import type { AnyTensor, Requires, Tensor } from '@elbo/tensor'
import type { AnyDistribution, BatchOf, DTypeOf, EventOf } from '@elbo/distributions'
import type { Unsuitable, Well } from './sentence.js'

/** The named sites of a program, each with its distribution. */
export type Sites = Readonly<Record<string, AnyDistribution>>

/** A draw of a distribution, or what is observed of it. */
export type ValueOf<D extends AnyDistribution> = Tensor<[...BatchOf<D>, ...EventOf<D>], DTypeOf<D>>

/** A value for each site. */
export type Values<S> = {
  readonly [N in keyof S]: S[N] extends AnyDistribution ? ValueOf<S[N]> : never
}

/** What an interpreter does at a site: gives it a value, and hands its own state on. */
export type Visit<W> = (name: string, distribution: AnyDistribution, state: W) => readonly [AnyTensor, W]

declare const sites: unique symbol

/**
 * A generative program: distributions at named sites, each of which may depend on the values of sites before it. It is a description: it
 * draws nothing and scores nothing until an interpreter (`sample`, `logJoint`, a bound) walks through it. `S` are its sites, `A` is what it
 * returns.
 */
export interface Program<S, A> {
  /** Walks through the sites in order. Every interpreter is a `Visit` and an initial state. */
  readonly interpret: <W>(visit: Visit<W>) => (state: W) => readonly [A, W]
  /** For the compiler alone. */
  readonly [sites]?: S
}

/** The sites of a program. */
export type SitesOf<P> = P extends Program<infer S, unknown> ? S : never

/** Without sites. */
export type NoSites = Readonly<Record<never, never>>

/** A program without sites that returns `value`. */
export const of = <A, S = NoSites>(value: A): Program<S, A> => ({
  interpret: () => state => [value, state],
})

/** The beginning of every program that is written site by site. */
export const Do: Program<NoSites, NoSites> = of({})

/** A program of one site, that returns its value. */
export const draw = <const N extends string, D extends AnyDistribution>(
  name: N,
  distribution: D,
): Program<{ readonly [K in N]: D }, ValueOf<D>> => ({
  interpret: visit => state => visit(name, distribution, state) as never,
})

/** The same sites, another result. */
export const map =
  <A, B>(f: (value: A) => B) =>
  <S>(program: Program<S, A>): Program<S, B> => ({
    interpret: visit => state => {
      const [value, next] = program.interpret(visit)(state)
      return [f(value), next]
    },
  })

/** One program after another that depends on its result: their sites come together. */
export const chain =
  <A, S2, B>(f: (value: A) => Program<S2, B>) =>
  <S>(program: Program<S, A>): Program<S & S2, B> => ({
    interpret: visit => state => {
      const [value, next] = program.interpret(visit)(state)
      return f(value).interpret(visit)(next)
    },
  })

/** A name that is not in use yet, as a rule. */
export type Fresh<N extends string, A> = string extends N
  ? Well
  : N extends keyof A
    ? Unsuitable<`site ${N}: there is a site of this name already`>
    : Well

type With<A, N extends string, B> = { readonly [K in keyof A | N]: K extends keyof A ? A[K] : B }

/** Do-notation: runs a part of a program and keeps its result by a name. */
export const bind =
  <const N extends string, A extends object, S2, B>(
    name: N & Requires<Fresh<N, A>>,
    f: (scope: A) => Program<S2, B>,
  ) =>
  <S>(program: Program<S, A>): Program<S & S2, With<A, N, B>> =>
    chain((scope: A) => map((value: B) => ({ ...scope, [name]: value }) as With<A, N, B>)(f(scope)))(program)

/**
 * `z ~ Norm[0, I]`: a site, whose value the rest of the program can use.
 *
 *     pipe(
 *       Do,
 *       site('z', Normal({ loc: [0], scale: 1 })),
 *       site('x', ({ z }) => Normal({ loc: f(z), scale: 0.1 })),
 *     )
 *
 * One name stands for one site: the second of a name is a compile error, and throws when the program is interpreted.
 */
export const site =
  <const N extends string, A extends object, D extends AnyDistribution>(
    name: N & Requires<Fresh<N, A>>,
    distribution: D | ((scope: A) => D),
  ) =>
  <S>(program: Program<S, A>): Program<With<S, N, D>, With<A, N, ValueOf<D>>> =>
    bind(name as never, (scope: A) =>
      draw(name, typeof distribution === 'function' ? distribution(scope) : distribution),
    )(program) as never

export const URI = '@elbo/Program'
export type URI = typeof URI

declare module 'fp-ts/HKT.js' {
  interface URItoKind2<E, A> {
    readonly [URI]: Program<E, A>
  }
}

/** fp-ts's instances: `E` are the sites. */
export const Functor: Functor2<URI> = { URI, map: (program, f) => map(f)(program) }

export const Monad: Monad2<URI> = {
  ...Functor,
  of,
  ap: <E, A, B>(functions: Program<E, (value: A) => B>, program: Program<E, A>): Program<E, B> =>
    chain((f: (value: A) => B) => map(f)(program))(functions),
  chain: (program, f) => chain(f)(program),
}
