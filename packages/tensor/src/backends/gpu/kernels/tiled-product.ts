import type { MatmulParams } from '../../../primitives/matmul.js'
import { mostElements } from '../numbers.js'
import { coordinates, indexSum, times, zero } from './indices.js'
import { gridOf, halved, whole, type Grid, type Matrices, type Tiled, type Tiling } from './tiles.js'
import type { Writer } from './writer.js'

/** A product of matrices: what is multiplied, and what comes of it. */
export interface Product extends MatmulParams {
  readonly left: Matrices
  readonly right: Matrices
  readonly result: Matrices
}

/** A product of fewer multiplications is sooner done than it is brought into tiles. */
const fewestProducts = 2 ** 12

const innerOf = ({ left, transposeLeft }: Product): number => (transposeLeft ? left.rows : left.columns)

/** Whether a product is worth tiles, and fits into them. */
export const suitsTiles = (product: Product, tiling: Tiling): boolean => {
  const { left, right, result } = product
  const { batch, rows, columns } = result
  return (
    Math.min(rows, columns) > 1 &&
    batch * rows * innerOf(product) * columns >= fewestProducts &&
    4 * batch * halved(rows) * halved(columns) <= mostElements &&
    (tiling.held === 'in buffers' ||
      [left, right, result].every(matrices => gridOf(matrices, tiling.widest) !== undefined))
  )
}

/** The product of two textures of tiles. The tile of a transpose is the transpose of the tile that stands across. */
export const productOfTextures = (
  { left, right, result, transposeLeft, transposeRight }: Product,
  widest: number,
  [leftTiles, rightTiles]: readonly [number, number],
): Tiled => {
  const [l, r, out] = [left, right, result].map(matrices => gridOf(matrices, widest)) as [Grid, Grid, Grid]
  const turns = transposeLeft ? l.high : l.wide
  const corner = ({ across, high, wide }: Grid): string =>
    across === 1 ? `vec2(0, b * ${high})` : `vec2((b % ${across}) * ${wide}, (b / ${across}) * ${high})`
  const point = ({ across, down, high, wide }: Grid): string =>
    `vec2(${(1 / (across * wide)).toExponential()}, ${(1 / (down * high)).toExponential()})`
  // Reading by a place between 0 and 1 is faster than `texelFetch`, which checks its bounds.
  const source = `
vec4 product(sampler2D left, ivec2 leftSize, ivec3 leftShape, sampler2D right, ivec2 rightSize, ivec3 rightShape, float x, float y) {
  int column = int(x);
  int row = int(y);
  int besides = column / ${out.wide};
  int above = row / ${out.high};
  column -= besides * ${out.wide};
  row -= above * ${out.high};
  int b = above * ${out.across} + besides;
  vec2 p = ${corner(l)} + ${transposeLeft ? 'vec2(row, 0)' : 'vec2(0, row)'} + 0.5;
  vec2 q = ${corner(r)} + ${transposeRight ? 'vec2(0, column)' : 'vec2(column, 0)'} + 0.5;
  vec4 total = vec4(0.0);
  for (int k = 0; k < ${turns}; k++) {
    float at = float(k);
    vec4 s = texture(left, vec2(${transposeLeft ? 'p.x, p.y + at' : 'p.x + at, p.y'}) * ${point(l)})${transposeLeft ? '.xzyw' : ''};
    vec4 t = texture(right, vec2(${transposeRight ? 'q.x + at, q.y' : 'q.x, q.y + at'}) * ${point(r)})${transposeRight ? '.xzyw' : ''};
    total += s.xxzz * t.xyxy + s.yyww * t.zwzw;
  }
  return total;
}`
  return {
    output: [out.across * out.wide, out.down * out.high],
    body: (writer, index) => {
      writer.call({
        name: 'product',
        source,
        returnType: 'Array(4)',
        argumentTypes: { left: 'ArrayTexture(4)', right: 'ArrayTexture(4)', x: 'Float', y: 'Float' },
      })
      return `product(${writer.buffer(leftTiles)}, ${writer.buffer(rightTiles)}, ${index}, this.thread.y)`
    },
  }
}

/** So many terms of a dot product stand in one turn of the loop. */
const unrolled = 4

/** The product of two buffers in rows, its tiles one after the other. */
export const productOfBuffers = (
  product: Product,
  [leftValue, rightValue]: readonly [number, number],
): Tiled => {
  const { left, right, result, transposeLeft, transposeRight } = product
  const { batch, rows: m, columns: n } = result
  const inner = innerOf(product)
  return {
    output: [batch * halved(m) * halved(n)],
    body: (writer, index) => {
      const [b = zero, r = zero, c = zero] = coordinates(writer, index, [batch, halved(m), halved(n)])
      const bases = (half: string, count: number, { rows, columns }: Matrices, step: number) =>
        two(writer, half, count).map(at => {
          const base = indexSum(writer, [times(b, rows * columns), times(at, step)])
          // Whole numbers from here on: a conversion for each element read would show.
          return writer.name(`${base} | 0`)
        })
      const leftBases = bases(r, m, left, transposeLeft ? 1 : left.columns)
      const rightBases = bases(c, n, right, transposeRight ? right.columns : 1)
      const [leftStep, rightStep] = [transposeLeft ? left.columns : 1, transposeRight ? 1 : right.columns]
      const totals = [0, 1, 2, 3].map(() => writer.variable('0.0'))
      const term = (p: string): void => {
        const at = (value: number, base: string, step: number): string =>
          writer.at(value, writer.name(`${base} + ${p} * ${step}`))
        const ls = leftBases.map(base => at(leftValue, base, leftStep))
        const rs = rightBases.map(base => at(rightValue, base, rightStep))
        ls.forEach((x, i) => rs.forEach((y, j) => writer.say(`${totals[2 * i + j]} += ${x} * ${y};`)))
      }
      const turns = Math.floor(inner / unrolled)
      if (turns > 0)
        writer.loop(turns, p => {
          for (let i = 0; i < unrolled; i++) term(writer.name(`${p} * ${unrolled} + ${i}`))
        })
      for (let p = turns * unrolled; p < inner; p++) term(`${p}`)
      return `[${totals.join(', ')}]`
    },
  }
}

/** The two rows (or columns) of a tile; beyond the last one stands it again, and nobody reads what comes of it. */
const two = (writer: Writer, half: string, count: number): readonly string[] => {
  const second = whole(writer, half, 1)
  return [
    whole(writer, half, 0),
    count % 2 === 0 ? second : writer.name(`(${second} > ${count - 1}.0) ? ${count - 1}.0 : ${second}`),
  ]
}
