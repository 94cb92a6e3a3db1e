import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import { asFloats, close, command, exactly, noise, outputs } from './kernels.testing.js'
import * as op from './opcodes.js'
import { packLeftWords, packRightWords } from './scratch.js'

describe('MATMUL', () => {
  interface Product {
    readonly batch: number
    readonly m: number
    readonly n: number
    readonly k: number
    readonly transposeLeft: boolean
    readonly transposeRight: boolean
    readonly accumulate: boolean
  }

  const multiplies = ({ batch, m, n, k, transposeLeft, transposeRight, accumulate }: Product): void => {
    const [left, right, before] = [noise(batch * m * k, 1), noise(batch * k * n, 2), noise(batch * m * n, 3)]
    const leftSteps = transposeLeft ? [1, m] : [k, 1]
    const rightSteps = transposeRight ? [1, k] : [n, 1]
    const [result] = outputs(a => {
      const to = a.output(before.length, a.put(before))
      const strides = [m * k, ...leftSteps, n * k, ...rightSteps, m * n, n]
      const packs = [a.take(packRightWords(m, n, k)), a.take(packLeftWords(m, n, k))]
      return [
        command(
          op.MATMUL,
          to,
          a.put(left, 1),
          a.put(right, 2),
          batch,
          m,
          n,
          k,
          ...strides,
          Number(accumulate),
          ...packs,
        ),
      ]
    }) as [Int32Array]
    const expected = new Float64Array(before.length)
    const [leftRow, leftColumn] = leftSteps as [number, number]
    const [rightRow, rightColumn] = rightSteps as [number, number]
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          const [l, r] = [b * m * k + i * leftRow, b * k * n + j * rightColumn]
          let total = accumulate ? before[(b * m + i) * n + j] : 0
          for (let p = 0; p < k; p++) total += left[l + p * leftColumn] * right[r + p * rightRow]
          expected[(b * m + i) * n + j] = total
        }
    close(asFloats(result), expected, 2e-6, Math.sqrt(k + 1))
  }

  const flags = { transposeLeft: fc.boolean(), transposeRight: fc.boolean(), accumulate: fc.boolean() }
  const side = fc.integer({ min: 0, max: 40 })

  it('multiplies small matrices', () => {
    fc.assert(
      fc.property(
        fc.record({ batch: fc.integer({ min: 0, max: 5 }), m: side, n: side, k: side, ...flags }),
        multiplies,
      ),
      { numRuns: 100 },
    )
  })

  it('multiplies matrices that are packed', () => {
    fc.assert(
      fc.property(
        fc.record({
          batch: fc.integer({ min: 1, max: 2 }),
          m: fc.integer({ min: 32, max: 150 }),
          n: fc.integer({ min: 1, max: 100 }),
          k: fc.integer({ min: 100, max: 300 }),
          ...flags,
        }),
        multiplies,
      ),
      { numRuns: 25 },
    )
  })

  const plain = { batch: 1, transposeLeft: false, transposeRight: false, accumulate: false }
  it.each([
    [{ ...plain, m: 33, n: 50, k: 1100 }],
    [{ ...plain, m: 33, n: 2100, k: 20 }],
    [{ ...plain, m: 1, n: 1, k: 3000 }],
    [{ ...plain, m: 1, n: 300, k: 600, transposeRight: true }],
    [{ ...plain, m: 700, n: 1, k: 600, transposeLeft: true }],
    [{ ...plain, m: 500, n: 3, k: 513, accumulate: true }],
    // 2¹⁸ pairs of rows in 2¹³ strips: their product is more than 32 bits hold.
    [{ ...plain, m: 524_352, n: 1, k: 1 }],
    [{ ...plain, m: 35, n: 2049, k: 513, accumulate: true, transposeLeft: true, transposeRight: true }],
  ])('multiplies across blocks: %o', multiplies)

  it('gives an element the same bits wherever it lies', () => {
    const [m, n, k] = [70, 90, 600]
    const [left, right] = [noise(m * k), noise(n * k)]
    const product = (rows: number, columns: number, row: number, column: number): Float32Array =>
      asFloats(
        outputs(a => {
          const [l, r] = [a.put(left) + 4 * row * k, a.put(right) + 4 * column]
          const packs = [a.take(packRightWords(rows, columns, k)), a.take(packLeftWords(rows, columns, k))]
          return [
            command(
              op.MATMUL,
              a.output(rows * columns),
              l,
              r,
              1,
              rows,
              columns,
              k,
              0,
              k,
              1,
              0,
              n,
              1,
              0,
              columns,
              0,
              ...packs,
            ),
          ]
        })[0],
      )
    const whole = product(m, n, 0, 0)
    for (const [rows, columns, row, column] of [
      [1, 1, 13, 21],
      [37, 41, 3, 5],
      [69, 3, 1, 2],
    ] as const) {
      const part = product(rows, columns, row, column)
      exactly(
        part,
        part.map((_, i) => whole[(row + Math.floor(i / columns)) * n + column + (i % columns)]),
      )
    }
  })
})
