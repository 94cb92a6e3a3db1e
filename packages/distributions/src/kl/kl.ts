import {
  broadcastShapes,
  ShapeError,
  type Broadcast,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { spread, sumLast, type Real } from '../arithmetic.js'
import { inside, type AnyDistribution, type BatchOf, type Dynamic } from '../distribution.js'
import type { AnyTransform } from '../transforms/transform.js'
import { estimated, type Estimated } from './estimate.js'
import { formOf, type Conditional, type Pair } from './forms.js'

/** KL(p ‖ q) exactly, in nats. */
export interface Closed<B extends Shape = Shape> {
  readonly form: 'closed'
  readonly value: Tensor<B>
}

type Wrapped<P> = P extends { readonly parameters: { readonly base: infer Base extends AnyDistribution } }
  ? Base
  : never
type Axes<P> = P extends { readonly parameters: { readonly axes: infer N } } ? N : never

/** Is there a closed form? `boolean` where the types do not tell. */
export type HasForm<P extends AnyDistribution, Q extends AnyDistribution> = string extends
  P['family'] | Q['family']
  ? boolean
  : [P['family'], Axes<P>] extends ['Independent', 0]
    ? HasForm<Wrapped<P>, Q>
    : [Q['family'], Axes<Q>] extends ['Independent', 0]
      ? HasForm<P, Wrapped<Q>>
      : [P['family'], Q['family']] extends ['Independent', 'Independent']
        ? [Axes<P>, Axes<Q>] extends [Axes<Q>, Axes<P>]
          ? HasForm<Wrapped<P>, Wrapped<Q>>
          : false
        : [P['family'], Q['family']] extends ['Transformed', 'Transformed']
          ? HasForm<Wrapped<P>, Wrapped<Q>> extends false
            ? false
            : boolean
          : `${P['family']}‖${Q['family']}` extends Conditional
            ? boolean
            : `${P['family']}‖${Q['family']}` extends Pair
              ? true
              : false

type Between<P extends AnyDistribution, Q extends AnyDistribution> = ShapeOf<
  Broadcast<'kl', BatchOf<P>, BatchOf<Q>>
>

/** Which of the two there is: `form` tells where the types do not. */
export type Divergence<P extends AnyDistribution, Q extends AnyDistribution> =
  | (true extends HasForm<P, Q> ? Closed<Between<P, Q>> : never)
  | (false extends HasForm<P, Q> ? Estimated<Between<P, Q>> : never)

/** What no axis makes an event of is as it was. */
const bare = (d: Dynamic): Dynamic => {
  const { base, axes } = d.parameters as { readonly base: Dynamic; readonly axes: unknown }
  return d.family === 'Independent' && axes === 0 ? bare(base) : d
}

const closed = (wrappedP: Dynamic, wrappedQ: Dynamic): Real | undefined => {
  const [p, q] = [bare(wrappedP), bare(wrappedQ)]
  const [inP, inQ] = [p, q].map(
    d => d.parameters as { readonly base: Dynamic; readonly axes: number; readonly transform: AnyTransform },
  )
  if (p.family === 'Independent' && q.family === 'Independent') {
    const base = inP.axes === inQ.axes ? closed(inP.base, inQ.base) : undefined
    return base && sumLast(base, inP.axes)
  }
  // One map of both changes no divergence. Maps are told apart as objects.
  if (p.family === 'Transformed' && q.family === 'Transformed')
    return inP.transform === inQ.transform ? closed(inP.base, inQ.base) : undefined
  return formOf(p, q)?.(p, q)
}

const comparable = (p: Dynamic, q: Dynamic): void => {
  if (p.eventShape.join() !== q.eventShape.join())
    throw new ShapeError(
      `kl: the events [${p.eventShape.join(', ')}] and [${q.eventShape.join(', ')}] differ`,
    )
  if (p.dtype !== q.dtype || p.support.discrete !== q.support.discrete)
    throw new RangeError(`kl: ${p.family} and ${q.family} have no density in common`)
}

/**
 * `kl(p, q)`: the Kullback-Leibler divergence KL(p ‖ q) = ∫ p(x) ln[p(x)/q(x)] dx in nats, one number for each of the broadcast batch.
 * `{ form: 'closed', value }` where `forms` has the pair, also under `toEvent` and one and the same transform; else `{ form: 'estimated', estimate }`, with `estimate(draws)(key)` of `{ value, standardError }`. The type says which, where it knows.
 * @throws ShapeError where events or batches do not fit; RangeError where there is nothing to compare, or nothing to draw from
 */
export const kl = <P extends AnyDistribution, Q extends AnyDistribution>(
  p: P,
  q: Q & Requires<Broadcast<'kl', BatchOf<P>, BatchOf<Q>>>,
): Divergence<P, Q> => {
  const [from, to] = [inside(p), inside(q)]
  comparable(from, to)
  const batch = broadcastShapes<string, readonly Shape[]>('kl', from.batchShape, to.batchShape) as Shape
  const value = closed(from, to)
  if (value !== undefined) return { form: 'closed', value: spread(batch)(value) } as Divergence<P, Q>
  return estimated(from, to, batch)
}
