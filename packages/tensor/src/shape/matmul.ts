import { broadcastPair, type BroadcastPair, type Clash } from './broadcast.js'
import type { Agree, Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * `[...batch, m, k] x [...batch, k, n] → [...batch, m, n]`; the batch axes broadcast as in NumPy. Both
 * operands need at least two axes.
 *
 * @throws ShapeError `matmul: [2, 3] x [5, 4]: inner dimensions 3 and 5 differ`,
 * `matmul: [7, 2, 3] x [5, 3, 4]: batch dimensions 7 and 5 do not broadcast`, or
 * `matmul: [3] x [3, 4]: both operands need at least two axes`
 */
export const matmulShape = <const A extends Shape, const B extends Shape>(
  a: A,
  b: B,
): ShapeOf<MatMul<A, B>> => {
  const fail = (reason: string) => new ShapeError(`matmul: ${formatShape(a)} x ${formatShape(b)}: ${reason}`)
  if (a.length < 2 || b.length < 2) throw fail('both operands need at least two axes')
  const inner = [a[a.length - 1], b[b.length - 2]] as const
  if (inner[0] !== inner[1]) throw fail(`inner dimensions ${inner[0]} and ${inner[1]} differ`)
  const batch = broadcastPair(a.slice(0, -2), b.slice(0, -2))
  if ('clash' in batch)
    throw fail(`batch dimensions ${batch.clash[0]} and ${batch.clash[1]} do not broadcast`)
  return [...batch.shape, a[a.length - 2], b[b.length - 1]] as Shape as ShapeOf<MatMul<A, B>>
}

/** `matmulShape`. */
export type MatMul<A extends Shape, B extends Shape> = A extends readonly [
  ...infer BatchA extends Shape,
  infer M extends number,
  infer K extends number,
]
  ? B extends readonly [...infer BatchB extends Shape, infer L extends number, infer N extends number]
    ? Agree<K, L> extends true
      ? BroadcastPair<BatchA, BatchB> extends Fit<infer Batch>
        ? Fit<[...Batch, M, N]>
        : BroadcastPair<BatchA, BatchB> extends Clash<infer X, infer Y>
          ? Misfit<`matmul: ${Show<A>} x ${Show<B>}: batch dimensions ${X} and ${Y} do not broadcast`>
          : Unknown
      : Misfit<`matmul: ${Show<A>} x ${Show<B>}: inner dimensions ${K} and ${L} differ`>
    : TooFewAxes<A, B, B>
  : TooFewAxes<A, B, A>

type TooFewAxes<A extends Shape, B extends Shape, Few extends Shape> = number extends Few['length']
  ? Unknown
  : Misfit<`matmul: ${Show<A>} x ${Show<B>}: both operands need at least two axes`>
