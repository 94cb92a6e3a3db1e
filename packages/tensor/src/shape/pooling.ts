import type { Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'
import {
  type OptionOf,
  type Pair,
  pairOf,
  type ResolvedWindow,
  resolveWindows,
  type WindowLengths,
  type WindowPadding,
} from './window.js'

export interface PoolingOptions {
  /** Default: the window, so that windows do not overlap. */
  readonly stride?: Pair
  /** Default `'valid'`. */
  readonly padding?: WindowPadding
  /** Default 1. */
  readonly dilation?: Pair
}

export interface ResolvedPooling {
  readonly shape: Shape
  readonly windows: readonly [height: ResolvedWindow, width: ResolvedWindow]
}

/**
 * `[batch, channels, height, width]` → `[batch, channels, height', width']`.
 *
 * @throws ShapeError `maxPool: [3, 8, 8] by [2, 2]: needs four axes`, or
 * `maxPool: [1, 3, 2, 2] by [3, 3]: a window of 3 does not fit in 2`
 */
export const resolvePooling = (
  operation: string,
  shape: Shape,
  window: Pair,
  { stride = window, padding = 'valid', dilation = 1 }: PoolingOptions = {},
): ResolvedPooling => {
  const extents = pairOf(window)
  const fail = (reason: string) =>
    new ShapeError(`${operation}: ${formatShape(shape)} by ${formatShape(extents)}: ${reason}`)
  if (shape.length !== 4) throw fail('needs four axes')
  const [batch, channels, height, width] = shape as readonly [number, number, number, number]
  const windows = resolveWindows(fail, [height, width], extents, stride, padding, dilation)
  return { shape: [batch, channels, windows[0].length, windows[1].length], windows }
}

/** The shape of a pooling over height and width; throws as `resolvePooling`. */
export const poolShape = <
  const Op extends string,
  const S extends Shape,
  const W extends Pair,
  const O extends PoolingOptions = Record<never, never>,
>(
  operation: Op,
  shape: S,
  window: W,
  options?: O,
): ShapeOf<Pool<Op, S, W, O>> =>
  resolvePooling(operation, shape, window, options).shape as ShapeOf<Pool<Op, S, W, O>>

/** `poolShape`. Height and width are worked out for strides of 1, 2, 4 and 8, and are `number` for others. */
export type Pool<
  Op extends string,
  S extends Shape,
  W extends Pair,
  O extends PoolingOptions = Record<never, never>,
> = number extends S['length']
  ? Unknown
  : S extends readonly [
        infer N extends number,
        infer C extends number,
        infer Height extends number,
        infer Width extends number,
      ]
    ? WindowLengths<
        [Height, Width],
        Both<W>,
        OptionOf<O, 'stride', W>,
        OptionOf<O, 'padding', 'valid'>,
        OptionOf<O, 'dilation', 1>
      > extends infer L
      ? L extends [infer H2 extends number, infer W2 extends number]
        ? Fit<[N, C, H2, W2]>
        : L extends string
          ? Misfit<`${Op}: ${Show<S>} by ${Show<Both<W>>}: ${L}`>
          : Unknown
      : Unknown
    : Misfit<`${Op}: ${Show<S>} by ${Show<Both<W>>}: needs four axes`>

/** `pairOf`. */
type Both<P extends Pair> = P extends readonly [infer H extends number, infer W extends number]
  ? [H, W]
  : P extends number
    ? [P, P]
    : never
