import { coordinates, indexSum, times, zero } from './indices.js'
import type { Writer } from './writer.js'

/**
 * How a device computes a product four elements at a time, two rows by two columns: each operand that a thread reads is used twice.
 * Either the four stand side by side in a buffer, or they are one point of a texture, into which the operands are brought first; a texture
 * has at most `widest` points in a row or column.
 */
export type Tiling =
  { readonly held: 'in buffers' } | { readonly held: 'in textures'; readonly widest: number }

/** A function in the device's own language that a kernel calls. */
export interface NativeFunction {
  readonly name: string
  readonly source: string
  readonly returnType: 'Float' | 'Array(4)'
  readonly argumentTypes: Readonly<Record<string, 'ArrayTexture(4)' | 'Float'>>
}

export interface ProductSizes {
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
}

/** Matrices in tiles of two by two. Those of a batch stand in a grid: `across` beside each other, `down` below. */
interface Grid {
  readonly across: number
  readonly down: number
}

/** A product of fewer multiplications is sooner done than it is brought into tiles. */
const fewestProducts = 2 ** 12
/** Places of elements are f32. */
const mostElements = 2 ** 24

const halved = (n: number): number => Math.ceil(n / 2)

/** How the matrices of a product are laid out in textures; `undefined` where they do not fit. */
const gridOf = ({ batch, m, k, n }: ProductSizes, widest: number): Grid | undefined => {
  const [rows, inner, columns] = [m, k, n].map(halved) as [number, number, number]
  const inColumn = Math.floor(widest / Math.max(rows, inner))
  if (inColumn === 0) return undefined
  const across = Math.ceil(batch / inColumn)
  return across * Math.max(inner, columns) > widest
    ? undefined
    : { across, down: Math.ceil(batch / across) }
}

/** Whether a product is worth tiles, and fits into them. */
export const suitsTiles = (sizes: ProductSizes, tiling: Tiling): boolean => {
  const { batch, m, k, n } = sizes
  return (
    Math.min(m, n) > 1 &&
    batch * m * k * n >= fewestProducts &&
    4 * batch * halved(m) * halved(n) <= mostElements &&
    (tiling.held === 'in buffers' || gridOf(sizes, tiling.widest) !== undefined)
  )
}

/** A matrix of a batch, as it is stored: [batch, rows, columns], or [batch, columns, rows] where it is read as its transpose. */
interface Operand {
  readonly value: number
  readonly rows: number
  readonly columns: number
  readonly isTransposed: boolean
}

const place = (
  writer: Writer,
  { rows, columns, isTransposed }: Operand,
  [b, row, column]: readonly [string, string, string],
): string =>
  indexSum(writer, [
    times(b, rows * columns),
    times(row, isTransposed ? 1 : columns),
    times(column, isTransposed ? rows : 1),
  ])

/** Row (or column) `half` · 2 + `rest` of a matrix. */
const whole = (writer: Writer, half: string, rest: 0 | 1): string =>
  writer.name(`${half} * 2.0 + ${rest}.0`)

/** One thread's part of a body that gives four numbers. */
interface Tiled {
  readonly output: readonly number[]
  readonly native?: NativeFunction
  readonly body: (writer: Writer, index: string) => string
}

/** An operand in tiles: what would stand beyond its last row or column is 0, as sums over `k` need it. */
const packed = (operand: Operand, { across, down }: Grid): Tiled => {
  const { rows, columns, value } = operand
  const [high, wide] = [halved(rows), halved(columns)]
  return {
    output: [across * wide, down * high],
    body: (writer, index) => {
      writer.say('const j = this.thread.y;')
      const [x = zero, c = zero] = coordinates(writer, index, [across, wide])
      const [y = zero, r = zero] = coordinates(writer, 'j', [down, high])
      const b = indexSum(writer, [times(y, across), x])
      const element = (i: 0 | 1, j: 0 | 1): string => {
        const [row, column] = [whole(writer, r, i), whole(writer, c, j)]
        const outside = [
          ...(i === 1 && rows % 2 === 1 ? [[row, rows] as const] : []),
          ...(j === 1 && columns % 2 === 1 ? [[column, columns] as const] : []),
        ]
        const inside = writer.at(value, place(writer, operand, [b, row, column]))
        return outside.reduce((kept, [at, n]) => writer.name(`(${at} > ${n - 1}.0) ? 0.0 : ${kept}`), inside)
      }
      return `[${element(0, 0)}, ${element(0, 1)}, ${element(1, 0)}, ${element(1, 1)}]`
    },
  }
}

