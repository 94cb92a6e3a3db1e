import {
  arange,
  cast,
  cumsum,
  foldIn,
  full,
  ge,
  minimum,
  not,
  reshape,
  scatterAdd,
  slice,
  sub,
  take,
  where,
  zeros,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { both, choose, either, type Real, type Truth } from '../arithmetic.js'
import { firstAccepted } from './rejection.js'

type Parts = Readonly<Record<string, Real>>

/** Rejection sampling from distributions with the parameters `P`, all of one shape; a proposal consists of the numbers `W`. */
export interface Rejection<P extends Parts, W extends Parts> {
  readonly parameters: P
  readonly shape: Shape
  /** One proposal for each element. */
  readonly propose: (parameters: P, shape: Shape) => Draw<W>
  /** What a proposal proposes. */
  readonly value: (proposal: W, parameters: P) => Real
  readonly accepts: (proposal: W, parameters: P) => Truth
  /** A cheaper test that accepts most of what `accepts` does and nothing else, and the largest share that it leaves open. */
  readonly squeeze?: { readonly accepts: (proposal: W, parameters: P) => Truth; readonly open: number }
  /** A value for where no proposal is accepted. */
  readonly fallback: (parameters: P) => Real
  /** At most this share of proposals is rejected, whatever the parameters. */
  readonly rejected: number
  /** How many proposals an element gets: the fallback has a share of `rejected` to this power. */
  readonly attempts: number
}

/** Fewer elements than this are not worth gathering. */
const few = 4096

/** The largest number of elements of n that are left open: nine standard deviations above the mean, which a draw in 10¹⁸ exceeds. */
const capacity = (n: number, share: number): number => Math.ceil(n * share + 9 * Math.sqrt(n * share) + 16)

interface Gathering {
  /** Those elements of all that are open, and element 0 in the room that they leave. */
  readonly gather: <R extends Parts>(parts: R) => R
  /** For each element that is open, its own of those that were gathered; for the others, any. */
  readonly scatter: (found: Real) => Real
  /** Whether a place holds an element. */
  readonly isTaken: Truth
}

/** Gathers the open ones of n elements into `room` places. */
const gathering = (isOpen: Truth, room: number): Gathering => {
  const open = isOpen as Tensor<[number], 'bool'>
  const [n] = open.shape
  const ones = cast('i32')(open)
  const running = cumsum(0)(ones)
  /** The place of an open element among the open; those that are done share the place behind. */
  const place = minimum(full([n], room, 'i32'))(sub(full([n], 1, 'i32'))(running))
  const own = where(arange(n, 'i32'), full([n], 0, 'i32'))(open)
  const target = where(place, full([n], room, 'i32'))(open)
  const chosen = slice([0, room])(scatterAdd(target, own)(zeros([room + 1], 'i32')))
  const last = minimum(full([n], room - 1, 'i32'))(place)
  return {
    gather: <R extends Parts>(parts: R) =>
      Object.fromEntries(
        Object.entries(parts).map(([name, x]) => [name, take(chosen, 0)(x as never) as Real]),
      ) as R,
    scatter: found => take(last, 0)(found as never),
    isTaken: not(ge(slice([n - 1, n])(running))(arange(room, 'i32'))),
  }
}

/** One proposal for all; the elements that rejected it are gathered, and only they go on. */
const search = <P extends Parts, W extends Parts>(about: Rejection<P, W>, key: Key): Real => {
  const { parameters, shape, propose, value, accepts, squeeze, fallback, rejected, attempts } = about
  const [n] = shape
  const [room, rejecting] = [capacity(n, squeeze?.open ?? rejected), capacity(n, rejected)]
  if (n < few || 2 * room > n || attempts === 1)
    return firstAccepted(attempts, shape, fallback(parameters), own => {
      const proposal = propose(parameters, shape)(own)
      const isAccepted = accepts(proposal, parameters)
      return {
        value: value(proposal, parameters),
        isAccepted: squeeze ? either(squeeze.accepts(proposal, parameters), isAccepted) : isAccepted,
      }
    })(key)
  const again = (rest: P, count: number): Real =>
    search({ ...about, parameters: rest, shape: [count], attempts: attempts - 1 }, foldIn(1)(key))
  const proposal = propose(parameters, shape)(foldIn(0)(key))
  const isAccepted = (squeeze?.accepts ?? accepts)(proposal, parameters)
  const { gather, scatter, isTaken } = gathering(not(isAccepted), room)
  const rest = gather(parameters)
  const settled = (): Real => {
    const left = gather(proposal)
    const isFine = accepts(left, rest)
    const refused = gathering(both(not(isFine), isTaken), rejecting)
    return choose(isFine, value(left, rest), refused.scatter(again(refused.gather(rest), rejecting)))
  }
  return choose(isAccepted, value(proposal, parameters), scatter(squeeze ? settled() : again(rest, room)))
}

/**
 * Rejection sampling as a static graph that does little in vain: one proposal for every element, then one for each that is left over, and so
 * on. Where there is a squeeze, only what it leaves open is put to the test itself. Each element keeps the first proposal that is accepted, or
 * the fallback. Counting and gathering are exact on every backend.
 */
export const rejectionSampled =
  <P extends Parts, W extends Parts>(about: Rejection<P, W>): Draw<Real> =>
  key => {
    const { parameters, shape } = about
    const flat = reshape([-1]) as (x: Real) => Real
    const n = shape.reduce((a, b) => a * b, 1)
    const flattened = Object.fromEntries(Object.entries(parameters).map(([name, x]) => [name, flat(x)])) as P
    const value = search({ ...about, parameters: flattened, shape: [n] }, key)
    return (reshape(shape) as (x: Real) => Real)(value)
  }
