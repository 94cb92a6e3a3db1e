import {
  broadcastPair,
  einsumExtents,
  einsumShape,
  matmulShape,
  parseEinsum,
  type Einsum,
  type MatMul,
  type Requires,
  type Shape,
  type ShapeOf,
  sizeOf,
} from '../shape/index.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { full, iota } from '../primitives/leaves.js'
import { reshape, transpose } from '../primitives/layout.js'
import { eq, select } from '../primitives/logic.js'
import { matmul as product } from '../primitives/matmul.js'
import { broadcast, sum } from '../primitives/reduce.js'

const matmulNode = (a: AnyTensor, b: AnyTensor): AnyTensor => {
  const shape: Shape = matmulShape(a.shape, b.shape)
  const [m, k] = a.shape.slice(-2) as [number, number]
  const n = b.shape[b.shape.length - 1]
  if (b.shape.length === 2) {
    // One matrix for the whole batch: the batch is more rows.
    const rows = sizeOf(a.shape.slice(0, -1))
    return reshape(product(reshape(a, [1, rows, k]), reshape(b, [1, k, n])), shape)
  }
  const pair = broadcastPair(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const batch: Shape = 'shape' in pair ? pair.shape : []
  const count = sizeOf(batch)
  const left = reshape(broadcast(a, [...batch, m, k]), [count, m, k])
  const right = reshape(broadcast(b, [...batch, k, n]), [count, k, n])
  return reshape(product(left, right), shape)
}

/** `matmul(b)(a)`: the product a·b of matrices, batch axes broadcasting as in NumPy. */
export const matmul =
  <B extends Shape>(b: Tensor<B, 'f32'>) =>
  <A extends Shape>(a: Tensor<A, 'f32'> & Requires<MatMul<A, B>>): Tensor<ShapeOf<MatMul<A, B>>, 'f32'> =>
    matmulNode(a, b) as Tensor<ShapeOf<MatMul<A, B>>, 'f32'>

interface Indexed {
  readonly value: AnyTensor
  readonly indices: readonly string[]
}

/** Equal indices of one operand: keeps the diagonal, which a mask picks out exactly. */
const diagonal = ({ value, indices }: Indexed): Indexed => {
  const repeated = indices.findIndex((index, i) => indices.indexOf(index) !== i)
  if (repeated < 0) return { value, indices }
  const first = indices.indexOf(indices[repeated])
  const n = value.shape[first]
  const along = (axis: number): AnyTensor =>
    broadcast(
      reshape(
        iota(n, 'i32'),
        value.shape.map((_, i) => (i === axis ? n : 1)),
      ),
      value.shape,
    )
  // Picked, not multiplied by 0 and 1: what stands off the diagonal may be infinite.
  const picked = select(eq(along(first), along(repeated)), value, full(value.shape, value.dtype, 0))
  return diagonal({
    value: sum(picked, [repeated]),
    indices: indices.filter((_, i) => i !== repeated),
  })
}

const ordered = ({ value, indices }: Indexed, wanted: readonly string[]): AnyTensor =>
  transpose(
    value,
    wanted.map(index => indices.indexOf(index)),
  )

/** Sums away the indices that nobody else asks for. */
const summed = ({ value, indices }: Indexed, wanted: ReadonlySet<string>): Indexed => {
  const gone = indices.flatMap((index, axis) => (wanted.has(index) ? [] : [axis]))
  return { value: sum(value, gone), indices: indices.filter(index => wanted.has(index)) }
}

/** Two operands become one, by one batched product. */
const contracted = (a: Indexed, b: Indexed, wanted: ReadonlySet<string>): Indexed => {
  const left = summed(a, new Set([...wanted, ...b.indices]))
  const right = summed(b, new Set([...wanted, ...a.indices]))
  const shared = left.indices.filter(index => right.indices.includes(index))
  const batch = shared.filter(index => wanted.has(index))
  const inner = shared.filter(index => !wanted.has(index))
  const rows = left.indices.filter(index => !shared.includes(index))
  const columns = right.indices.filter(index => !shared.includes(index))
  const extent = (indices: readonly string[]): number[] =>
    indices.map(index => {
      const at = left.indices.indexOf(index)
      return at < 0 ? right.value.shape[right.indices.indexOf(index)] : left.value.shape[at]
    })
  const [nBatch, nRows, nInner, nColumns] = [batch, rows, inner, columns].map(indices =>
    sizeOf(extent(indices)),
  ) as [number, number, number, number]
  const value = product(
    reshape(ordered(left, [...batch, ...rows, ...inner]), [nBatch, nRows, nInner]),
    reshape(ordered(right, [...batch, ...inner, ...columns]), [nBatch, nInner, nColumns]),
  )
  const indices = [...batch, ...rows, ...columns]
  return { value: reshape(value, extent(indices)), indices }
}

/** The shapes of a list of tensors. */
type ShapesOf<T extends readonly AnyTensor[]> = { -readonly [I in keyof T]: T[I]['shape'] }

/**
 * Einstein's summation: `einsum('bij,bjk->bik')(a, b)`. An index that the result lacks is summed; operands are contracted from left to
 * right, each pair by one batched product. The result's indices are always written.
 */
export const einsum =
  <const Subscripts extends string>(subscripts: Subscripts) =>
  <const T extends readonly Tensor<Shape, 'f32'>[]>(
    ...tensors: T & Requires<Einsum<Subscripts, ShapesOf<T>>>
  ): Tensor<ShapeOf<Einsum<Subscripts, ShapesOf<T>>>, 'f32'> => {
    const list: readonly AnyTensor[] = tensors
    const shapes = list.map(x => x.shape)
    einsumShape(subscripts, shapes)
    const { operands, result } = parseEinsum(subscripts)
    const extents = einsumExtents(subscripts, shapes)
    const terms = list.map((value, i) => diagonal({ value, indices: operands[i] }))
    let all: Indexed = terms[0] ?? { value: full([], 'f32', 1), indices: [] }
    terms.slice(1).forEach((term, i) => {
      const later = terms.slice(i + 2).flatMap(({ indices }) => indices)
      all = contracted(all, term, new Set([...result, ...later]))
    })
    const whole = ordered(summed(all, new Set(result)), result)
    return reshape(
      whole,
      result.map(index => extents.get(index) as number),
    ) as Tensor<ShapeOf<Einsum<Subscripts, ShapesOf<T>>>, 'f32'>
  }