/** The product of two textures of tiles. */
const productOfTextures = (
  { m, k, n }: ProductSizes,
  { across, down }: Grid,
  [left, right]: readonly [number, number],
): Tiled => {
  const [rows, inner, columns] = [m, k, n].map(halved) as [number, number, number]
  const source = `
vec4 product(sampler2D left, ivec2 leftSize, ivec3 leftShape, sampler2D right, ivec2 rightSize, ivec3 rightShape, float x, float y) {
  int column = int(x);
  int row = int(y);
  int besides = column / ${columns};
  int above = row / ${rows};
  ivec2 l = ivec2(besides * ${inner}, row);
  ivec2 r = ivec2(column, above * ${inner});
  vec4 total = vec4(0.0);
  for (int k = 0; k < ${inner}; k++) {
    vec4 p = texelFetch(left, ivec2(l.x + k, l.y), 0);
    vec4 q = texelFetch(right, ivec2(r.x, r.y + k), 0);
    total += p.xxzz * q.xyxy + p.yyww * q.zwzw;
  }
  return total;
}`
  return {
    output: [across * columns, down * rows],
    native: {
      name: 'product',
      source,
      returnType: 'Array(4)',
      argumentTypes: { left: 'ArrayTexture(4)', right: 'ArrayTexture(4)', x: 'Float', y: 'Float' },
    },
    body: (writer, index) =>
      `product(${writer.buffer(left)}, ${writer.buffer(right)}, ${index}, this.thread.y)`,
  }
}

/** One number of a texture of tiles. */
const tile: NativeFunction = {
  name: 'tile',
  source: `
float tile(sampler2D tiles, ivec2 tilesSize, ivec3 tilesShape, float y, float x) {
  int row = int(y);
  int column = int(x);
  vec4 found = texelFetch(tiles, ivec2(column >> 1, row >> 1), 0);
  vec2 pair = (row & 1) == 0 ? found.xy : found.zw;
  return (column & 1) == 0 ? pair.x : pair.y;
}`,
  returnType: 'Float',
  argumentTypes: { tiles: 'ArrayTexture(4)', y: 'Float', x: 'Float' },
}

/** A product in rows, out of its texture of tiles. */
const unpacked = ({ batch, m, n }: ProductSizes, { across }: Grid, tiles: number): Tiled => ({
  output: [batch * m * n],
  native: tile,
  body: (writer, index) => {
    const [b = zero, row = zero, column = zero] = coordinates(writer, index, [batch, m, n])
    const y = across === 1 ? b : writer.name(`Math.floor((${b} + 0.5) / ${across}.0)`)
    const x = across === 1 ? zero : writer.name(`${b} - ${y} * ${across}.0`)
    const down = indexSum(writer, [times(y, 2 * halved(m)), row])
    return `tile(${writer.buffer(tiles)}, ${down}, ${indexSum(writer, [times(x, 2 * halved(n)), column])})`
  },
})

/** So many terms of a dot product stand in one turn of the loop. */
const unrolled = 2

