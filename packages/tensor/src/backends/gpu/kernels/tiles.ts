import { coordinates, indexSum, times, zero } from './indices.js'
import type { NativeFunction, Writer } from './writer.js'

/**
 * How a device computes a product four elements at a time, two rows by two columns: each operand that a thread reads is used twice.
 * Either the four stand side by side in a buffer, or they are one point of a texture, into which the operands are brought first; a texture
 * has at most `widest` points in a row or column.
 */
export type Tiling =
  { readonly held: 'in buffers' } | { readonly held: 'in textures'; readonly widest: number }

/** Matrices of one size. */
export interface Matrices {
  readonly batch: number
  readonly rows: number
  readonly columns: number
}

/** Matrices in a texture stand in a grid, so many beside each other. */
export interface Grid {
  /** Tiles that a matrix has in a column, and in a row. */
  readonly high: number
  readonly wide: number
  readonly across: number
  readonly down: number
}

export const halved = (n: number): number => Math.ceil(n / 2)

/** How matrices stand in a texture; `undefined` where they do not fit. */
export const gridOf = ({ batch, rows, columns }: Matrices, widest: number): Grid | undefined => {
  const [high, wide] = [halved(rows), halved(columns)]
  const inColumn = Math.floor(widest / high)
  if (inColumn === 0) return undefined
  const across = Math.ceil(batch / inColumn)
  return across * wide > widest ? undefined : { high, wide, across, down: Math.ceil(batch / across) }
}

/** One kernel: its threads in a row, the rows where there are several, and the body that gives four numbers or one. */
export interface Tiled {
  readonly output: readonly number[]
  readonly body: (writer: Writer, index: string) => string
}

/** Row (or column) `half` · 2 + `rest` of a matrix. */
export const whole = (writer: Writer, half: string, rest: 0 | 1): string =>
  writer.name(`${half} * 2.0 + ${rest}.0`)

/** Brings matrices into a texture of tiles: what would stand beyond the last row or column is 0, as sums need it. */
export const packed = (value: number, { batch, rows, columns }: Matrices, grid: Grid): Tiled => {
  const { across, down, high, wide } = grid
  return {
    output: [across * wide, down * high],
    body: (writer, index) => {
      writer.say('const j = this.thread.y;')
      const [x = zero, c = zero] = coordinates(writer, index, [across, wide])
      const [y = zero, r = zero] = coordinates(writer, 'j', [down, high])
      const b = batch === 1 ? zero : indexSum(writer, [times(y, across), x])
      const base = times(b, rows * columns)
      const element = (i: 0 | 1, j: 0 | 1): string => {
        const [row, column] = [whole(writer, r, i), whole(writer, c, j)]
        const outside = [
          ...(i === 1 && rows % 2 === 1 ? [[row, rows] as const] : []),
          ...(j === 1 && columns % 2 === 1 ? [[column, columns] as const] : []),
        ]
        const inside = writer.at(value, indexSum(writer, [base, times(row, columns), column]))
        return outside.reduce((kept, [at, n]) => writer.name(`(${at} > ${n - 1}.0) ? 0.0 : ${kept}`), inside)
      }
      return `[${element(0, 0)}, ${element(0, 1)}, ${element(1, 0)}, ${element(1, 1)}]`
    },
  }
}

const tile: NativeFunction = {
  name: 'tile',
  source: `
float tile(sampler2D tiles, ivec2 tilesSize, ivec3 tilesShape, float y, float x) {
  int row = int(y);
  int column = int(x);
  vec4 found = texture(tiles, (vec2(column >> 1, row >> 1) + 0.5) / vec2(tilesSize));
  vec2 pair = (row & 1) == 0 ? found.xy : found.zw;
  return (column & 1) == 0 ? pair.x : pair.y;
}`,
  returnType: 'Float',
  argumentTypes: { tiles: 'ArrayTexture(4)', y: 'Float', x: 'Float' },
}

const fromTexture = (
  writer: Writer,
  tiles: number,
  { across, high, wide }: Grid,
  [b, row, column]: readonly [string, string, string],
): string => {
  const y = across === 1 ? b : writer.name(`Math.floor((${b} + 0.5) / ${across}.0)`)
  const x = across === 1 ? zero : writer.name(`${b} - ${y} * ${across}.0`)
  const down = indexSum(writer, [times(y, 2 * high), row])
  const right = indexSum(writer, [times(x, 2 * wide), column])
  writer.call(tile)
  return writer.name(`tile(${writer.buffer(tiles)}, ${down}, ${right})`)
}

const fromBuffer = (
  writer: Writer,
  tiles: number,
  { rows, columns }: Matrices,
  [b, row, column]: readonly [string, string, string],
): string => {
  const halves = (at: string): readonly [string, string] => {
    if (at === zero) return [zero, zero]
    const half = writer.name(`Math.floor((${at} + 0.5) / 2.0)`)
    return [half, writer.name(`${at} - ${half} * 2.0`)]
  }
  const [[r, i], [c, j]] = [halves(row), halves(column)]
  const [high, wide] = [halved(rows), halved(columns)]
  return writer.at(
    tiles,
    indexSum(writer, [times(b, 4 * high * wide), times(r, 4 * wide), times(c, 4), times(i, 2), j]),
  )
}

/** The element of matrices in tiles at a flat index into their rows. */
export const fromTiles = (
  writer: Writer,
  tiles: number,
  matrices: Matrices,
  tiling: Tiling,
  index: string,
): string => {
  const { batch, rows, columns } = matrices
  const [b = zero, row = zero, column = zero] = coordinates(writer, index, [batch, rows, columns])
  return tiling.held === 'in buffers'
    ? fromBuffer(writer, tiles, matrices, [b, row, column])
    : fromTexture(writer, tiles, gridOf(matrices, tiling.widest) as Grid, [b, row, column])
}
