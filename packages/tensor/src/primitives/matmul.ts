import { ShapeError } from '../shape/index.js'
import type { Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply, type Spec } from '../graph/tensor.js'

export interface MatmulParams {
  /** Read `left` as its transpose: stored [batch, K, M]. */
  readonly transposeLeft: boolean
  /** Read `right` as its transpose: stored [batch, N, K]. */
  readonly transposeRight: boolean
}

/** M, N and K of a product of canonical operands. */
export const matmulSizes = (left: Spec, right: Spec, { transposeLeft, transposeRight }: MatmulParams) => {
  const [batch, rows, columns] = left.shape as readonly [number, number, number]
  const [, rightRows, rightColumns] = right.shape as readonly [number, number, number]
  return {
    batch,
    m: transposeLeft ? columns : rows,
    k: transposeLeft ? rows : columns,
    rightK: transposeRight ? rightColumns : rightRows,
    n: transposeRight ? rightRows : rightColumns,
  }
}

/** Products of matrices, batch by batch: [B, M, K] × [B, K, N] → [B, M, N]. Transposed operands are read in place. */
export const matmulPrimitive: Primitive<MatmulParams> = {
  name: 'matmul',
  outputs: ([left, right], params) => {
    const spell = `matmul: [${left.shape.join(', ')}] x [${right.shape.join(', ')}]`
    if (left.shape.length !== 3 || right.shape.length !== 3)
      throw new ShapeError(`${spell}: both must be [batch, rows, columns]`)
    if (left.dtype !== 'f32' || right.dtype !== 'f32')
      throw new ShapeError(`${spell}: element types ${left.dtype} and ${right.dtype}, both must be f32`)
    const { batch, m, k, rightK, n } = matmulSizes(left, right, params)
    if (batch !== right.shape[0])
      throw new ShapeError(`${spell}: batch dimensions ${batch} and ${right.shape[0]} differ`)
    if (k !== rightK) throw new ShapeError(`${spell}: inner dimensions ${k} and ${rightK} differ`)
    return [{ shape: [batch, m, n], dtype: 'f32' }]
  },
  gradient: ([cotangent], { inputs, params: { transposeLeft, transposeRight } }) => {
    const g = cotangent as AnyTensor
    const [left, right] = inputs as readonly [AnyTensor, AnyTensor]
    return [
      transposeLeft ? matmul(right, g, transposeRight, true) : matmul(g, right, false, !transposeRight),
      transposeRight ? matmul(g, left, true, transposeLeft) : matmul(left, g, !transposeLeft, false),
    ]
  },
  evaluate: ([left, right], params, [out]) => {
    const { batch, m, k, n } = matmulSizes(left, right, params)
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let total = 0
          for (let p = 0; p < k; p++) {
            const l = left.data[b * m * k + (params.transposeLeft ? p * m + i : i * k + p)]
            const r = right.data[b * k * n + (params.transposeRight ? j * k + p : p * n + j)]
            total += l * r
          }
          out.data[(b * m + i) * n + j] = total
        }
      }
    }
  },
}

export const matmul = (
  left: AnyTensor,
  right: AnyTensor,
  transposeLeft = false,
  transposeRight = false,
): AnyTensor => apply(matmulPrimitive, [left, right], { transposeLeft, transposeRight })