/** The product of two buffers, four numbers side by side. */
const productOfBuffers = ({ batch, m, k, n }: ProductSizes, left: Operand, right: Operand): Tiled => ({
  output: [batch * halved(m) * halved(n)],
  body: (writer, index) => {
    const [b = zero, r = zero, c = zero] = coordinates(writer, index, [batch, halved(m), halved(n)])
    // Beyond the last row or column stands it again; nobody reads the result.
    const both = (half: string, count: number): readonly [string, string] => {
      const second = whole(writer, half, 1)
      return [
        whole(writer, half, 0),
        count % 2 === 0 ? second : writer.name(`(${second} > ${count - 1}.0) ? ${count - 1}.0 : ${second}`),
      ]
    }
    const [rows, columns] = [both(r, m), both(c, n)]
    const leftBases = rows.map(row => place(writer, left, [b, row, zero]))
    const rightBases = columns.map(column => place(writer, right, [b, zero, column]))
    const [leftStep, rightStep] = [left.isTransposed ? m : 1, right.isTransposed ? 1 : n]
    const totals = [0, 1, 2, 3].map(() => writer.variable('0.0'))
    const term = (p: string): void => {
      const [leftPart, rightPart] = [times(p, leftStep), times(p, rightStep)]
      const ls = leftBases.map(base => writer.at(left.value, writer.name(`${base} + ${leftPart}`)))
      const rs = rightBases.map(base => writer.at(right.value, writer.name(`${base} + ${rightPart}`)))
      ls.forEach((l, i) =>
        rs.forEach((element, j) => writer.say(`${totals[2 * i + j]} += ${l} * ${element};`)),
      )
    }
    const turns = Math.floor(k / unrolled)
    if (turns > 0)
      writer.loop(turns, p => {
        for (let i = 0; i < unrolled; i++) term(writer.name(`${p} * ${unrolled} + ${i}.0`))
      })
    for (let p = turns * unrolled; p < k; p++) term(`${p}.0`)
    return `[${totals.join(', ')}]`
  },
})

/** A product in rows, out of its buffer of tiles. */
const fromBuffer = ({ batch, m, n }: ProductSizes, tiles: number): Tiled => ({
  output: [batch * m * n],
  body: (writer, index) => {
    const [b = zero, row = zero, column = zero] = coordinates(writer, index, [batch, m, n])
    const halfOf = (at: string): readonly [string, string] => {
      if (at === zero) return [zero, zero]
      const half = writer.name(`Math.floor((${at} + 0.5) / 2.0)`)
      return [half, writer.name(`${at} - ${half} * 2.0`)]
    }
    const [[r, i], [c, j]] = [halfOf(row), halfOf(column)]
    const [high, wide] = [halved(m), halved(n)]
    return writer.at(
      tiles,
      indexSum(writer, [times(b, 4 * high * wide), times(r, 4 * wide), times(c, 4), times(i, 2), j]),
    )
  },
})

/** One kernel of a product in tiles, and the buffer that it writes. */
export interface TiledKernel extends Tiled {
  readonly writes: number
}

/** The kernels of a product in tiles, which ends in `result` in rows; `fresh` names buffers between them. */
export const tiledProduct = (
  sizes: ProductSizes,
  flags: { readonly transposeLeft: boolean; readonly transposeRight: boolean },
  [leftValue, rightValue]: readonly [number, number],
  result: number,
  tiling: Tiling,
  fresh: () => number,
): readonly TiledKernel[] => {
  const { m, k, n } = sizes
  const left: Operand = { value: leftValue, rows: m, columns: k, isTransposed: flags.transposeLeft }
  const right: Operand = { value: rightValue, rows: k, columns: n, isTransposed: flags.transposeRight }
  const tiles = fresh()
  if (tiling.held === 'in buffers')
    return [
      { ...productOfBuffers(sizes, left, right), writes: tiles },
      { ...fromBuffer(sizes, tiles), writes: result },
    ]
  const grid = gridOf(sizes, tiling.widest) as Grid
  const operands = [fresh(), fresh()] as const
  return [
    { ...packed(left, grid), writes: operands[0] },
    { ...packed(right, grid), writes: operands[1] },
    { ...productOfTextures(sizes, grid, operands), writes: tiles },
    { ...unpacked(sizes, grid, tiles), writes: result },
  ]
}
