import type { Add, Multiply, Quotient, Subtract } from './digits.js'
import type { Padding } from './pad.js'
import type { NotNatural } from './rule.js'

/**
 * How a window moves over an axis. `valid` adds no padding; `same` pads so that the result has
 * `ceil(n / stride)` elements, the odd element after (as TensorFlow and JAX do).
 */
export type WindowPadding = 'valid' | 'same' | number | readonly [Padding, Padding]

/** A pair of numbers for height and width, or one number for both. */
export type Pair = number | readonly [height: number, width: number]

/** A window worked out for one axis. */
export interface ResolvedWindow {
  readonly extent: number
  readonly stride: number
  readonly dilation: number
  readonly padding: Padding
  /** The number of positions: the dimension of the result. */
  readonly length: number
}

export const pairOf = (pair: Pair): readonly [number, number] =>
  typeof pair === 'number' ? [pair, pair] : pair

/**
 * The windows along height (axis 0 of the pair) and width: `floor((n + before + after - (dilation · (extent - 1) + 1)) / stride) + 1`
 * positions (Dumoulin and Visin 2016, "A guide to convolution arithmetic", relationship 6, with dilation).
 *
 * `fail` makes the error from the reason.
 */
export const resolveWindows = (
  fail: (reason: string) => Error,
  spatial: readonly [number, number],
  extents: readonly [number, number],
  strides: Pair,
  padding: WindowPadding,
  dilations: Pair,
): readonly [ResolvedWindow, ResolvedWindow] => {
  const along = (side: 0 | 1): ResolvedWindow => {
    const size = spatial[side]
    const extent = extents[side]
    const stride = pairOf(strides)[side]
    const dilation = pairOf(dilations)[side]
    for (const [name, value] of [
      ['window', extent],
      ['stride', stride],
      ['dilation', dilation],
    ] as const)
      if (!Number.isSafeInteger(value) || value < 1)
        throw fail(`the ${name} ${value} is not a positive integer`)
    const covered = dilation * (extent - 1) + 1
    const pads = padsOf(padding, side, size, covered, stride)
    for (const amount of pads)
      if (!Number.isSafeInteger(amount) || amount < 0)
        throw fail(`padding ${amount} is not a non-negative integer`)
    const room = size + pads[0] + pads[1]
    if (room < covered) throw fail(`a window of ${covered} does not fit in ${room}`)
    return { extent, stride, dilation, padding: pads, length: Math.floor((room - covered) / stride) + 1 }
  }
  return [along(0), along(1)]
}

const padsOf = (
  padding: WindowPadding,
  side: 0 | 1,
  size: number,
  covered: number,
  stride: number,
): Padding => {
  if (padding === 'valid') return [0, 0]
  if (typeof padding === 'number') return [padding, padding]
  if (padding !== 'same') return padding[side]
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + covered - size)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

type Side = 0 | 1

type SideOf<P extends Pair, S extends Side> = P extends readonly [number, number] ? P[S] : P

/** An option, or its default where it is not given; either, where the type leaves it open. */
export type OptionOf<Options, Key extends string, Default> = Key extends keyof Options
  ? undefined extends Options[Key]
    ? Default | NonNullable<Options[Key]>
    : NonNullable<Options[Key]>
  : Default

/** The pair of lengths that `resolveWindows` gives, or the reason why there is none. */
export type WindowLengths<
  Spatial extends readonly [number, number],
  Extents extends readonly [number, number],
  Strides extends Pair,
  P extends WindowPadding,
  Dilations extends Pair,
> =
  LengthAlong<0, Spatial, Extents, Strides, P, Dilations> extends infer Height
    ? Height extends number
      ? LengthAlong<1, Spatial, Extents, Strides, P, Dilations> extends infer Width
        ? Width extends number
          ? [Height, Width]
          : Width
        : never
      : Height
    : never

type LengthAlong<
  S extends Side,
  Spatial extends readonly [number, number],
  Extents extends readonly [number, number],
  Strides extends Pair,
  P extends WindowPadding,
  Dilations extends Pair,
> = [
  | NotPositive<'window', Extents[S]>
  | NotPositive<'stride', SideOf<Strides, S>>
  | NotPositive<'dilation', SideOf<Dilations, S>>,
] extends [never]
  ? P extends 'same'
    ? Quotient<Add<Spatial[S], Subtract<SideOf<Strides, S>, 1>>, SideOf<Strides, S>>
    : Positions<Spatial[S], SideOf<Strides, S>, PadsOf<P, S>, Covered<Extents[S], SideOf<Dilations, S>>>
  : | NotPositive<'window', Extents[S]>
    | NotPositive<'stride', SideOf<Strides, S>>
    | NotPositive<'dilation', SideOf<Dilations, S>>

type NotPositive<Name extends string, N extends number> = N extends 0
  ? `the ${Name} 0 is not a positive integer`
  : [NotNatural<N>] extends [never]
    ? never
    : `the ${Name} ${N} is not a positive integer`

type PadsOf<P extends WindowPadding, S extends Side> = P extends number
  ? [P, P]
  : P extends readonly [Padding, Padding]
    ? [P[S][0], P[S][1]]
    : P extends 'valid'
      ? [0, 0]
      : [number, number]

/** The elements from the first to the last that a window reads. */
type Covered<Extent extends number, Dilation extends number> = Dilation extends 1
  ? Extent
  : Add<Multiply<Dilation, Subtract<Extent, 1>>, 1>

type Positions<
  Size extends number,
  Stride extends number,
  Pads extends [number, number],
  Cover extends number,
> = [NotNatural<Pads[number]>] extends [never]
  ? Add<Add<Size, Pads[0]>, Pads[1]> extends infer Room extends number
    ? [Subtract<Room, Cover>] extends [infer Spare extends number]
      ? [Spare] extends [never]
        ? `a window of ${Cover} does not fit in ${Room}`
        : Add<Quotient<Spare, Stride>, 1>
      : never
    : never
  : `padding ${[NotNatural<Pads[0]>] extends [never] ? Pads[1] : Pads[0]} is not a non-negative integer`
