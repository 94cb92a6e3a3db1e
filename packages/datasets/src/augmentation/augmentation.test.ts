import { describe, expect, it } from '@jest/globals'
import {
  evaluate,
  evaluator,
  grad,
  key,
  ndarray,
  constant,
  reference,
  run,
  ShapeError,
  sum,
  type Draw,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { cutout, inSequence, normalise, randomCrop, randomFlip, randomShift } from './augmentation.js'

type Images = Tensor<Shape, 'f32'>

const [batch, height, width] = [600, 3, 4]
/** Every image the same: 1, …, 12. */
const pixels = Array.from({ length: height * width }, (_, i) => i + 1)
const images: Images = constant(
  ndarray(
    Array.from({ length: batch * pixels.length }, (_, i) => pixels[i % pixels.length]),
    [batch, height, width],
  ),
)

const onReference = evaluator(run(reference()))

/** How often each result came out, as text; by the CPU backend, which agrees with the reference. */
const countsOf = async (augmented: Draw<Images>, seed = 1): Promise<ReadonlyMap<string, number>> => {
  const found: NDArray = await evaluate(augmented(key(seed)))
  expect(found).toEqual(await onReference(augmented(key(seed))))
  const size = found.data.length / batch
  const counts = new Map<string, number>()
  for (let n = 0; n < batch; n++) {
    const image = found.data.slice(n * size, (n + 1) * size).join(' ')
    counts.set(image, (counts.get(image) ?? 0) + 1)
  }
  return counts
}

const pixelAt = (row: number, column: number): number =>
  row >= 0 && row < height && column >= 0 && column < width ? pixels[row * width + column] : 0

/** An image by its size and what stands at each place. */
const image = (rows: number, columns: number, at: (row: number, column: number) => number): string =>
  Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)).join(' ')

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const pairs = (rows: readonly number[], columns: readonly number[]) =>
  rows.flatMap(row => columns.map(column => [row, column] as const))

/** All results that are possible, each as often as it can come about. */
const outcomes: readonly [string, Draw<Images>, readonly string[]][] = [
  [
    'randomFlip',
    randomFlip()(images),
    [image(3, 4, pixelAt), image(3, 4, (row, column) => pixelAt(row, 3 - column))],
  ],
  [
    'randomFlip, vertical, always',
    randomFlip({ direction: 'vertical', probability: 1 })(images),
    [image(3, 4, (row, column) => pixelAt(2 - row, column))],
  ],
  [
    'randomShift',
    randomShift(2)(images),
    pairs(range(-2, 2), range(-2, 2)).map(([down, right]) =>
      image(3, 4, (row, column) => pixelAt(row + down, column + right)),
    ),
  ],
  [
    'randomCrop',
    randomCrop(2, 3)(images),
    pairs([0, 1], [0, 1]).map(([top, left]) =>
      image(2, 3, (row, column) => pixelAt(row + top, column + left)),
    ),
  ],
  [
    'cutout',
    cutout(2)(images),
    pairs(range(0, 2), range(0, 3)).map(([y, x]) =>
      image(3, 4, (row, column) =>
        row >= y - 1 && row <= y && column >= x - 1 && column <= x ? 0 : pixelAt(row, column),
      ),
    ),
  ],
  [
    'inSequence',
    inSequence(randomFlip(), randomShift(1))(images),
    pairs([0, 1], [-1, 0, 1]).flatMap(([mirrored, down]) =>
      [-1, 0, 1].map(right =>
        image(3, 4, (row, column) => {
          const [y, x] = [row + down, column + right]
          return x < 0 || x > 3 ? 0 : pixelAt(y, mirrored === 1 ? 3 - x : x)
        }),
      ),
    ),
  ],
]

