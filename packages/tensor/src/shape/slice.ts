import type { Subtract } from './digits.js'
import type { Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * What to keep of one axis: `[start, stop, step?]`, stop excluded, negative places from the end, `null` for
 * the end that the step's sign implies; or `null` for the whole axis. Axes past the list stay whole.
 */
export type SliceRange = readonly [start: number | null, stop: number | null, step?: number] | null

/** A range worked out for an axis: `length` elements at `start`, `start + step`, …; step may be negative. */
export interface ResolvedRange {
  readonly start: number
  readonly step: number
  readonly length: number
}

const formatRange = (range: SliceRange): string =>
  range === null ? 'null' : `[${range.map(part => String(part)).join(', ')}]`

/**
 * Where each axis starts, steps and how many elements it keeps. Unlike NumPy's, a range never reaches outside
 * its axis: clamping would turn a wrong number into a smaller tensor.
 *
 * @throws ShapeError `slice: [2, 3] by [null, [1, 5]]: 5 is outside axis 1 of 3`,
 * `slice: [3] by [null, [0, 1]]: 2 ranges for rank 1`, `slice: [3] by [[0, 3, 0]]: the step is 0`
 */
export const resolveRanges = (shape: Shape, ranges: readonly SliceRange[]): readonly ResolvedRange[] => {
  const fail = (reason: string) =>
    new ShapeError(`slice: ${formatShape(shape)} by [${ranges.map(formatRange).join(', ')}]: ${reason}`)
  if (ranges.length > shape.length) throw fail(`${ranges.length} ranges for rank ${shape.length}`)
  return shape.map((dimension, axis) => {
    const [from, to, step = 1] = ranges[axis] ?? [null, null]
    for (const place of [from, to])
      if (place !== null && !(Number.isInteger(place) && place >= -dimension && place <= dimension))
        throw fail(`${place} is outside axis ${axis} of ${dimension}`)
    if (!Number.isInteger(step)) throw fail(`the step ${step} is not an integer`)
    if (step === 0) throw fail('the step is 0')
    const absolute = (place: number) => (place < 0 ? place + dimension : place)
    const start = from === null ? (step > 0 ? 0 : dimension - 1) : absolute(from)
    const stop = to === null ? (step > 0 ? dimension : -1) : absolute(to)
    // A reversed range may be written from the end itself, where no element is: it starts at the last one.
    const first = step < 0 ? Math.min(start, dimension - 1) : start
    const length = Math.max(0, Math.ceil((stop - first) / step))
    return { start: length === 0 ? 0 : first, step, length }
  })
}

/** The shape that a slice keeps; throws as `resolveRanges`. */
export const sliceShape = <const S extends Shape, const Ranges extends readonly SliceRange[]>(
  shape: S,
  ranges: Ranges,
): ShapeOf<Slice<S, Ranges>> =>
  resolveRanges(shape, ranges).map(range => range.length) as Shape as ShapeOf<Slice<S, Ranges>>

/**
 * `sliceShape`. The length of an axis is worked out for steps of 1 and for whole axes reversed, and is `number`
 * for other steps.
 */
export type Slice<S extends Shape, Ranges extends readonly SliceRange[]> = number extends
  S['length'] | Ranges['length']
  ? Unknown
  : Kept<S, Ranges> extends infer R
    ? R extends Shape
      ? Fit<R>
      : R extends string
        ? Misfit<`slice: ${Show<S>} by [${ShowRanges<Ranges>}]: ${R}`>
        : Unknown
    : Unknown

type ShowRanges<Ranges extends readonly SliceRange[], Out extends string = ''> = Ranges extends readonly [
  infer R extends SliceRange,
  ...infer Rest extends readonly SliceRange[],
]
  ? ShowRanges<Rest, Out extends '' ? ShowRange<R> : `${Out}, ${ShowRange<R>}`>
  : Out

type ShowRange<R extends SliceRange> = R extends readonly [infer A extends Bound, infer B extends Bound]
  ? `[${A}, ${B}]`
  : R extends readonly [infer A extends Bound, infer B extends Bound, infer C extends number]
    ? `[${A}, ${B}, ${C}]`
    : 'null'

type Bound = number | null

/** The shape kept, or the reason why it cannot be. */
type Kept<
  S extends Shape,
  Ranges extends readonly SliceRange[],
  Out extends number[] = [],
  Whole extends Shape = S,
  All extends readonly SliceRange[] = Ranges,
> = Ranges extends readonly [infer R extends SliceRange, ...infer Rest extends readonly SliceRange[]]
  ? S extends readonly [infer D extends number, ...infer RestS extends Shape]
    ? KeptOf<D, R, Out['length']> extends infer L
      ? L extends number
        ? Kept<RestS, Rest, [...Out, L], Whole, All>
        : L
      : never
    : `${All['length']} ranges for rank ${Whole['length']}`
  : [...Out, ...S]

type KeptOf<D extends number, R extends SliceRange, Axis extends number> = R extends readonly [
  infer From extends Bound,
  infer To extends Bound,
  (infer Step extends number)?,
]
  ? Place<D, From, 0> extends infer Start extends number
    ? [Start] extends [never]
      ? `${From} is outside axis ${Axis} of ${D}`
      : Place<D, To, D> extends infer Stop extends number
        ? [Stop] extends [never]
          ? `${To} is outside axis ${Axis} of ${D}`
          : KeptBy<R extends readonly [unknown, unknown, Step] ? Step : 1, Start, Stop, D, From | To>
        : never
    : never
  : D

/** A place counted from the start; `never` if it is outside the axis. */
type Place<D extends number, P extends Bound, Default extends number> = P extends number
  ? number extends P
    ? number
    : `${P}` extends `-${infer K extends number}`
      ? Subtract<D, K>
      : [Subtract<D, P>] extends [never]
        ? never
        : P
  : Default

type KeptBy<
  Step extends number,
  Start extends number,
  Stop extends number,
  D extends number,
  Ends,
> = Step extends 1
  ? number extends Start | Stop
    ? number
    : [Subtract<Stop, Start>] extends [never]
      ? 0
      : Subtract<Stop, Start>
  : Step extends 0
    ? 'the step is 0'
    : `${Step}` extends `${string}.${string}`
      ? `the step ${Step} is not an integer`
      : Step extends -1
        ? Ends extends null
          ? D
          : number
        : number
