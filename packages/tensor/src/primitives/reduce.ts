import type { Shape } from '../shape/index.js'
import { ShapeError } from '../shape/index.js'
import { aroundAxis, stridesOf, walk } from '../graph/indices.js'
import { nonDifferentiable, type Primitive, type Value } from '../graph/primitive.js'
import { type AnyTensor, Tensor, apply, type Node, type Spec } from '../graph/tensor.js'
import { div, mul } from './arithmetic.js'
import { reshape } from './layout.js'
import { cast, eq } from './logic.js'

/** Reductions drop their axes; `broadcast`, whose gradient is a sum, stands beside them. */

export interface Axes {
  /** Rising, without repeats. */
  readonly axes: readonly number[]
}

const without = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis))
const withOnes = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((n, axis) => (axes.includes(axis) ? 1 : n))

const reduced = (name: string, x: Spec, axes: readonly number[]): readonly Spec[] => {
  if (x.dtype === 'bool') throw new ShapeError(`${name}: reduces f32, i32 or u32, not bool; cast first`)
  axes.forEach((axis, i) => {
    if (axis < 0 || axis >= x.shape.length)
      throw new ShapeError(`${name}: [${x.shape.join(', ')}] has no axis ${axis}`)
    if (i > 0 && axis <= axes[i - 1])
      throw new ShapeError(`${name}: axes [${axes.join(', ')}] must rise without repeats`)
  })
  return [{ shape: without(x.shape, axes), dtype: x.dtype }]
}

/** Where each element of `shape` goes in the array that remains after `axes` are dropped. */
const stridesOfRest = (shape: Shape, axes: readonly number[]): number[] => {
  const rest = stridesOf(without(shape, axes))
  let next = 0
  return shape.map((_, axis) => (axes.includes(axis) ? 0 : rest[next++]))
}

const sumInto = (x: Value, axes: readonly number[], out: Value): void => {
  // Doubles hold every partial sum; integers wrap once, when stored.
  const sums = new Float64Array(out.data.length)
  walk(x.shape, stridesOfRest(x.shape, axes), 0, (to, from) => (sums[to] += x.data[from]))
  out.data.set(sums)
}

/** The sum over `axes`; 0 over an empty axis. */
export const sumPrimitive: Primitive<Axes> = {
  name: 'sum',
  outputs: ([x], { axes }) => reduced('sum', x, axes),
  gradient: ([g], { inputs: [x], params: { axes } }) => [
    broadcast(reshape(g as AnyTensor, withOnes(x.shape, axes)), x.shape),
  ],
  evaluate: ([x], { axes }, [out]) => sumInto(x, axes, out),
}

const lowest = { f32: -Infinity, i32: -(2 ** 31), u32: 0, bool: 0 } as const

/** The largest over `axes`; NaN where there is one, −∞ (the lowest integer) over an empty axis. */
export const reduceMaxPrimitive: Primitive<Axes> = {
  name: 'reduceMax',
  outputs: ([x], { axes }) => reduced('reduceMax', x, axes),
  gradient: ([g], node) => {
    // Elements that tie share the gradient evenly.
    const x = node.inputs[0]
    const { axes } = node.params
    const spread = (t: AnyTensor): AnyTensor => broadcast(reshape(t, withOnes(x.shape, axes)), x.shape)
    const isLargest = cast(eq(x, spread(new Tensor(node as unknown as Node, 0))), 'f32')
    return [mul(isLargest, spread(div(g as AnyTensor, sum(isLargest, axes))))]
  },
  evaluate: ([x], { axes }, [out]) => {
    out.data.fill(lowest[x.dtype])
    walk(x.shape, stridesOfRest(x.shape, axes), 0, (to, from) => {
      out.data[to] = Math.max(out.data[to], x.data[from])
    })
  },
}

/** The position (i32) of the first largest element along `axis`; of the first NaN where there is one. */
export const argmaxPrimitive: Primitive<{ readonly axis: number }> = {
  name: 'argmax',
  outputs: ([x], { axis }) => {
    if (axis < 0 || axis >= x.shape.length)
      throw new ShapeError(`argmax: [${x.shape.join(', ')}] has no axis ${axis}`)
    if (x.shape[axis] === 0) throw new ShapeError(`argmax: [${x.shape.join(', ')}]: axis ${axis} is empty`)
    return [{ shape: without(x.shape, [axis]), dtype: 'i32' }]
  },
  gradient: nonDifferentiable,
  evaluate: ([x], { axis }, [out]) => {
    const [outer, length, inner] = aroundAxis(x.shape, axis)
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = (k: number): number => x.data[(o * length + k) * inner + i]
        let best = 0
        for (let k = 1; k < length && !Number.isNaN(at(best)); k++) {
          if (at(k) > at(best) || Number.isNaN(at(k))) best = k
        }
        out.data[o * inner + i] = best
      }
    }
  },
}

