import { sizeOf, type Shape } from '../../../shape/index.js'
import { aroundAxis } from '../../../graph/indices.js'
import type { DType } from '../../../graph/dtype.js'
import type { ParamsOf, PrimitiveName } from '../../../primitives/table.js'
import * as code from '../opcodes.js'
import { partials } from '../scratch.js'
import { fill } from './leaves.js'
import { bitsOf, wholeLines, type Lowering } from './lowering.js'

/** One command of a reduction: the middle axis of [outer, length, inner] goes. */
interface Stage {
  readonly outer: number
  readonly length: number
  readonly inner: number
}

/**
 * Axes that are not neighbours are reduced one group after the other, the last first, so that no array is transposed: what remains to be
 * reduced is small after the first stage.
 */
export const stagesOf = (shape: Shape, axes: readonly number[]): Stage[] => {
  const groups: { size: number; readonly reduced: boolean }[] = []
  shape.forEach((size, axis) => {
    if (size === 1) return
    const reduced = axes.includes(axis)
    const last = groups[groups.length - 1]
    if (last?.reduced === reduced) last.size *= size
    else groups.push({ size, reduced })
  })
  const stages: Stage[] = []
  for (let i = groups.length - 1; i >= 0; i--) {
    if (!groups[i].reduced) continue
    const product = (from: number, to: number): number =>
      groups.slice(from, to).reduce((p, { size }) => p * size, 1)
    stages.push({ outer: product(0, i), length: groups[i].size, inner: product(i + 1, groups.length) })
    groups.splice(i, 1)
  }
  return stages.length > 0 ? stages : [{ outer: 1, length: 1, inner: sizeOf(shape) }]
}

const intermediateWords = (stages: readonly Stage[]): number =>
  stages.slice(0, -1).reduce((sum, { outer, inner }) => sum + wholeLines(outer * inner), 0)

/** The command of each reduction, by element type. */
const commands = {
  sum: (dtype: DType) => (dtype === 'f32' ? code.SUM : code.SUM_WHOLE),
  reduceMax: (dtype: DType) => (dtype === 'f32' ? code.MAX : dtype === 'i32' ? code.MAX_I32 : code.MAX_U32),
} as const satisfies { readonly [N in PrimitiveName]?: (dtype: DType) => number }

export type ReductionName = keyof typeof commands

export const isReduction = (name: PrimitiveName): name is ReductionName => name in commands

export const reductionCode = (name: ReductionName, dtype: DType): number => commands[name](dtype)

interface Reduction {
  readonly command: (dtype: DType) => number
  /** The result of an empty axis. */
  readonly neutral: (dtype: DType) => number
}

const reduction = ({ command, neutral }: Reduction): Lowering<{ readonly axes: readonly number[] }> => ({
  scratch: ({ params: { axes }, inputs: [x] }) => {
    const stages = stagesOf(x.shape, axes)
    return (
      intermediateWords(stages) +
      Math.max(...stages.map(({ outer, length, inner }) => partials(outer, length, inner)))
    )
  },
  emit: ({ params: { axes }, inputs: [x], outputs: [out], scratch }, to) => {
    if (sizeOf(x.shape) === 0) {
      fill(out, bitsOf(neutral(x.dtype), x.dtype), to)
      return
    }
    const stages = stagesOf(x.shape, axes)
    const partial = scratch + 4 * intermediateWords(stages)
    let from = x.address
    let next = scratch
    stages.forEach(({ outer, length, inner }, i) => {
      const target = i === stages.length - 1 ? out.address : next
      to.words.push(command(x.dtype), 8, target, from, outer, length, inner, partial)
      next += 4 * wholeLines(outer * inner)
      from = target
    })
  },
})

export const sum = reduction({
  command: commands.sum,
  neutral: () => 0,
})

export const reduceMax = reduction({
  command: commands.reduceMax,
  neutral: dtype => (dtype === 'f32' ? -Infinity : dtype === 'i32' ? -(2 ** 31) : 0),
})

/** How a command that compares or adds takes elements. */
export const typeCode = (dtype: DType): number =>
  dtype === 'f32' ? code.F32 : dtype === 'i32' ? code.I32 : code.U32

export const argmax: Lowering<ParamsOf<'argmax'>> = {
  emit: ({ params: { axis }, inputs: [x], outputs: [out] }, { words }) => {
    if (sizeOf(x.shape) === 0) return
    words.push(code.ARGMAX, 8, out.address, x.address, ...aroundAxis(x.shape, axis), typeCode(x.dtype))
  },
}

export const cumsum: Lowering<ParamsOf<'cumsum'>> = {
  emit: ({ params: { axis, reverse }, inputs: [x], outputs: [out] }, { words }) => {
    if (sizeOf(x.shape) === 0) return
    words.push(
      code.CUMSUM,
      9,
      out.address,
      x.address,
      ...aroundAxis(x.shape, axis),
      reverse ? 1 : 0,
      typeCode(x.dtype),
    )
  },
}

export const argsort: Lowering<ParamsOf<'argsort'>> = {
  scratch: ({ inputs: [x] }) => sizeOf(x.shape),
  emit: ({ params: { descending }, inputs: [x], outputs: [out], scratch }, { words }) => {
    const size = sizeOf(x.shape)
    if (size === 0) return
    const length = x.shape[x.shape.length - 1]
    words.push(
      code.ARGSORT,
      9,
      out.address,
      x.address,
      size / length,
      length,
      descending ? 1 : 0,
      typeCode(x.dtype),
      scratch,
    )
  },
}
