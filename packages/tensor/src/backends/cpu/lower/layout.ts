import { sizeOf, type Shape } from '../../../shape/index.js'
import { stridesOf } from '../../../graph/indices.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { COPY } from '../opcodes.js'
import { fill } from './leaves.js'
import { bitsOf, type Commands, type Lowering } from './lowering.js'
import { collapse, repeated } from './strides.js'

interface Strided {
  readonly address: number
  readonly strides: readonly number[]
}

/** Copies an index space between two arrays. */
export const copy = (shape: Shape, target: Strided, source: Strided, { words }: Commands): void => {
  if (sizeOf(shape) === 0) return
  const { sizes, strides } = collapse(shape, [target.strides, source.strides])
  const rank = sizes.length
  words.push(COPY, 5 + 3 * rank, target.address, source.address, rank, ...sizes, ...strides[0], ...strides[1])
}

/** Copies so many words as they stand. */
export const copyWords = (to: number, from: number, count: number, commands: Commands): void => {
  if (to !== from) copy([count], { address: to, strides: [1] }, { address: from, strides: [1] }, commands)
}

const at = (address: number, elements: number): number => address + 4 * elements

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, n, i) => sum + n * b[i], 0)

/** Both have the same words in the same order. */
const sameWords = {
  isAlias: ({
    inputs,
    outputs,
  }: {
    inputs: readonly { shape: Shape }[]
    outputs: readonly { shape: Shape }[]
  }) => sizeOf(inputs[0].shape) === sizeOf(outputs[0].shape),
}

export const reshape: Lowering<ParamsOf<'reshape'>> = {
  ...sameWords,
  emit: ({ inputs: [x], outputs: [out] }, to) => copyWords(out.address, x.address, sizeOf(x.shape), to),
}

/** Axes of size 1 may stand anywhere: only the order of the others moves words. */
const isStill = (shape: Shape, permutation: readonly number[]): boolean => {
  const moving = permutation.filter(axis => shape[axis] !== 1)
  return moving.every((axis, i) => i === 0 || axis > moving[i - 1])
}

export const transpose: Lowering<ParamsOf<'transpose'>> = {
  isAlias: ({ params: { permutation }, inputs: [x] }) => isStill(x.shape, permutation),
  emit: ({ params: { permutation }, inputs: [x], outputs: [out] }, to) => {
    if (x.address === out.address) return
    const strides = stridesOf(x.shape)
    const permuted = permutation.map(axis => strides[axis])
    copy(
      out.shape,
      { address: out.address, strides: stridesOf(out.shape) },
      { address: x.address, strides: permuted },
      to,
    )
  },
}

export const broadcast: Lowering<ParamsOf<'broadcast'>> = {
  ...sameWords,
  emit: ({ inputs: [x], outputs: [out] }, to) => {
    if (x.address === out.address) return
    const strides = repeated(x.shape, stridesOf(x.shape), out.shape)
    copy(
      out.shape,
      { address: out.address, strides: stridesOf(out.shape) },
      { address: x.address, strides },
      to,
    )
  },
}

export const slice: Lowering<ParamsOf<'slice'>> = {
  emit: ({ params: { starts, steps }, inputs: [x], outputs: [out] }, to) => {
    const strides = stridesOf(x.shape)
    const source = {
      address: at(x.address, dot(starts, strides)),
      strides: steps.map((step, axis) => step * strides[axis]),
    }
    copy(out.shape, { address: out.address, strides: stridesOf(out.shape) }, source, to)
  },
}

export const pad: Lowering<ParamsOf<'pad'>> = {
  emit: ({ params: { low, interior, value }, inputs: [x], outputs: [out] }, to) => {
    fill(out, bitsOf(value, out.dtype), to)
    const strides = stridesOf(out.shape)
    const target = {
      address: at(out.address, dot(low, strides)),
      strides: interior.map((between, axis) => (between + 1) * strides[axis]),
    }
    copy(x.shape, target, { address: x.address, strides: stridesOf(x.shape) }, to)
  },
}

export const concat: Lowering<ParamsOf<'concat'>> = {
  emit: ({ params: { axis }, inputs, outputs: [out] }, to) => {
    const strides = stridesOf(out.shape)
    let start = 0
    for (const { shape, address } of inputs) {
      copy(
        shape,
        { address: at(out.address, start * strides[axis]), strides },
        { address, strides: stridesOf(shape) },
        to,
      )
      start += shape[axis]
    }
  },
}

export const reverse: Lowering<ParamsOf<'reverse'>> = {
  emit: ({ params: { axes }, inputs: [x], outputs: [out] }, to) => {
    const strides = stridesOf(x.shape)
    let start = 0
    for (const axis of new Set(axes)) {
      start += (x.shape[axis] - 1) * strides[axis]
      strides[axis] *= -1
    }
    copy(
      out.shape,
      { address: out.address, strides: stridesOf(out.shape) },
      { address: at(x.address, start), strides },
      to,
    )
  },
}
