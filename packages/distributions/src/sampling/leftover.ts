import {
  arange,
  cast,
  cumsum,
  foldIn,
  full,
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
import { choose, type Real } from '../arithmetic.js'
import { firstAccepted, type Proposal } from './rejection.js'

/** Rejection sampling from distributions with the parameters `P`, all of one shape. */
export interface Rejection<P extends Readonly<Record<string, Real>>> {
  readonly parameters: P
  readonly shape: Shape
  /** One proposal for each element. */
  readonly propose: (parameters: P, shape: Shape) => Draw<Proposal>
  /** A value for where no proposal is accepted. */
  readonly fallback: (parameters: P) => Real
  /** At most this share of proposals is rejected, whatever the parameters. */
  readonly rejected: number
  /** How many proposals an element gets: the fallback has a share of `rejected` to this power. */
  readonly attempts: number
}

/** Fewer elements than this are not worth gathering. */
const few = 4096

/**
 * The largest number of elements that a proposal leaves over, of n: nine standard deviations above the mean, which a draw in 10¹⁸ exceeds.
 */
const capacity = (n: number, rejected: number): number =>
  Math.ceil(n * rejected + 9 * Math.sqrt(n * rejected) + 16)

/** One proposal for all; the elements that rejected it are gathered, and only they go on. */
const gathered = <P extends Readonly<Record<string, Real>>>(about: Rejection<P>, key: Key): Real => {
  const { parameters, shape, propose, fallback, rejected, attempts } = about
  const [n] = shape
  const room = capacity(n, rejected)
  if (n < few || 2 * room > n || attempts === 1)
    return firstAccepted(attempts, shape, fallback(parameters), propose(parameters, shape))(key)
  const { value, isAccepted } = propose(parameters, shape)(foldIn(0)(key))
  const isOpen = not(isAccepted) as Tensor<[number], 'bool'>
  const ones = cast('i32')(isOpen)
  /** The place of an open element among the open; those that are done share the place behind. */
  const place = minimum(full([n], room, 'i32'))(sub(full([n], 1, 'i32'))(cumsum(0)(ones)))
  const own = where(arange(n, 'i32'), full([n], 0, 'i32'))(isOpen)
  const target = where(place, full([n], room, 'i32'))(isOpen)
  const open = slice([0, room])(scatterAdd(target, own)(zeros([room + 1], 'i32')))
  const rest = Object.fromEntries(
    Object.entries(parameters).map(([name, x]) => [name, take(open, 0)(x as never) as Real]),
  ) as P
  const later = gathered(
    { ...about, parameters: rest, shape: [room], attempts: attempts - 1 },
    foldIn(1)(key),
  )
  const found = take(minimum(full([n], room - 1, 'i32'))(place), 0)(later as never) as Real
  return choose(isAccepted, value, found)
}

/**
 * Rejection sampling as a static graph that does little in vain: one proposal for every element, then one for each that is left over, and so
 * on. Each keeps the first proposal that is accepted, or the fallback. Counting and gathering are exact on every backend.
 */
export const rejectionSampled =
  <P extends Readonly<Record<string, Real>>>(about: Rejection<P>): Draw<Real> =>
  key => {
    const { parameters, shape } = about
    const flat = reshape([-1]) as (x: Real) => Real
    const n = shape.reduce((a, b) => a * b, 1)
    const flattened = Object.fromEntries(Object.entries(parameters).map(([name, x]) => [name, flat(x)])) as P
    const value = gathered({ ...about, parameters: flattened, shape: [n] }, key)
    return (reshape(shape) as (x: Real) => Real)(value)
  }
