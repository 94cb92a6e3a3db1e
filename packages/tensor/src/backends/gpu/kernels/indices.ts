import { stridesOf } from '../../../graph/indices.js'
import { sizeOf, type Shape } from '../../../shape/index.js'
import type { Writer } from './writer.js'

/** Below this, ⌊(i + ½)/n⌋ is right although a driver's division may be off by 2.5 units in the last place. */
const mostForHalves = 2 ** 20

/** ⌊index / n⌋ for a whole index from 0 up to `bound`. */
const quotient = (writer: Writer, index: string, n: number, bound: number): string => {
  if (bound < mostForHalves) return writer.name(`Math.floor((${index} + 0.5) / ${n}.0)`)
  const near = writer.name(`Math.floor(${index} / ${n}.0)`)
  const rest = writer.name(`${index} - ${near} * ${n}.0`)
  return writer.name(
    `(${rest} < 0.0) ? (${near} - 1.0) : ((${rest} >= ${n}.0) ? (${near} + 1.0) : (${near} + 0.0))`,
  )
}

/** The coordinates of a flat index into `shape`, last axis first; an axis of length 1 reads `undefined`. */
export const coordinates = (writer: Writer, index: string, shape: Shape): readonly (string | undefined)[] => {
  const found: (string | undefined)[] = shape.map(() => undefined)
  let rest = index
  let left = sizeOf(shape)
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]
    if (n === 1) continue
    if (n === left) {
      found[axis] = rest
      break
    }
    const above = quotient(writer, rest, n, left - 1)
    found[axis] = writer.name(`${rest} - ${above} * ${n}.0`)
    rest = above
    left /= n
  }
  return found
}

/** The coordinate of an axis of length 1. */
export const zero = '0.0'

const spelled = (x: number): string => (x < 0 ? `(0.0 - ${-x}.0)` : `${x}.0`)

/** Axes that are walked as one: without those of length 1, neighbours joined where their strides allow it. */
const joined = (shape: Shape, strides: readonly number[]): readonly { n: number; stride: number }[] => {
  const axes: { n: number; stride: number }[] = []
  shape.forEach((n, axis) => {
    if (n === 1) return
    const last = axes.at(-1)
    if (last !== undefined && last.stride === strides[axis] * n) {
      last.n *= n
      last.stride = strides[axis]
    } else axes.push({ n, stride: strides[axis] })
  })
  return axes
}

/** Σ terms as an index; no terms read 0. */
export const indexSum = (writer: Writer, terms: readonly string[], offset = 0): string => {
  const moving = terms.filter(term => term !== zero)
  const all = offset === 0 && moving.length > 0 ? moving : [...moving, spelled(offset)]
  return all.length === 1 && /^\w+$/.test(all[0]) ? all[0] : writer.name(`${all.join(' + ')} + 0.0`)
}

/** `coordinate` · `stride` as text, worked out where the coordinate is a number. */
export const times = (coordinate: string, stride: number): string => {
  if (/^[\d.]+$/.test(coordinate)) return spelled(Number(coordinate) * stride)
  if (stride === 1) return coordinate
  return stride < 0 ? `(0.0 - ${coordinate} * ${-stride}.0)` : `${coordinate} * ${stride}.0`
}

/** Where element `index` of `shape` stands in an array laid out by `strides` from `offset`. */
export const strided = (
  writer: Writer,
  index: string,
  shape: Shape,
  strides: readonly number[],
  offset = 0,
): string => {
  const axes = joined(shape, strides)
  if (offset === 0 && axes.length === 1 && axes[0].stride === 1) return index
  const at = coordinates(
    writer,
    index,
    axes.map(({ n }) => n),
  )
  const terms = axes.flatMap(({ stride }, axis) => {
    const coordinate = at[axis]
    return stride === 0 || coordinate === undefined ? [] : [times(coordinate, stride)]
  })
  return indexSum(writer, terms, offset)
}

/** Strides of a shape that repeats along the axes of length 1 of `from` to become `to`. */
export const repeatedStrides = (from: Shape, to: Shape): readonly number[] => {
  const strides = stridesOf(from)
  const lead = to.length - from.length
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]))
}
