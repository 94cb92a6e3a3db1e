import type { PrimitiveName } from '@elbo/tensor/internals'
import { TensorProto_DataType as DataType } from 'onnx-buf'
import { NoGraph, plain, type Rule } from '../writing.js'

const reduction =
  (operator: string): Rule<'sum'> =>
  ([x], { axes }, { graph, whole }, { outputs: [out] }) => {
    // As int32 of the same bits a large u32 is below a small one; a sum wraps alike.
    if (x.spec.dtype === 'u32' && operator !== 'ReduceSum')
      throw new NoGraph(`onnx: ${operator} of u32 has no translation`)
    return plain(graph.node(operator, [whole(x), graph.integers(axes)], { keepdims: 0 }), out)
  }

const argmax: Rule<'argmax'> = ([x], { axis }, { graph, whole }, { outputs: [out] }) => {
  if (x.spec.dtype === 'u32') throw new NoGraph('onnx: ArgMax of u32 has no translation')
  const place = graph.node('ArgMax', [whole(x)], { axis, keepdims: 0 })
  return plain(graph.node('Cast', [place], { to: DataType.INT32 }), out)
}

const cumsum: Rule<'cumsum'> = ([x], { axis, reverse }, { graph, whole }, { outputs: [out] }) =>
  plain(graph.node('CumSum', [whole(x), graph.integers([axis])], reverse ? { reverse: 1 } : {}), out)

export const reductions = {
  sum: reduction('ReduceSum'),
  reduceMax: reduction('ReduceMax'),
  argmax,
  cumsum,
} satisfies { readonly [N in PrimitiveName]?: Rule<N> }
