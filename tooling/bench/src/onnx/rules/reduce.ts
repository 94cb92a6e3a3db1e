import type { PrimitiveName } from '@elbo/tensor/internals'
import { TensorProto_DataType as DataType } from 'onnx-buf'
import { NoGraph, plain, type Operand, type Rule } from '../writing.js'

// As int32 of the same bits a large u32 is below a small one, and ONNX Runtime's sums stop at the largest int32 where ours wrap.
const refuseWords = (operator: string, { spec }: Operand): void => {
  if (spec.dtype === 'u32') throw new NoGraph(`onnx: ${operator} of u32 has no translation`)
}

const reduction =
  (operator: string): Rule<'sum'> =>
  ([x], { axes }, { graph, whole }, { outputs: [out] }) => {
    refuseWords(operator, x)
    return plain(graph.node(operator, [whole(x), graph.integers(axes)], { keepdims: 0 }), out)
  }

const argmax: Rule<'argmax'> = ([x], { axis }, { graph, whole }, { outputs: [out] }) => {
  refuseWords('ArgMax', x)
  const place = graph.node('ArgMax', [whole(x)], { axis, keepdims: 0 })
  return plain(graph.node('Cast', [place], { to: DataType.INT32 }), out)
}

const cumsum: Rule<'cumsum'> = ([x], { axis, reverse }, { graph, whole }, { outputs: [out] }) => {
  refuseWords('CumSum', x)
  return plain(graph.node('CumSum', [whole(x), graph.integers([axis])], reverse ? { reverse: 1 } : {}), out)
}

export const reductions = {
  sum: reduction('ReduceSum'),
  reduceMax: reduction('ReduceMax'),
  argmax,
  cumsum,
} satisfies { readonly [N in PrimitiveName]?: Rule<N> }
