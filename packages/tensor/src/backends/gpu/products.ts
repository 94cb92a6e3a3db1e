import { matmulSizes } from '../../primitives/matmul.js'
import type { Instruction } from '../../program/program.js'
import type { Spec } from '../../graph/tensor.js'
import { productOfBuffers, productOfTextures, suitsTiles, type Product } from './kernels/tiled-product.js'
import {
  fromTiles,
  gridOf,
  packed,
  type Grid,
  type Matrices,
  type Tiled,
  type Tiling,
} from './kernels/tiles.js'
import type { Writer } from './kernels/writer.js'

/** What products in tiles need to know of the stage that they are in. */
export interface Around {
  readonly specOf: (value: number) => Spec
  /** The value that another is the reshaped form of, or itself. */
  readonly rootOf: (value: number) => number
  /** The number of a buffer that holds no value of the program. */
  readonly fresh: () => number
  readonly launch: (kernel: Tiled, writes: number) => void
  /** Gives operands buffers in rows. */
  readonly storeOperands: (product: Instruction) => void
}

/** The products of a stage that are in tiles. */
export interface TiledProducts {
  /** Computes a product in tiles where it suits them; whether it did. */
  readonly compute: (instruction: Instruction) => boolean
  /** An element of a product by its buffer, where it is in tiles. */
  readonly read: (writer: Writer, owner: number, index: string) => string | undefined
  /** Writes a product in rows after all, for readers outside. */
  readonly untile: (owner: number) => void
}

const matricesOf = ({ shape }: Spec): Matrices => {
  const [batch, rows, columns] = shape as readonly [number, number, number]
  return { batch, rows, columns }
}

/** Without `tiling`, no product is in tiles. */
export const tiledProducts = (
  tiling: Tiling | undefined,
  { specOf, rootOf, fresh, launch, storeOperands }: Around,
): TiledProducts => {
  const results = new Map<number, { readonly tiles: number; readonly matrices: Matrices }>()
  const packs = new Map<string, number>()

  /** The texture of tiles that an operand is brought into; products of the same operand share it, transposed or not. */
  const packOf = (value: number, widest: number): number => {
    const matrices = matricesOf(specOf(value))
    const key = [rootOf(value), ...specOf(value).shape].join(' ')
    const found = packs.get(key)
    if (found !== undefined) return found
    const tiles = fresh()
    launch(packed(value, matrices, gridOf(matrices, widest) as Grid), tiles)
    packs.set(key, tiles)
    return tiles
  }

  const element = (writer: Writer, owner: number, how: Tiling, index: string): string | undefined => {
    const result = results.get(owner)
    return result && fromTiles(writer, result.tiles, result.matrices, how, index)
  }

  return {
    compute: instruction => {
      if (tiling === undefined || instruction.name !== 'matmul') return false
      const { inputs, outputs, params } = instruction as Instruction<'matmul'>
      const [left, right] = inputs as readonly [number, number]
      const [l, r] = [specOf(left), specOf(right)]
      const { batch, m, n } = matmulSizes(l, r, params)
      const result: Matrices = { batch, rows: m, columns: n }
      const product: Product = { left: matricesOf(l), right: matricesOf(r), result, ...params }
      if (!suitsTiles(product, tiling)) return false
      const tiles = fresh()
      if (tiling.held === 'in buffers') {
        storeOperands(instruction)
        launch(productOfBuffers(product, [left, right]), tiles)
      } else {
        const operands = [packOf(left, tiling.widest), packOf(right, tiling.widest)] as const
        launch(productOfTextures(product, tiling.widest, operands), tiles)
      }
      results.set(outputs[0], { tiles, matrices: result })
      return true
    },
    read: (writer, owner, index) => tiling && element(writer, owner, tiling, index),
    untile: owner => {
      const result = results.get(owner)
      if (tiling === undefined || result === undefined) return
      const { tiles, matrices } = result
      const { batch, rows, columns } = matrices
      const body = (writer: Writer, index: string): string =>
        fromTiles(writer, tiles, matrices, tiling, index)
      launch({ output: [batch * rows * columns], body }, owner)
    },
  }
}
