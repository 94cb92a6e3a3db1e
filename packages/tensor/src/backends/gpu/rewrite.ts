import { sizeOf } from '../../shape/index.js'
import type { Spec } from '../../graph/tensor.js'
import type { Instruction, Program } from '../../program/program.js'
import { convolvedByProduct } from './convolutions.js'
import { rebuild, type Rebuild } from '../../program/rebuild.js'

/** A kernel can read so many buffers besides the pool of numbers: WebGPU promises eight in all, of which one is written. */
export const mostBuffers = 6

/** Sums over more elements are split when there are too few results to keep a device busy. */
const longSum = 512
const fewResults = 4096

/** A fused run's members stand in its place: the backend fuses anew, after it has set apart what stays on the host. */
const unfused = (made: Rebuild, { inputs, outputs, body }: Instruction, options: RewriteOptions): void => {
  const { instructions, outputs: results, values } = body as Program
  const numbers = new Map(inputs.map((value, i) => [i, made.at(value)]))
  const within: Rebuild = {
    ...made,
    at: value => numbers.get(value) as number,
    stand: (value, emitted) => void numbers.set(value, emitted),
    copy: ({ name, params, inputs: reads, outputs: writes }) => {
      const emitted = made.emit(
        { name, params, inputs: reads.map(value => numbers.get(value) as number) },
        writes.map(value => values[value]),
      )
      writes.forEach((value, i) => numbers.set(value, emitted[i]))
    },
  }
  for (const instruction of instructions) rewrite(within, instruction, values, options)
  results.forEach((value, i) => made.stand(outputs[i], numbers.get(value) as number))
}

/** Many operands, a few at a time. */
const concatenated = (made: Rebuild, { params, inputs, outputs }: Instruction<'concat'>, out: Spec): void => {
  const { axis } = params
  let parts = inputs.map(value => made.at(value))
  while (parts.length > mostBuffers) {
    parts = Array.from({ length: Math.ceil(parts.length / mostBuffers) }, (_, i) => {
      const some = parts.slice(i * mostBuffers, (i + 1) * mostBuffers)
      if (some.length === 1) return some[0]
      const length = some.reduce((total, value) => total + made.values[value].shape[axis], 0)
      const shape = out.shape.map((n, a) => (a === axis ? length : n))
      return made.emit({ name: 'concat', params, inputs: some }, [{ ...out, shape }])[0]
    })
  }
  made.stand(outputs[0], made.emit({ name: 'concat', params, inputs: parts }, [out])[0])
}

/** A long reduction as two: first over parts of about √n elements, then over the parts. */
const reducedTwice = (
  made: Rebuild,
  { name, params: { axes }, inputs: [input], outputs: [output] }: Instruction<'sum' | 'reduceMax'>,
  out: Spec,
): void => {
  const { shape, dtype } = made.values[made.at(input)]
  const emit = (instruction: Omit<Instruction, 'outputs'>, target: readonly number[]): number =>
    made.emit(instruction, [{ shape: target, dtype }])[0]
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const permutation = [...kept, ...axes]
  const results = sizeOf(out.shape)
  const length = sizeOf(shape) / results
  const part = Math.ceil(Math.sqrt(length))
  const parts = Math.ceil(length / part)
  const turned = emit(
    { name: 'transpose', params: { permutation }, inputs: [made.at(input)] },
    permutation.map(axis => shape[axis]),
  )
  const rows = emit({ name: 'reshape', params: { shape: [results, length] }, inputs: [turned] }, [
    results,
    length,
  ])
  const missing = parts * part - length
  const padded =
    missing === 0
      ? rows
      : emit(
          {
            name: 'pad',
            params: {
              low: [0, 0],
              high: [0, missing],
              interior: [0, 0],
              value: name === 'sum' ? 0 : -Infinity,
            },
            inputs: [rows],
          },
          [results, length + missing],
        )
  const split = [results, parts, part]
  const cut = emit({ name: 'reshape', params: { shape: split }, inputs: [padded] }, split)
  const partial = emit({ name, params: { axes: [2] }, inputs: [cut] }, [results, parts])
  const total = emit({ name, params: { axes: [1] }, inputs: [partial] }, [results])
  made.stand(output, emit({ name: 'reshape', params: { shape: out.shape }, inputs: [total] }, out.shape))
}

/** A kernel's gradient image by image, with the images as groups, and then their sum: one loop over all of them would be long. */
const kernelByImage = (
  made: Rebuild,
  { params, inputs: [x, y], outputs: [output] }: Instruction<'conv2dKernel'>,
  out: Spec,
): void => {
  const emit = (instruction: Omit<Instruction, 'outputs'>, shape: readonly number[]): number =>
    made.emit(instruction, [{ shape, dtype: 'f32' }])[0]
  const joined = (value: number): number => {
    const [n, c, h, w] = made.values[made.at(value)].shape as readonly [number, number, number, number]
    const shape = [1, n * c, h, w]
    return emit({ name: 'reshape', params: { shape }, inputs: [made.at(value)] }, shape)
  }
  const [images] = made.values[made.at(x)].shape
  const [features, ...rest] = out.shape
  const each = emit(
    {
      name: 'conv2dKernel',
      params: { ...params, groups: params.groups * images },
      inputs: [joined(x), joined(y)],
    },
    [images * features, ...rest],
  )
  const shape = [images, ...out.shape]
  const apart = emit({ name: 'reshape', params: { shape }, inputs: [each] }, shape)
  made.stand(output, emit({ name: 'sum', params: { axes: [0] }, inputs: [apart] }, out.shape))
}

export interface RewriteOptions {
  /** Whether convolutions become products over the windows of their images. */
  readonly unfolds: boolean
}

const rewrite = (
  made: Rebuild,
  instruction: Instruction,
  values: readonly Spec[],
  options: RewriteOptions,
): void => {
  const out = values[instruction.outputs[0]]
  const [first] = instruction.inputs.map(value => values[value])
  switch (instruction.name) {
    case 'fused':
      unfused(made, instruction, options)
      break
    case 'concat':
      concatenated(made, instruction as Instruction<'concat'>, out)
      break
    case 'sum':
    case 'reduceMax': {
      const results = sizeOf(out.shape)
      const isLong = results > 0 && results <= fewResults && sizeOf(first.shape) / results > longSum
      if (isLong && out.dtype === 'f32') reducedTwice(made, instruction as Instruction<'sum'>, out)
      else made.copy(instruction)
      break
    }
    case 'conv2d':
    case 'conv2dInput':
    case 'conv2dKernel': {
      const convolution = instruction as Instruction<'conv2d'>
      if (options.unfolds && convolvedByProduct(made, convolution, out.shape)) break
      const isOfMany = instruction.name === 'conv2dKernel' && sizeOf(first.shape) > 0 && first.shape[0] > 1
      if (isOfMany) kernelByImage(made, instruction as Instruction<'conv2dKernel'>, out)
      else made.copy(instruction)
      break
    }
    default:
      made.copy(instruction)
  }
}

/**
 * A program in the form that kernels are written from: without fused runs, with at most `mostBuffers` operands to an instruction, and
 * long sums in two parts.
 */
export const rewritten = (program: Program, options: RewriteOptions): Program => {
  const made = rebuild(program)
  for (const instruction of program.instructions) rewrite(made, instruction, program.values, options)
  return made.finish()
}
