import { matmulSizes } from '../../../primitives/matmul.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { MATMUL } from '../opcodes.js'
import { packLeftWords, packRightWords } from '../scratch.js'
import { fill } from './leaves.js'
import { wholeLines, type Commands, type Lowering } from './lowering.js'

/** A matrix operand, or a batch of them: strides in elements. */
interface Matrices {
  readonly address: number
  readonly batch: number
  readonly row: number
  readonly column: number
}

export interface Product {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly left: Matrices
  readonly right: Matrices
  /** Rows are contiguous. */
  readonly to: Omit<Matrices, 'column'>
  /** Adds to what stands there already. */
  readonly accumulate?: boolean
  readonly scratch: number
}

/** Words of scratch of a product. */
export const productWords = (m: number, n: number, k: number): number =>
  wholeLines(packRightWords(m, n, k)) + packLeftWords(m, n, k)

/** One MATMUL command. No size is 0. */
export const product = (
  { batch, m, n, k, left, right, to, accumulate = false, scratch }: Product,
  { words }: Commands,
): void => {
  const packLeft = scratch + 4 * wholeLines(packRightWords(m, n, k))
  words.push(
    ...[MATMUL, 20, to.address, left.address, right.address, batch, m, n, k],
    ...[left.batch, left.row, left.column, right.batch, right.row, right.column, to.batch, to.row],
    ...[accumulate ? 1 : 0, scratch, packLeft],
  )
}

export const matmul: Lowering<ParamsOf<'matmul'>> = {
  scratch: ({ params, inputs: [left, right] }) => {
    const { m, n, k } = matmulSizes(left, right, params)
    return productWords(m, n, k)
  },
  emit: ({ params, inputs: [left, right], outputs: [out], scratch }, to) => {
    const { batch, m, n, k } = matmulSizes(left, right, params)
    if (batch * m * n * k === 0) {
      fill(out, 0, to)
      return
    }
    const { transposeLeft, transposeRight } = params
    product(
      {
        ...{ batch, m, n, k, scratch },
        left: {
          address: left.address,
          batch: m * k,
          row: transposeLeft ? 1 : k,
          column: transposeLeft ? m : 1,
        },
        right: {
          address: right.address,
          batch: k * n,
          row: transposeRight ? 1 : n,
          column: transposeRight ? k : 1,
        },
        to: { address: out.address, batch: m * n, row: n },
      },
      to,
    )
  },
}
