import { ShapeError } from '../shape/index.js'
import type { Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply, type Spec } from '../graph/tensor.js'

/** Reading and adding by position. Operations bring their arguments to these canonical forms. */

const indices = (name: string, index: Spec, batch: number): number => {
  const [rows, count] = index.shape as readonly [number, number]
  if (index.shape.length !== 2 || rows !== batch) {
    throw new ShapeError(`${name}: indices [${index.shape.join(', ')}] must be [${batch}, count]`)
  }
  if (index.dtype !== 'i32') throw new ShapeError(`${name}: indices must be i32, not ${index.dtype}`)
  return count
}

export interface GatherParams {
  /** What an index out of range reads, for f32; integers and bool read 0. */
  readonly outside: 'NaN' | 'zero'
}

/** out[b, k, i] = x[b, index[b, k], i]: [B, N, I] and indices [B, K] → [B, K, I]. */
export const gatherPrimitive: Primitive<GatherParams> = {
  name: 'gather',
  outputs: ([x, index]) => {
    if (x.shape.length !== 3)
      throw new ShapeError(`gather: [${x.shape.join(', ')}] must be [batch, length, inner]`)
    const [batch, , inner] = x.shape as readonly [number, number, number]
    return [{ shape: [batch, indices('gather', index, batch), inner], dtype: x.dtype }]
  },
  gradient: ([g], { inputs: [x, index] }) => [scatterAdd(index, g as AnyTensor, x.shape[1]), undefined],
  evaluate: ([x, index], { outside }, [out]) => {
    const [batch, count, inner] = out.shape as readonly [number, number, number]
    const length = x.shape[1]
    const absent = outside === 'NaN' && x.dtype === 'f32' ? NaN : 0
    for (let b = 0; b < batch; b++) {
      for (let k = 0; k < count; k++) {
        const from = index.data[b * count + k]
        for (let i = 0; i < inner; i++) {
          out.data[(b * count + k) * inner + i] =
            from >= 0 && from < length ? x.data[(b * length + from) * inner + i] : absent
        }
      }
    }
  },
}

/** out[b, index[b, k], i] += updates[b, k, i], in the order of k; an index out of range adds nothing. */
export const scatterAddPrimitive: Primitive<{ readonly length: number }> = {
  name: 'scatterAdd',
  outputs: ([index, updates], { length }) => {
    if (updates.shape.length !== 3 || updates.dtype === 'bool') {
      throw new ShapeError(
        `scatterAdd: ${updates.dtype}[${updates.shape.join(', ')}] must be numbers [batch, count, inner]`,
      )
    }
    const [batch, count, inner] = updates.shape as readonly [number, number, number]
    if (indices('scatterAdd', index, batch) !== count) {
      throw new ShapeError(
        `scatterAdd: [${index.shape.join(', ')}] indices and [${updates.shape.join(', ')}] updates differ in count`,
      )
    }
    return [{ shape: [batch, length, inner], dtype: updates.dtype }]
  },
  gradient: ([g], { inputs: [index] }) => [undefined, gather(g as AnyTensor, index, 'zero')],
  evaluate: ([index, updates], { length }, [out]) => {
    const [batch, count, inner] = updates.shape as readonly [number, number, number]
    const sums = new Float64Array(out.data.length)
    for (let b = 0; b < batch; b++) {
      for (let k = 0; k < count; k++) {
        const to = index.data[b * count + k]
        if (to < 0 || to >= length) continue
        for (let i = 0; i < inner; i++)
          sums[(b * length + to) * inner + i] += updates.data[(b * count + k) * inner + i]
      }
    }
    out.data.set(sums)
  },
}

export const gather = (x: AnyTensor, index: AnyTensor, outside: GatherParams['outside'] = 'NaN'): AnyTensor =>
  apply(gatherPrimitive, [x, index], { outside })

export const scatterAdd = (index: AnyTensor, updates: AnyTensor, length: number): AnyTensor =>
  apply(scatterAddPrimitive, [index, updates], { length })
