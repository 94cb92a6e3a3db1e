import { holds } from '../graph/dtype.js'
import type { Shape } from '../shape/index.js'
import { equalShapes, ShapeError, sizeOf } from '../shape/index.js'
import { aroundAxis, stridesOf, walk } from '../graph/indices.js'
import type { Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply, type Spec } from '../graph/tensor.js'

/** These move elements and never look at them. */

/** The same elements in row-major order under another shape. */
export const reshapePrimitive: Primitive<{ readonly shape: Shape }> = {
  name: 'reshape',
  outputs: ([x], { shape }) => {
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      throw new ShapeError(
        `reshape: [${x.shape.join(', ')}] has ${sizeOf(x.shape)} elements, [${shape.join(', ')}] has ${sizeOf(shape)}`,
      )
    }
    return [{ shape, dtype: x.dtype }]
  },
  gradient: ([g], { inputs: [x] }) => [reshape(g as AnyTensor, x.shape)],
  evaluate: ([x], _, [out]) => out.data.set(x.data),
}

/** Axis i of the result is axis `permutation[i]` of the input. */
export const transposePrimitive: Primitive<{ readonly permutation: readonly number[] }> = {
  name: 'transpose',
  outputs: ([x], { permutation }) => {
    const sorted = [...permutation].sort((a, b) => a - b)
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new ShapeError(
        `transpose: [${permutation.join(', ')}] is not a permutation of the axes of [${x.shape.join(', ')}]`,
      )
    }
    return [{ shape: permutation.map(axis => x.shape[axis]), dtype: x.dtype }]
  },
  gradient: ([g], { params: { permutation } }) => {
    const inverse: number[] = []
    permutation.forEach((axis, i) => (inverse[axis] = i))
    return [transpose(g as AnyTensor, inverse)]
  },
  evaluate: ([x], { permutation }, [out]) => {
    const strides = stridesOf(x.shape)
    const permuted = permutation.map(axis => strides[axis])
    walk(out.shape, permuted, 0, (from, to) => (out.data[to] = x.data[from]))
  },
}

export interface SliceParams {
  readonly starts: readonly number[]
  readonly sizes: readonly number[]
  /** Positive steps. */
  readonly steps: readonly number[]
}

/** Elements `start, start + step, …` of each axis, `size` of them. */
export const slicePrimitive: Primitive<SliceParams> = {
  name: 'slice',
  outputs: ([x], { starts, sizes, steps }) => {
    x.shape.forEach((n, axis) => {
      const [start, size, step] = [starts[axis], sizes[axis], steps[axis]]
      if (start < 0 || step < 1 || size < 0 || (size > 0 && start + (size - 1) * step >= n)) {
        throw new ShapeError(
          `slice: [${x.shape.join(', ')}]: axis ${axis} has no ${size} elements from ${start} by ${step}`,
        )
      }
    })
    return [{ shape: sizes, dtype: x.dtype }]
  },
  gradient: ([g], { inputs: [x], params: { starts, sizes, steps } }) => {
    const high = x.shape.map((n, axis) => {
      const size = sizes[axis]
      const reach = size === 0 ? 0 : (size - 1) * steps[axis] + 1
      return n - starts[axis] - reach
    })
    return [pad(g as AnyTensor, { low: starts, high, interior: steps.map(step => step - 1), value: 0 })]
  },
  evaluate: ([x], { starts, steps }, [out]) => {
    const strides = stridesOf(x.shape)
    const start = starts.reduce((sum, s, axis) => sum + s * strides[axis], 0)
    const stepped = steps.map((step, axis) => step * strides[axis])
    walk(out.shape, stepped, start, (from, to) => (out.data[to] = x.data[from]))
  },
}

export interface PadParams {
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Elements put between neighbours. */
  readonly interior: readonly number[]
  readonly value: number
}

