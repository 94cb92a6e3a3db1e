import {
  broadcastShapes,
  ShapeError,
  type Agree,
  type Broadcast,
  type Misfit,
  type Rule,
  type Shape,
  type Show,
  type UnknownShape,
} from '@elbo/tensor'

/**
 * What a value's shape says: its last axes are the event, those before them broadcast with the batch. The result has one number for each
 * event.
 *
 * @throws ShapeError `logProb: [5, 3] does not end with the event shape [4]`,
 * `logProb: [5] and [2]: dimensions 5 and 2 do not broadcast`
 */
export const observedShape = (operation: string, x: Shape, batch: Shape, event: Shape): Shape => {
  const front = x.length - event.length
  if (front < 0 || event.some((n, axis) => n !== x[front + axis])) {
    throw new ShapeError(
      `${operation}: [${x.join(', ')}] does not end with the event shape [${event.join(', ')}]`,
    )
  }
  return broadcastShapes<string, readonly Shape[]>(operation, x.slice(0, front), batch)
}

/** `observedShape`, with its sentences. */
export type Observed<
  Op extends string,
  X extends Shape,
  B extends Shape,
  E extends Shape,
> = E extends readonly []
  ? Broadcast<Op, X, B>
  : number extends X['length'] | E['length']
    ? UnknownShape
    : Front<X, E> extends { readonly front: infer F extends Shape }
      ? Broadcast<Op, F, B> extends infer R extends Rule
        ? R
        : UnknownShape
      : Misfit<`${Op}: ${Show<X>} does not end with the event shape ${Show<E>}`>

/** The axes before the event's. */
type Front<X extends Shape, E extends Shape> = E extends readonly [
  ...infer RestE extends Shape,
  infer D extends number,
]
  ? X extends readonly [...infer RestX extends Shape, infer Y extends number]
    ? Agree<D, Y> extends true
      ? Front<RestX, RestE>
      : never
    : never
  : { readonly front: X }
