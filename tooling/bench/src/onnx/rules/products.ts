import type { ParamsOf, PrimitiveName } from '@elbo/tensor/internals'
import { NoGraph, plain, type Operand, type Rule, type Writing } from '../writing.js'

/** One product of matrices is Gemm, which reads transposed operands in place; several, batch by batch, are MatMul, which does not. */
const matmul: Rule<'matmul'> = (
  [left, right],
  { transposeLeft, transposeRight },
  writing,
  { outputs: [out] },
) => {
  const { graph, whole, reshaped } = writing
  const [batch, m, n] = out.shape
  if (batch === 1) {
    const flat = (operand: Operand): string => {
      const [, rows, columns] = operand.spec.shape
      return whole({ ...operand, ...reshapedWhole(operand, [rows, columns], writing) })
    }
    const product = graph.node('Gemm', [flat(left), flat(right)], {
      ...{ transA: Number(transposeLeft), transB: Number(transposeRight) },
    })
    return [reshaped({ name: product, shape: [m, n], spec: { shape: [m, n], dtype: 'f32' } }, out.shape)]
  }
  const upright = (operand: Operand, isTransposed: boolean): string =>
    isTransposed ? graph.node('Transpose', [whole(operand)], { perm: [0, 2, 1] }) : whole(operand)
  return plain(graph.node('MatMul', [upright(left, transposeLeft), upright(right, transposeRight)]), out)
}

/** A value with all of its elements under another shape. */
const reshapedWhole = (operand: Operand, shape: readonly number[], writing: Writing): Operand => ({
  ...writing.reshaped(operand, shape),
  spec: { shape, dtype: operand.spec.dtype },
})

type Window = Pick<ParamsOf<'conv2d'>, 'stride' | 'padding' | 'dilation' | 'groups'>

const attributesOf = ({ stride, padding: [[top, bottom], [left, right]], dilation, groups }: Window) => ({
  ...{ strides: stride, pads: [top, left, bottom, right], dilations: dilation, group: groups },
})

const conv2d: Rule<'conv2d'> = ([x, w], params, { graph, whole }, { outputs: [out] }) =>
  plain(graph.node('Conv', [whole(x), whole(w)], attributesOf(params)), out)

/** What a window that moves by more than one leaves at the far end of the image. */
const left = (size: number, positions: number, kernel: number, axis: 0 | 1, window: Window): number =>
  size +
  window.padding[axis][0] +
  window.padding[axis][1] -
  ((positions - 1) * window.stride[axis] + (kernel - 1) * window.dilation[axis] + 1)

const conv2dInput: Rule<'conv2dInput'> = ([y, w], params, { graph, whole }, { outputs: [out] }) => {
  const rest = ([0, 1] as const).map(axis =>
    left(params.size[axis], y.spec.shape[axis + 2], w.spec.shape[axis + 2], axis, params),
  )
  return plain(
    graph.node('ConvTranspose', [whole(y), whole(w)], { ...attributesOf(params), output_padding: rest }),
    out,
  )
}

/** Images as one matrix for each of their channels: [N, C, H, W] → [C, N, H, W]. */
const byChannel = (image: Operand, { graph, whole }: Writing): string =>
  graph.node('Transpose', [whole(image)], { perm: [1, 0, 2, 3] })

/**
 * The gradient of a kernel: for each of its weights, a product of the cotangents with the pixels that the weight meets. ONNX has no operator
 * for it; as a convolution of images by cotangents, whose kernel is as large as the image, it takes twice as long.
 */
const conv2dKernel: Rule<'conv2dKernel'> = ([x, y], params, writing, { outputs: [out] }) => {
  const { stride, padding, dilation, groups, kernel } = params
  if (groups !== 1) throw new NoGraph('onnx: conv2dKernel of several groups has no translation')
  const { graph } = writing
  const [n, features, height, width] = y.spec.shape
  const channels = x.spec.shape[1]
  const [[top, bottom], [start, end]] = padding
  const surrounded = graph.node('Pad', [
    ...[byChannel(x, writing), graph.integers([0, 0, top, start, 0, 0, bottom, end])],
  ])
  const flat = (name: string, rows: number): string =>
    graph.node('Reshape', [name, graph.integers([rows, n * height * width])])
  const cotangents = flat(byChannel(y, writing), features)
  const reach = (from: number, positions: number, axis: 0 | 1): number =>
    from + (positions - 1) * stride[axis] + 1
  const weights = Array.from({ length: kernel[0] * kernel[1] }, (_, weight): string => {
    const [row, column] = [Math.floor(weight / kernel[1]) * dilation[0], (weight % kernel[1]) * dilation[1]]
    const met = graph.node('Slice', [
      ...[surrounded, graph.integers([row, column])],
      graph.integers([reach(row, height, 0), reach(column, width, 1)]),
      ...[graph.integers([2, 3]), graph.integers(stride)],
    ])
    const product = graph.node('Gemm', [cotangents, flat(met, channels)], { transB: 1 })
    return graph.node('Reshape', [product, graph.integers([features, channels, 1])])
  })
  const gathered = graph.node('Concat', weights, { axis: 2 })
  return plain(graph.node('Reshape', [gathered, graph.integers(out.shape)]), out)
}

export const products = {
  matmul,
  conv2d,
  conv2dInput,
  conv2dKernel,
} satisfies { readonly [N in PrimitiveName]?: Rule<N> }