/** Repeats along axes of length 1 and along new leading axes (NumPy's rules). */
export const broadcastPrimitive: Primitive<{ readonly shape: Shape }> = {
  name: 'broadcast',
  outputs: ([x], { shape }) => {
    const lead = shape.length - x.shape.length
    if (lead < 0 || x.shape.some((n, axis) => n !== 1 && n !== shape[axis + lead])) {
      throw new ShapeError(`broadcast: [${x.shape.join(', ')}] does not broadcast to [${shape.join(', ')}]`)
    }
    return [{ shape, dtype: x.dtype }]
  },
  gradient: ([g], { inputs: [x] }) => [sumTo(g as AnyTensor, x.shape)],
  evaluate: ([x], { shape }, [out]) => {
    const strides = stridesOf(x.shape)
    const lead = shape.length - x.shape.length
    const repeated = shape.map((_, axis) =>
      axis < lead || x.shape[axis - lead] === 1 ? 0 : strides[axis - lead],
    )
    walk(shape, repeated, 0, (from, to) => (out.data[to] = x.data[from]))
  },
}

/** Running sums along `axis`; from the end where `reverse`. */
export const cumsumPrimitive: Primitive<{ readonly axis: number; readonly reverse: boolean }> = {
  name: 'cumsum',
  outputs: ([x], { axis }) => {
    reduced('cumsum', x, [axis])
    return [{ shape: x.shape, dtype: x.dtype }]
  },
  gradient: ([g], { params: { axis, reverse: backwards } }) => [cumsum(g as AnyTensor, axis, !backwards)],
  evaluate: ([x], { axis, reverse: backwards }, [out]) => {
    const [outer, length, inner] = aroundAxis(x.shape, axis)
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let total = 0
        for (let k = 0; k < length; k++) {
          const at = (o * length + (backwards ? length - 1 - k : k)) * inner + i
          total += x.data[at]
          out.data[at] = total
        }
      }
    }
  },
}

/**
 * The permutation (i32) that sorts the last axis, rising or falling; stable. NaN counts as the largest, as in NumPy and PyTorch.
 */
export const argsortPrimitive: Primitive<{ readonly descending: boolean }> = {
  name: 'argsort',
  outputs: ([x]) => {
    if (x.shape.length === 0) throw new ShapeError('argsort: a scalar has no axis to sort')
    return [{ shape: x.shape, dtype: 'i32' }]
  },
  gradient: nonDifferentiable,
  evaluate: ([x], { descending }, [out]) => {
    const length = x.shape[x.shape.length - 1]
    for (let row = 0; length > 0 && row < x.data.length / length; row++) {
      const at = (k: number): number => x.data[row * length + k]
      const order = Array.from({ length }, (_, k) => k)
      const compare = (a: number, b: number): number =>
        Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a < b ? -1 : a > b ? 1 : 0
      order.sort((i, j) => (descending ? compare(at(j), at(i)) : compare(at(i), at(j))))
      out.data.set(order, row * length)
    }
  },
}

export const sum = (x: AnyTensor, axes: readonly number[]): AnyTensor =>
  axes.length === 0 ? x : apply(sumPrimitive, [x], { axes })
export const reduceMax = (x: AnyTensor, axes: readonly number[]): AnyTensor =>
  axes.length === 0 ? x : apply(reduceMaxPrimitive, [x], { axes })
export const argmax = (x: AnyTensor, axis: number): AnyTensor => apply(argmaxPrimitive, [x], { axis })
export const cumsum = (x: AnyTensor, axis: number, backwards = false): AnyTensor =>
  apply(cumsumPrimitive, [x], { axis, reverse: backwards })
export const argsort = (x: AnyTensor, descending = false): AnyTensor =>
  apply(argsortPrimitive, [x], { descending })

export const broadcast = (x: AnyTensor, shape: Shape): AnyTensor =>
  shape.length === x.shape.length && shape.every((n, axis) => n === x.shape[axis])
    ? x
    : apply(broadcastPrimitive, [x], { shape })

/** Sums `x` back to a shape that broadcasts to it: where every gradient of a broadcast edge is gathered. */
export const sumTo = (x: AnyTensor, shape: Shape): AnyTensor => {
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((n, axis) =>
    axis < lead || (shape[axis - lead] === 1 && n !== 1) ? [axis] : [],
  )
  return reshape(sum(x, axes), shape)
}
