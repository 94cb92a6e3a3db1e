import type { ConvolutionParams } from '../../primitives/convolution.js'
import type { Instruction } from '../../program/program.js'
import type { Rebuild } from '../../program/rebuild.js'
import { sizeOf, type Shape } from '../../shape/index.js'
import { mostElements } from './numbers.js'

type Pair = readonly [number, number]
type Four = readonly [number, number, number, number]

/** Images, kernels and results of a convolution, whichever of them is sought. */
interface Shapes {
  readonly images: Four
  readonly kernels: Four
  readonly results: Four
}

/** Whether a convolution can be a product: without groups, and with windows that fit into a buffer. */
const isProduct = ({ images: [n, c], kernels: [, , kh, kw], results: [, , oh, ow] }: Shapes): boolean => {
  const size = n * c * kh * kw * oh * ow
  return size > 0 && size <= mostElements
}

const writing = (made: Rebuild) => {
  const emit = (instruction: Omit<Instruction, 'outputs'>, shape: Shape): number =>
    made.emit(instruction, [{ shape, dtype: 'f32' }])[0]
  const reshaped = (x: number, shape: Shape): number =>
    emit({ name: 'reshape', params: { shape }, inputs: [x] }, shape)
  return {
    emit,
    reshaped,
    /** The windows of all images, each a column: [N, C · KH · KW, OH · OW]. */
    columns: (x: number, params: ConvolutionParams, { images, kernels, results }: Shapes): number => {
      const [n, c] = images
      const [, , kh, kw] = kernels
      const [, , oh, ow] = results
      const { stride, padding, dilation } = params
      const windows = emit(
        { name: 'unfold', params: { stride, padding, dilation, kernel: [kh, kw] as Pair }, inputs: [x] },
        [n, c, kh, kw, oh, ow],
      )
      return reshaped(windows, [n, c * kh * kw, oh * ow])
    },
    /** The kernels as one matrix, once for each image: [N, F, C · KH · KW]. */
    matrices: (w: number, { images: [n], kernels: [f, c, kh, kw] }: Shapes): number => {
      const shape = [n, f, c * kh * kw]
      const matrix = reshaped(w, [1, f, c * kh * kw])
      return n === 1 ? matrix : emit({ name: 'broadcast', params: { shape }, inputs: [matrix] }, shape)
    },
    product: (
      left: number,
      right: number,
      shape: Shape,
      transposed: { readonly left?: boolean; readonly right?: boolean } = {},
    ): number =>
      emit(
        {
          name: 'matmul',
          params: {
            transposeLeft: transposed.left ?? false,
            transposeRight: transposed.right ?? false,
          },
          inputs: [left, right],
        },
        shape,
      ),
  }
}

type Convolution = Instruction<'conv2d' | 'conv2dInput' | 'conv2dKernel'>

const shapesOf = (made: Rebuild, { name, inputs }: Convolution, out: Shape): Shapes => {
  const [a, b] = inputs.map(value => made.values[made.at(value)].shape as unknown as Four) as [Four, Four]
  const c = out as unknown as Four
  if (name === 'conv2d') return { images: a, kernels: b, results: c }
  if (name === 'conv2dInput') return { results: a, kernels: b, images: c }
  return { images: a, results: b, kernels: c }
}

/**
 * Writes a convolution, or one of its gradients, as a product of matrices over the windows of its images, where it can be one: products are
 * what devices are fastest at. Whether it did.
 */
export const convolvedByProduct = (made: Rebuild, instruction: Convolution, out: Shape): boolean => {
  const params: ConvolutionParams = instruction.params
  const shapes = shapesOf(made, instruction, out)
  if (params.groups !== 1 || !isProduct(shapes) || sizeOf(out) === 0) return false
  const { emit, reshaped, columns, matrices, product } = writing(made)
  const [a, b] = instruction.inputs.map(made.at) as [number, number]
  const { images, kernels, results } = shapes
  const [n, c] = images
  const [f, , kh, kw] = kernels
  const [, , oh, ow] = results
  const windows = c * kh * kw
  const [output] = instruction.outputs as readonly [number]
  if (instruction.name === 'conv2d') {
    const all = product(matrices(b, shapes), columns(a, params, shapes), [n, f, oh * ow])
    made.stand(output, reshaped(all, out))
  } else if (instruction.name === 'conv2dInput') {
    const slopes = reshaped(a, [n, f, oh * ow])
    const all = product(matrices(b, shapes), slopes, [n, windows, oh * ow], { left: true })
    const { stride, padding, dilation } = params
    const size: Pair = [images[2], images[3]]
    made.stand(
      output,
      emit(
        {
          name: 'fold',
          params: { stride, padding, dilation, kernel: [kh, kw] as Pair, size },
          inputs: [reshaped(all, [n, c, kh, kw, oh, ow])],
        },
        out,
      ),
    )
  } else {
    const slopes = reshaped(b, [n, f, oh * ow])
    const each = product(slopes, columns(a, params, shapes), [n, f, windows], { right: true })
    const total = emit({ name: 'sum', params: { axes: [0] }, inputs: [each] }, [f, windows])
    made.stand(output, reshaped(total, out))
  }
  return true
}
