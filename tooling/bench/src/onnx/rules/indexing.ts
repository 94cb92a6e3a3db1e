import type { PrimitiveName } from '@elbo/tensor/internals'
import { NoGraph, plain, type Operand, type Rule, type Writing } from '../writing.js'

/**
 * ONNX counts an index below 0 from the end and has no meaning for others out of range, where ours reads or adds nothing: only indices
 * that are constants within range are translated.
 */
const within = (index: Operand, length: number, { known }: Writing): void => {
  const elements = known(index)
  if (elements === undefined)
    throw new NoGraph('onnx: gather and scatterAdd by computed indices have no translation')
  for (let i = 0; i < elements.length; i++) {
    if (elements[i] < 0 || elements[i] >= length)
      throw new NoGraph(`onnx: the constant index ${elements[i]} is out of ${length}`)
  }
}

/** Indices that all rows of a batch share, as a list; `undefined` where rows have their own. */
const shared = (index: Operand, writing: Writing): string | undefined => {
  const [rows, count] = index.spec.shape
  const stored = index.shape
  if (stored.length === 2 && stored[0] !== 1) return rows === 1 ? index.name : undefined
  if (stored[stored.length - 1] !== count) return undefined
  return writing.reshaped({ ...index, spec: { ...index.spec, shape: stored } }, [count]).name
}

/**
 * How often each of `length` elements is read, where indices that all rows share read every element equally often and in order, as the
 * resizing of an image does. To repeat is far cheaper than to pick, and to sum than to scatter.
 */
const repeats = (index: Operand, length: number, { known }: Writing): number | undefined => {
  const [rows, count] = index.spec.shape
  const elements = known(index) as ArrayLike<number>
  if (elements.length !== count && rows !== 1) return undefined
  const times = count / length
  return Number.isInteger(times) && Array.from(elements).every((place, i) => place === Math.floor(i / times))
    ? times
    : undefined
}

const gather: Rule<'gather'> = ([x, index], _, writing, { outputs: [out] }) => {
  const { graph, whole } = writing
  const [, length] = x.spec.shape
  within(index, length, writing)
  const times = repeats(index, length, writing)
  if (times !== undefined && x.spec.dtype === 'f32') {
    const scales = graph.constant('f32', [3], Float32Array.of(1, times, 1))
    return plain(
      graph.node('Resize', [whole(x), '', scales], {
        ...{ mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      }),
      out,
    )
  }
  const list = shared(index, writing)
  if (list !== undefined) return plain(graph.node('Gather', [whole(x), list], { axis: 1 }), out)
  const places = writing.reshaped(index, [...index.spec.shape, 1]).name
  return plain(graph.node('GatherND', [whole(x), places], { batch_dims: 1 }), out)
}

const scatterAdd: Rule<'scatterAdd'> = ([index, updates], { length }, writing, { outputs: [out] }) => {
  const { graph, whole } = writing
  within(index, length, writing)
  const [batch, count, inner] = updates.spec.shape
  const times = repeats(index, length, writing)
  if (times !== undefined) {
    const parts = writing.reshaped(updates, [batch, length, times, inner])
    const shape = [batch, length, times, inner]
    const name = whole({ ...parts, spec: { shape, dtype: out.dtype } })
    return plain(graph.node('ReduceSum', [name, graph.integers([2])], { keepdims: 0 }), out)
  }
  if (out.dtype !== 'f32') throw new NoGraph(`onnx: scatterAdd of ${out.dtype} has no translation`)
  const places = graph.node('Expand', [
    writing.reshaped({ ...index, name: whole(index), shape: [batch, count] }, [batch, count, 1]).name,
    graph.integers([batch, count, inner]),
  ])
  const zero = graph.node('Expand', [
    graph.constant('f32', [], new Float32Array(1)),
    graph.integers(out.shape),
  ])
  const sums = graph.node('ScatterElements', [zero, places, whole(updates)], { axis: 1, reduction: 'add' })
  return plain(sums, out)
}

export const indexing = { gather, scatterAdd } satisfies { readonly [N in PrimitiveName]?: Rule<N> }