/** Surrounds the elements, and parts them, with `value`. */
export const padPrimitive: Primitive<PadParams> = {
  name: 'pad',
  outputs: ([x], { low, high, interior, value }) => {
    if (!holds(x.dtype, value)) throw new ShapeError(`pad: ${value} is not a number that ${x.dtype} has`)
    const shape = x.shape.map((n, axis) => {
      const [before, after, between] = [low[axis], high[axis], interior[axis]]
      if (before < 0 || after < 0 || between < 0) {
        throw new ShapeError(
          `pad: [${x.shape.join(', ')}]: axis ${axis} is padded by ${before}, ${after}, ${between}; none may be negative (slice cuts)`,
        )
      }
      return before + after + n + Math.max(0, n - 1) * between
    })
    return [{ shape, dtype: x.dtype }]
  },
  gradient: ([g], { inputs: [x], params: { low, interior } }) => [
    slice(g as AnyTensor, { starts: low, sizes: x.shape, steps: interior.map(between => between + 1) }),
  ],
  evaluate: ([x], { low, interior, value }, [out]) => {
    out.data.fill(value)
    const strides = stridesOf(out.shape)
    const start = low.reduce((sum, before, axis) => sum + before * strides[axis], 0)
    const stepped = interior.map((between, axis) => (between + 1) * strides[axis])
    walk(x.shape, stepped, start, (to, from) => (out.data[to] = x.data[from]))
  },
}

/** The inputs one after the other along `axis`. */
export const concatPrimitive: Primitive<{ readonly axis: number }> = {
  name: 'concat',
  outputs: (inputs, { axis }) => {
    const [first] = inputs as readonly [Spec]
    for (const { shape, dtype } of inputs) {
      if (shape.length !== first.shape.length || shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw new ShapeError(
          `concat: [${first.shape.join(', ')}] and [${shape.join(', ')}] differ off axis ${axis}`,
        )
      }
      if (dtype !== first.dtype)
        throw new ShapeError(`concat: element types ${first.dtype} and ${dtype} differ; cast one of them`)
    }
    const length = inputs.reduce((sum, { shape }) => sum + shape[axis], 0)
    return [{ shape: first.shape.map((n, i) => (i === axis ? length : n)), dtype: first.dtype }]
  },
  gradient: ([g], { inputs, params: { axis } }) => {
    let start = 0
    return inputs.map(({ shape }) => {
      const part = slice(g as AnyTensor, {
        starts: shape.map((_, i) => (i === axis ? start : 0)),
        sizes: shape,
        steps: shape.map(() => 1),
      })
      start += shape[axis]
      return part
    })
  },
  evaluate: (inputs, { axis }, [out]) => {
    const [outer, , inner] = aroundAxis(out.shape, axis)
    let to = 0
    for (let o = 0; o < outer; o++) {
      for (const { data, shape } of inputs) {
        const run = shape[axis] * inner
        out.data.set(data.subarray(o * run, (o + 1) * run), to)
        to += run
      }
    }
  },
}

/** Each of `axes` back to front. */
export const reversePrimitive: Primitive<{ readonly axes: readonly number[] }> = {
  name: 'reverse',
  outputs: ([x], { axes }) => {
    for (const axis of axes) {
      if (axis < 0 || axis >= x.shape.length)
        throw new ShapeError(`reverse: [${x.shape.join(', ')}] has no axis ${axis}`)
    }
    return [{ shape: x.shape, dtype: x.dtype }]
  },
  gradient: ([g], { params: { axes } }) => [reverse(g as AnyTensor, axes)],
  evaluate: ([x], { axes }, [out]) => {
    if (x.data.length === 0) return
    const strides = stridesOf(x.shape)
    let start = 0
    for (const axis of axes) {
      start += (x.shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    walk(x.shape, strides, start, (from, to) => (out.data[to] = x.data[from]))
  },
}

export const reshape = (x: AnyTensor, shape: Shape): AnyTensor =>
  equalShapes(x.shape, shape) ? x : apply(reshapePrimitive, [x], { shape })

export const transpose = (x: AnyTensor, permutation: readonly number[]): AnyTensor =>
  permutation.length === x.shape.length && permutation.every((axis, i) => axis === i)
    ? x
    : apply(transposePrimitive, [x], { permutation })

export const slice = (x: AnyTensor, params: SliceParams): AnyTensor =>
  equalShapes(x.shape, params.sizes) ? x : apply(slicePrimitive, [x], params)

export const pad = (x: AnyTensor, params: PadParams): AnyTensor =>
  [...params.low, ...params.high, ...params.interior].every(n => n === 0)
    ? x
    : apply(padPrimitive, [x], params)

export const concat = (inputs: readonly AnyTensor[], axis: number): AnyTensor =>
  inputs.length === 1 ? inputs[0] : apply(concatPrimitive, inputs, { axis })

export const reverse = (x: AnyTensor, axes: readonly number[]): AnyTensor =>
  axes.length === 0 ? x : apply(reversePrimitive, [x], { axes })
