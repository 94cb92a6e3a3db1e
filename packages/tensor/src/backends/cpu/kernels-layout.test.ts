import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import {
  asFloats,
  close,
  command,
  exactly,
  guard,
  noise,
  outputs,
  rowMajor,
  size,
  visit,
} from './kernels.testing.js'
import * as op from './opcodes.js'

describe('COPY', () => {
  const copies = (
    shape: readonly number[],
    to: readonly number[],
    from: readonly number[],
    start: number,
    length: number,
  ) => {
    const source = Int32Array.from({ length }, (_, i) => i + 1)
    const count = 1 + shape.reduce((sum, n, axis) => sum + (n - 1) * to[axis], 0)
    const total = size(shape) === 0 ? 0 : count
    const [result] = outputs(a => {
      const at = a.put(source) + 4 * start
      return [command(op.COPY, a.output(total), at, shape.length, ...shape, ...to, ...from)]
    }) as [Int32Array]
    const expected = new Int32Array(total).fill(guard)
    visit(shape, [to, from], (_, [t, f]) => (expected[t] = source[start + f]))
    exactly(result, expected)
  }

  it.each([
    ['a scalar', [], [], [], 0],
    ['nothing', [3, 0, 2], [0, 2, 1], [0, 2, 1], 0],
    ['a run', [1000], [1], [1], 3],
    ['rows apart', [7, 20], [33, 1], [20, 1], 0],
    ['a broadcast column', [50, 9], [9, 1], [1, 0], 0],
    ['a broadcast row', [50, 9], [9, 1], [0, 1], 0],
    ['a transpose', [70, 53], [53, 1], [1, 70], 0],
    ['a transpose of transposes', [3, 37, 2, 41], [3034, 82, 41, 1], [3034, 1, 37, 74], 0],
    ['a reversal', [5, 300], [300, 1], [300, -1], 299],
    ['every other one', [4, 40], [40, 1], [200, 2], 1],
    ['each word twice', [3, 2, 37, 2], [148, 74, 2, 1], [37, 0, 1, 0], 1],
    ['each word three times', [500, 3], [3, 1], [1, 0], 0],
    ['each word four times', [5, 21, 4], [90, 4, 1], [23, 1, 0], 2],
    ['a spread', [4, 40], [200, 2], [40, 1], 0],
  ] as const)('moves %s', (_, shape, to, from, start) => copies(shape, to, from, start, 10000))

  it('moves anything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(-1, 0, 1, 2)), { maxLength: 4 }),
        fc.integer({ min: 0, max: 23 }),
        (axes, seed) => {
          const shape = axes.map(([n]) => n)
          // The source's axes stand in another order than the target's.
          const order = shape
            .map((_, axis) => axis)
            .sort((a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5) || a - b)
          const from: number[] = []
          let step = 1
          for (const axis of order) {
            from[axis] = step * (axes[axis] as [number, number])[1]
            step *= 2 * shape[axis]
          }
          const start = from.reduce((sum, stride, axis) => sum - Math.min(0, stride) * (shape[axis] - 1), 0)
          copies(shape, rowMajor(shape), from, start, 2 * step + 2)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('UNFOLD', () => {
  const window = fc.record({
    planes: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    windowsFirst: fc.boolean(),
  })

  it('takes images apart into windows, and adds windows up to images', () => {
    fc.assert(
      fc.property(window, ({ planes, height, width, kernel, stride, padding, dilation, windowsFirst }) => {
        const [top, bottom, left, right] = padding
        const rooms = [
          height + top + bottom - (kernel[0] - 1) * dilation[0] - 1,
          width + left + right - (kernel[1] - 1) * dilation[1] - 1,
        ]
        fc.pre(rooms.every(room => room >= 0))
        const out = rooms.map((room, axis) => Math.floor(room / stride[axis]) + 1) as [number, number]
        const [taps, places] = [size(kernel), size(out)]
        // Either [plane, tap, place] or [place, plane, tap].
        const steps = windowsFirst ? [taps, 1, planes * taps] : [taps * places, places, 1]
        const geometry = [
          planes,
          height,
          width,
          ...kernel,
          ...out,
          ...stride,
          top,
          left,
          ...dilation,
          ...steps,
        ]
        const [images, windows] = [noise(planes * height * width), noise(planes * taps * places, 2)]
        const [unfolded, folded] = outputs(a => [
          command(op.UNFOLD, a.output(windows.length), a.put(images), ...geometry, 0, 0),
          command(op.UNFOLD, a.output(images.length), a.put(windows), ...geometry, 1, 0),
        ]) as [Int32Array, Int32Array]
        const apart = new Float32Array(windows.length)
        const added = new Float64Array(images.length)
        const unit = [0, 1, 2, 3, 4].map(axis => [0, 1, 2, 3, 4].map(other => Number(other === axis)))
        visit([planes, ...kernel, ...out], unit, (_, position) => {
          const [p, u, v, i, j] = position as [number, number, number, number, number]
          const y = i * stride[0] - top + u * dilation[0]
          const x = j * stride[1] - left + v * dilation[1]
          if (y < 0 || y >= height || x < 0 || x >= width) return
          const [plane, tap, place] = steps as [number, number, number]
          const at = p * plane + (u * kernel[1] + v) * tap + (i * out[1] + j) * place
          const image = (p * height + y) * width + x
          apart[at] = images[image]
          added[image] += windows[at]
        })
        exactly(asFloats(unfolded), apart)
        close(asFloats(folded), added, 1e-6, 8)
      }),
      { numRuns: 120 },
    )
  })
})
