import type { DType, HostArray, NDArray } from '@elbo/tensor'

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint8Array } as const

const emptyOf = (dtype: DType, size: number): HostArray => new arrays[dtype](size)

/** The shape of `transposed`. */
export const transposedShape = (shape: readonly number[], axes: readonly number[]): readonly number[] =>
  axes.map(axis => shape[axis])

/** The same elements with axis `axes[i]` as axis i. */
export const transposed = (
  { data, shape, dtype }: NDArray,
  axes: readonly number[] = shape.map((_, axis) => axis),
): NDArray => {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const [outShape, outStrides] = [transposedShape(shape, axes), transposedShape(strides, axes)]
  const out = emptyOf(dtype, data.length)
  const position = outShape.map(() => 0)
  let from = 0
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]
    for (let axis = outShape.length - 1; axis >= 0; axis--) {
      from += outStrides[axis]
      if (++position[axis] < outShape[axis]) break
      from -= outStrides[axis] * outShape[axis]
      position[axis] = 0
    }
  }
  return { data: out, shape: outShape, dtype }
}

/** The permutation that undoes `axes`. */
export const inverted = (axes: readonly number[]): readonly number[] => axes.map((_, i) => axes.indexOf(i))

const resized = (shape: readonly number[], axis: number, length: number): readonly number[] =>
  shape.map((n, i) => (i === axis ? length : n))

/** Arrays of one type, whose shapes differ along `axis` alone, one after the other along it. */
export const joined = (parts: readonly NDArray[], axis: number): NDArray => {
  const [{ shape, dtype }] = parts
  const length = parts.reduce((sum, part) => sum + part.shape[axis], 0)
  const outShape = resized(shape, axis, length)
  const outer = sizeOf(shape.slice(0, axis))
  const inner = sizeOf(shape.slice(axis + 1))
  const out = emptyOf(dtype, sizeOf(outShape))
  let at = 0
  for (let row = 0; row < outer; row++) {
    for (const { data, shape: own } of parts) {
      const width = own[axis] * inner
      out.set(data.subarray(row * width, (row + 1) * width), at)
      at += width
    }
  }
  return { data: out, shape: outShape, dtype }
}

/** What `joined` put together: parts of these lengths along `axis`. */
export const parted = (
  { data, shape, dtype }: NDArray,
  axis: number,
  lengths: readonly number[],
): readonly NDArray[] => {
  const outer = sizeOf(shape.slice(0, axis))
  const inner = sizeOf(shape.slice(axis + 1))
  const parts = lengths.map(length => emptyOf(dtype, outer * length * inner))
  let at = 0
  for (let row = 0; row < outer; row++) {
    for (const [i, length] of lengths.entries()) {
      const width = length * inner
      parts[i].set(data.subarray(at, at + width), row * width)
      at += width
    }
  }
  return parts.map((part, i) => ({ data: part, shape: resized(shape, axis, lengths[i]), dtype }))
}