describe.each(outcomes)('%s', (_, augmented, possible) => {
  it('does to each image one of the things that it may do, each as often', async () => {
    const counts = await countsOf(augmented)
    const shares = new Map<string, number>()
    for (const each of possible) shares.set(each, (shares.get(each) ?? 0) + batch / possible.length)
    expect([...counts.keys()].filter(found => !shares.has(found))).toEqual([])
    const statistic = [...shares].reduce(
      (all, [each, share]) => all + ((counts.get(each) ?? 0) - share) ** 2 / share,
      0,
    )
    // Pearson's statistic: its mean is the degrees of freedom, its variance twice that.
    const freedom = shares.size - 1
    expect(statistic).toBeLessThanOrEqual(freedom + 5 * Math.sqrt(2 * freedom))
  })

  it('is a function of its key', async () => {
    const [one, again, other] = [
      await countsOf(augmented),
      await countsOf(augmented),
      await countsOf(augmented, 2),
    ]
    expect(again).toEqual(one)
    if (possible.length > 1) expect(other).not.toEqual(one)
  })
})

describe('augmentations', () => {
  it('do to all channels of an image the same', async () => {
    const twice: Images = constant(
      ndarray(
        Array.from(
          { length: 20 * 2 * 12 },
          (_, i) => pixels[i % 12] + (Math.floor(i / 12) % 2 === 1 ? 100 : 0),
        ),
        [20, 2, height, width],
      ),
    )
    const { data, shape } = await evaluate(inSequence(randomFlip(), randomShift(1), cutout(1))(twice)(key(3)))
    expect(shape).toEqual([20, 2, height, width])
    for (let n = 0; n < 20; n++) {
      const channel = (c: number) => [...data.slice((2 * n + c) * 12, (2 * n + c + 1) * 12)]
      expect(channel(1)).toEqual(channel(0).map(value => (value === 0 ? 0 : value + 100)))
    }
  })

  it('have the gradient of a selection: each pixel counts as often as it is seen', async () => {
    const seen = (x: Images) => sum()(randomShift(1)(x)(key(4)))
    const { data } = await evaluate(grad(seen)(images))
    const shifted = await evaluate(randomShift(1)(images)(key(4)))
    for (let n = 0; n < 50; n++) {
      const present = new Set(shifted.data.slice(n * 12, (n + 1) * 12))
      expect([...data.slice(n * 12, (n + 1) * 12)]).toEqual(pixels.map(value => (present.has(value) ? 1 : 0)))
    }
  })

  it('leave images as they are where there is nothing to do', async () => {
    const { data } = await evaluate(
      inSequence(randomShift(0), cutout(0), randomFlip({ probability: 0 }), inSequence())(images)(key(1)),
    )
    expect(data).toEqual((await evaluate(images)).data)
  })

  it.each([
    [
      () => randomShift(1.5),
      new RangeError('randomShift: a number of pixels is a whole number from 0, got 1.5'),
    ],
    [() => cutout(-1), new RangeError('cutout: a side is a whole number from 0, got -1')],
    [
      () => randomCrop(4, 4)(images)(key(1)),
      new ShapeError('randomCrop: [600, 3, 4]: no part of it is 4 × 4'),
    ],
    [
      () => randomFlip()(constant(ndarray([1], [1])))(key(1)),
      new ShapeError('randomFlip: [1]: images are [batch, …, height, width]'),
    ],
    [() => normalise(0, 0)(images), new RangeError('normalise: a deviation is positive, got 0')],
    [
      () => normalise([0, 1], [1, 1])(images),
      new ShapeError('normalise: [600, 3, 4]: 2 channels were expected on the second of four axes'),
    ],
  ])('that cannot be carried out throw: %#', (make, error) => {
    expect(make).toThrow(error)
  })
})

describe('normalise', () => {
  it('shifts and scales, all numbers or each channel', async () => {
    const two: Images = constant(ndarray([1, 2, 3, 4], [1, 2, 1, 2]))
    expect([...(await evaluate(normalise(1, 2)(two))).data]).toEqual([0, 0.5, 1, 1.5])
    expect([...(await evaluate(normalise([1, 3], [1, 4])(two))).data]).toEqual([0, 1, 0, 0.25])
  })
})
