import { describe, expect, it } from '@jest/globals'
import { conv2d, conv2dInput, conv2dKernel, fold, unfold } from '../../../primitives/convolution.js'
import type { Program } from '../../../program/program.js'
import { run } from '../../../runtime/run.js'
import { agreesWithReference, dataOf, f32, play, programOf } from '../comparison.testing.js'
import { cpu } from '../cpu.js'

type Pair = readonly [number, number]

interface Case {
  readonly x: readonly [number, number, number, number]
  readonly w: readonly [number, number, number, number]
  readonly stride?: Pair
  readonly padding?: readonly [Pair, Pair]
  readonly dilation?: Pair
  readonly groups?: number
}

const cases: readonly Case[] = [
  { x: [2, 3, 6, 5], w: [4, 3, 3, 3] },
  { x: [1, 1, 5, 5], w: [1, 1, 5, 5] },
  {
    x: [3, 2, 7, 6],
    w: [5, 2, 3, 2],
    stride: [2, 1],
    padding: [
      [1, 2],
      [0, 1],
    ],
  },
  {
    x: [2, 2, 9, 8],
    w: [3, 2, 2, 3],
    dilation: [3, 2],
    padding: [
      [0, 1],
      [2, 0],
    ],
  },
  {
    x: [2, 6, 5, 5],
    w: [4, 3, 3, 3],
    groups: 2,
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    x: [3, 4, 6, 6],
    w: [4, 1, 3, 3],
    groups: 4,
    stride: [2, 2],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  { x: [3, 5, 4, 7], w: [6, 5, 1, 1] },
  { x: [3, 4, 4, 7], w: [6, 2, 1, 1], groups: 2 },
  { x: [2, 3, 6, 6], w: [2, 3, 1, 1], stride: [2, 2] },
  {
    x: [2, 3, 3, 3],
    w: [2, 3, 1, 1],
    padding: [
      [1, 0],
      [0, 1],
    ],
  },
  // Few channels, whose planes are read where they stand: several blocks of rows, dilations, an odd number of features.
  {
    x: [2, 3, 40, 37],
    w: [5, 3, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    x: [1, 7, 30, 20],
    w: [1, 7, 5, 3],
    dilation: [2, 3],
    padding: [
      [3, 1],
      [0, 6],
    ],
  },
  {
    x: [9, 1, 28, 28],
    w: [6, 1, 3, 3],
    dilation: [1, 2],
    padding: [
      [1, 1],
      [2, 2],
    ],
  },
  // Positions that the stride passes over at the far edge.
  { x: [1, 2, 8, 8], w: [3, 2, 3, 3], stride: [3, 3] },
  { x: [0, 2, 4, 4], w: [3, 2, 3, 3] },
  // Windows of more images than are unfolded at a time.
  {
    x: [5, 16, 20, 20],
    w: [2, 16, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  // Enough channels and features for transformed tiles: odd sizes, each side padded otherwise, one image and several.
  {
    x: [3, 16, 9, 12],
    w: [17, 16, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    x: [2, 18, 11, 7],
    w: [16, 18, 3, 3],
    padding: [
      [0, 2],
      [2, 0],
    ],
  },
  {
    x: [1, 16, 10, 21],
    w: [16, 16, 3, 3],
  },
  {
    x: [1, 13, 9, 9],
    w: [30, 13, 3, 3],
    padding: [
      [2, 1],
      [1, 2],
    ],
  },
  // Images of one pixel.
  {
    x: [70, 8, 1, 1],
    w: [16, 8, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  // A row of tiles that is cut, and more blocks than parts.
  {
    x: [1, 16, 3, 150],
    w: [12, 16, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  // More features and channels than are worked on at a time.
  {
    x: [1, 68, 8, 8],
    w: [70, 68, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  // The same, for windows that step by two.
  {
    x: [3, 16, 12, 14],
    w: [32, 16, 3, 3],
    stride: [2, 2],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  {
    x: [2, 18, 15, 13],
    w: [31, 18, 3, 3],
    stride: [2, 2],
    padding: [
      [0, 2],
      [2, 0],
    ],
  },
  {
    x: [2, 16, 14, 15],
    w: [16, 16, 3, 3],
    stride: [2, 2],
    padding: [
      [2, 0],
      [0, 1],
    ],
  },
  {
    x: [1, 32, 17, 20],
    w: [16, 32, 3, 3],
    stride: [2, 2],
  },
  {
    x: [1, 16, 2, 270],
    w: [16, 16, 3, 3],
    stride: [2, 2],
    padding: [
      [1, 1],
      [1, 0],
    ],
  },
]

const plain = {
  stride: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilation: [1, 1],
  groups: 1,
} as const

describe('lowering of convolutions', () => {
  it.each(cases)('and of both gradients: %j', async ({ x, w, ...rest }) => {
    const params = { ...plain, ...rest }
    const size = [x[2], x[3]] as const
    const kernel = [w[2], w[3]] as const
    const forward = programOf([f32(...x), f32(...w)], (image, weights) => [conv2d(image, weights, params)])
    const y = forward.values[forward.outputs[0]]
    // What rounding leaves of a sum grows with its terms.
    const tolerance = 1e-7 * Math.max(100, w[0] * w[2] * w[3], w[1] * w[2] * w[3])
    await agreesWithReference(forward, { tolerance })
    await agreesWithReference(
      programOf([y, f32(...w)], (out, weights) => [conv2dInput(out, weights, { ...params, size })]),
      { tolerance },
    )
    await agreesWithReference(
      programOf([f32(...x), y], (image, out) => [conv2dKernel(image, out, { ...params, kernel })]),
      { tolerance: 1e-7 * Math.max(1000, x[0] * y.shape[2] * y.shape[3]) },
    )
  })

  it.each(cases.filter(({ groups }) => groups === undefined))(
    'unfold and fold: %j',
    async ({ x, w, ...rest }) => {
      const params = { ...plain, ...rest, kernel: [w[2], w[3]] as const }
      const program = programOf([f32(...x)], image => [
        unfold(image, params),
        fold(unfold(image, params), { ...params, size: [x[2], x[3]] }),
      ])
      expect(program.instructions.map(({ name }) => name)).toContain('fold')
      await agreesWithReference(program)
    },
  )
})

/** What a program yields on so many threads, to the bit. */
const bitsOn = async (threads: number, program: Program): Promise<string[]> => {
  const specs = program.values.slice(0, program.inputs)
  const made = await play(await run(cpu({ threads, leastWork: 0 })), program, [], [specs.map(dataOf)])
  return made.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'))
}

describe('convolutions and both gradients yield the same bits on one, two and three threads', () => {
  it.each<readonly [string, Case]>([
    ['by tiles', { x: [5, 16, 13, 14], w: [20, 16, 3, 3] }],
    ['by tiles, in steps of two', { x: [5, 16, 13, 14], w: [24, 16, 3, 3], stride: [2, 2] }],
    ['where images stand', { x: [7, 2, 30, 29], w: [3, 2, 3, 3] }],
  ])('%s', async (_, { x, w, stride = [1, 1] }) => {
    const params = {
      ...plain,
      stride,
      padding: [
        [1, 1],
        [1, 1],
      ],
    } as const
    const size = [x[2], x[3]] as const
    const program = programOf([f32(...x), f32(...w)], (image, weights) => {
      const y = conv2d(image, weights, params)
      return [
        y,
        conv2dInput(y, weights, { ...params, size }),
        conv2dKernel(image, y, { ...params, kernel: [3, 3] }),
      ]
    })
    const alone = await bitsOn(1, program)
    expect(await bitsOn(2, program)).toEqual(alone)
    expect(await bitsOn(3, program)).toEqual(alone)
  })
})

describe('what an infinite pixel spoils', () => {
  it('is near it', async () => {
    const [height, width] = [12, 12]
    const image = dataOf(f32(1, 16, height, width), 0)
    image.data[5 * width + 6] = Infinity
    const program = programOf([f32(1, 16, height, width), f32(16, 16, 3, 3)], (x, w) => [
      conv2d(x, w, {
        ...plain,
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
    ])
    const [y] = await play(
      await run(cpu({ threads: 1 })),
      program,
      [],
      [[image, dataOf(f32(16, 16, 3, 3), 1)]],
    )
    y.data.forEach((value, i) => {
      const [row, column] = [Math.floor(i / width) % height, i % width]
      const distance = Math.max(Math.abs(row - 5), Math.abs(column - 6))
      // Windows reach one pixel far; tiles of two by two begin at even ones, and their patches reach from one before to one after.
      if (distance <= 1) expect(Number.isFinite(value)).toBe(false)
      else if (distance > 2) expect(Number.isFinite(value)).toBe(true)
    })
  })
})
