import type { PrimitiveName } from '@elbo/tensor/internals'
import { TensorProto_DataType as DataType } from 'onnx-buf'
import { NoGraph, plain, type Operand, type Rule, type Writing } from '../writing.js'

/**
 * ONNX counts an index below 0 from the end and has no meaning for others out of range, where ours reads or adds nothing: only indices
 * that are constants within range are translated.
 */
const constantIndices = (index: Operand, length: number, { known }: Writing): readonly number[] => {
  const elements = known(index)
  if (elements === undefined)
    throw new NoGraph('onnx: gather and scatterAdd by computed indices have no translation')
  const places = Array.from(elements)
  const outside = places.find(place => place < 0 || place >= length)
  if (outside !== undefined) throw new NoGraph(`onnx: the constant index ${outside} is out of ${length}`)
  return places
}

/** The indices of one row, where all rows of a batch have the same. */
const sharedRow = ({ shape, spec }: Operand, places: readonly number[]): readonly number[] | undefined => {
  const count = spec.shape[1]
  return shape[shape.length - 1] === count && places.every((place, i) => place === places[i % count])
    ? places.slice(0, count)
    : undefined
}

/**
 * How often each of `length` elements is read, where a row reads every element equally often and in order, as the resizing of an image
 * does. To repeat is far cheaper than to pick, and to sum than to scatter.
 */
const repeats = (row: readonly number[], length: number): number | undefined => {
  const times = row.length / length
  return Number.isInteger(times) && row.every((place, i) => place === Math.floor(i / times))
    ? times
    : undefined
}

const gather: Rule<'gather'> = ([x, index], _, writing, { outputs: [out] }) => {
  const { graph, whole } = writing
  const length = x.spec.shape[1]
  const row = sharedRow(index, constantIndices(index, length, writing))
  if (row === undefined) {
    const places = graph.node('Cast', [whole(index)], { to: DataType.INT64 })
    const each = graph.node('Reshape', [places, graph.integers([...index.spec.shape, 1])])
    return plain(graph.node('GatherND', [whole(x), each], { batch_dims: 1 }), out)
  }
  const times = repeats(row, length)
  if (times === undefined || x.spec.dtype !== 'f32')
    return plain(graph.node('Gather', [whole(x), graph.integers(row)], { axis: 1 }), out)
  const scales = graph.constant('f32', [3], Float32Array.of(1, times, 1))
  return plain(
    graph.node('Resize', [whole(x), '', scales], {
      ...{ mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    }),
    out,
  )
}

const scatterAdd: Rule<'scatterAdd'> = ([index, updates], { length }, writing, { outputs: [out] }) => {
  if (out.dtype !== 'f32') throw new NoGraph(`onnx: scatterAdd of ${out.dtype} has no translation`)
  const { graph, whole } = writing
  const [batch, count, inner] = updates.spec.shape
  const row = sharedRow(index, constantIndices(index, length, writing))
  const times = row && repeats(row, length)
  if (times !== undefined) {
    const shape = [batch, length, times, inner]
    const parts = whole({ ...writing.reshaped(updates, shape), spec: { shape, dtype: out.dtype } })
    return plain(graph.node('ReduceSum', [parts, graph.integers([2])], { keepdims: 0 }), out)
  }
  const each = graph.node('Reshape', [whole(index), graph.integers([batch, count, 1])])
  const places = graph.node('Expand', [each, graph.integers([batch, count, inner])])
  const zero = graph.constant('f32', [], new Float32Array(1))
  const zeros = graph.node('Expand', [zero, graph.integers(out.shape)])
  const sums = graph.node('ScatterElements', [zeros, places, whole(updates)], { axis: 1, reduction: 'add' })
  return plain(sums, out)
}

export const indexing = { gather, scatterAdd } satisfies { readonly [N in PrimitiveName]?: Rule<N> }
