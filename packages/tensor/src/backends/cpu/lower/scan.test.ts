import { describe, expect, it } from '@jest/globals'
import type { Spec, AnyTensor } from '../../../graph/tensor.js'
import { pullback } from '../../../autodiff/pullback.js'
import { add, like, mul, sub } from '../../../primitives/arithmetic.js'
import { reshape, slice } from '../../../primitives/layout.js'
import { broadcast } from '../../../primitives/reduce.js'
import { constant, full, placeholder } from '../../../primitives/leaves.js'
import { ndarray } from '../../../graph/ndarray.js'
import { matmul } from '../../../primitives/matmul.js'
import { cumsum, sum } from '../../../primitives/reduce.js'
import { scan } from '../../../primitives/scan.js'
import { tanh } from '../../../primitives/transcendental.js'
import { flatten } from '../../../program/flatten.js'
import { optimise } from '../../../program/optimise.js'
import { layOut } from '../memory.js'
import { LOOP } from '../opcodes.js'
import { agreesWithReference, dataOf, f32, programOf } from '../comparison.testing.js'

const half = (x: AnyTensor): AnyTensor => mul(x, like(x, 0.5))

/** A recurrent cell: carry [rows, hidden], slices [rows, features], weights captured. */
const recurrent = (w: AnyTensor, u: AnyTensor, h: AnyTensor, xs: AnyTensor, reverse = false) =>
  scan(
    ([state], [x]) => {
      const product = (a: AnyTensor, b: AnyTensor): AnyTensor =>
        reshape(matmul(reshape(a, [1, ...a.shape]), reshape(b, [1, ...b.shape])), [a.shape[0], b.shape[1]])
      const next = tanh(add(product(state, w), product(x, u)))
      return { carry: [next], outputs: [next] }
    },
    [h],
    [xs],
    { reverse },
  )

const cases: readonly (readonly [
  name: string,
  specs: readonly Spec[],
  build: (...inputs: AnyTensor[]) => readonly AnyTensor[],
])[] = [
  [
    'a running product',
    [f32(3), f32(5, 3)],
    (h, xs) => {
      const { carry, outputs } = scan(
        ([c], [x]) => ({ carry: [half(mul(c, x))], outputs: [add(c, x)] }),
        [h],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'a stacked value that is repeated and reduced',
    [f32(4, 3), f32(5, 4, 3)],
    (h, xs) => {
      const { carry, outputs } = scan(
        ([c], [x]) => {
          const made = tanh(add(c, x))
          const wide = broadcast(reshape(made, [1, 4, 3]), [2, 4, 3])
          const total = sum(mul(made, like(made, 3)), [1])
          return { carry: [half(made)], outputs: [made, mul(wide, like(wide, 2)), total] }
        },
        [h],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'a stacked column that is repeated along rows',
    [f32(4, 1), f32(5, 4, 1), f32(4, 6)],
    (h, xs, w) => {
      const { carry, outputs } = scan(
        ([c], [x]) => {
          const made = tanh(add(c, x))
          return { carry: [half(made)], outputs: [made, mul(broadcast(made, [4, 6]), w)] }
        },
        [h],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'backwards',
    [f32(3), f32(5, 3)],
    (h, xs) => {
      const { carry, outputs } = scan(([c], [x]) => ({ carry: [half(sub(c, x))], outputs: [c] }), [h], [xs], {
        reverse: true,
      })
      return [...carry, ...outputs]
    },
  ],
  [
    'carries that swap, pass through, and are a slice',
    [f32(4), f32(4), f32(4), f32(3, 4)],
    (a, b, c, xs) => {
      const { carry, outputs } = scan(
        ([p, q, r], [x]) => ({ carry: [q, p, x], outputs: [p, r, x] }),
        [a, b, c],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'three carries in a ring, one value for two',
    [f32(4), f32(4), f32(3, 4)],
    (a, b, xs) => {
      const { carry, outputs } = scan(
        ([p, q, r, s], [x]) => ({ carry: [q, r, p, add(s, x)], outputs: [add(p, s)] }),
        [a, b, a, a],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'a result that is captured, and one that is a number',
    [f32(2), f32(2), f32(4, 2)],
    (a, b, xs) => {
      const { carry, outputs } = scan(
        ([c], [x]) => ({ carry: [add(c, mul(x, b))], outputs: [b, full([3], 'f32', 7)] }),
        [a],
        [xs],
      )
      return [...carry, ...outputs, b]
    },
  ],
  [
    'constants in the body',
    [f32(2), f32(4, 2)],
    (a, xs) => {
      const { carry } = scan(
        ([c], [x]) => ({ carry: [add(cumsum(c, 0), mul(x, constant(ndarray([2, 3], [2]))))], outputs: [] }),
        [half(a)],
        [xs],
      )
      return carry
    },
  ],
  [
    'no steps',
    [f32(2), f32(0, 2)],
    (a, xs) => {
      const { carry, outputs } = scan(([c], [x]) => ({ carry: [add(c, x)], outputs: [c] }), [a], [xs])
      return [...carry, ...outputs]
    },
  ],
  [
    'no sequences',
    [f32(2)],
    a => scan(([c]) => ({ carry: [half(add(c, a))], outputs: [] }), [a], [], { length: 6 }).carry,
  ],
  [
    'a loop in a loop',
    [f32(3), f32(4, 5, 3)],
    (a, xs) => {
      const { carry, outputs } = scan(
        ([c], [rows]) => {
          const inner = scan(([d], [x]) => ({ carry: [half(add(d, mul(x, c)))], outputs: [d] }), [c], [rows])
          return { carry: inner.carry, outputs: [inner.outputs[0], sum(inner.outputs[0], [0])] }
        },
        [a],
        [xs],
      )
      return [...carry, ...outputs]
    },
  ],
  [
    'a recurrent cell',
    [f32(8, 8), f32(5, 8), f32(6, 8), f32(9, 6, 5)],
    (w, u, h, xs) => {
      const { carry, outputs } = recurrent(w, u, h, xs)
      return [...carry, ...outputs]
    },
  ],
  [
    'the gradient of a recurrent cell of few rows',
    [f32(40, 40), f32(24, 40), f32(3, 40), f32(9, 3, 24)],
    (w, u, h, xs) => {
      const { carry } = recurrent(half(half(w)), half(u), h, xs)
      const loss = sum(mul(carry[0], carry[0]), [0, 1])
      return [loss, ...(pullback([loss], [full([], 'f32', 1)], [w, u, h, xs]) as readonly AnyTensor[])]
    },
  ],
  [
    'the gradient of a recurrent cell',
    [f32(8, 8), f32(5, 8), f32(6, 8), f32(9, 6, 5)],
    (w, u, h, xs) => {
      const { carry, outputs } = recurrent(w, u, h, xs, true)
      const loss = add(sum(outputs[0], [0, 1, 2]), sum(mul(carry[0], carry[0]), [0, 1]))
      return [loss, ...(pullback([loss], [full([], 'f32', 1)], [w, u, h, xs]) as readonly AnyTensor[])]
    },
  ],
]

describe('lowering of scan', () => {
  it.each(cases)('%s', async (_, specs, build) => {
    await agreesWithReference(programOf(specs, build), { tolerance: 2e-5 })
  })

  it('carries a state of the program from step to step', async () => {
    const [h, w] = [placeholder([4], 'f32', 'h'), placeholder([4], 'f32', 'w')]
    const xs = placeholder([3, 4], 'f32', 'xs')
    const { carry, outputs } = scan(
      ([c], [x]) => ({ carry: [tanh(add(mul(c, w), x))], outputs: [c] }),
      [h],
      [xs],
    )
    const program = flatten({
      state: [h, w],
      inputs: [xs],
      nextState: [carry[0], h],
      outputs: [outputs[0], h],
    })
    const steps = [1, 2, 3].map(seed => [dataOf(f32(3, 4), seed)])
    await agreesWithReference(program, {
      state: [dataOf(f32(4), 8), dataOf(f32(4), 9)],
      steps,
      tolerance: 1e-5,
    })
  })
})

describe('copies of a loop', () => {
  /** How many slices are copied in before a step, and how many results are copied away after it. */
  const copiesOf = (
    cell: (state: AnyTensor, x: AnyTensor) => readonly [AnyTensor, readonly AnyTensor[]],
  ): readonly [before: number, after: number] => {
    const program = programOf([f32(4, 6), f32(5, 4, 6)], (h, xs) => {
      const { carry, outputs } = scan(
        ([state], [x]) => {
          const [next, made] = cell(state, x)
          return { carry: [next], outputs: made }
        },
        [h],
        [xs],
      )
      return [...carry, ...outputs]
    })
    const { words } = layOut(optimise(program), 1, true).lowered
    let at = 0
    while (words[at] !== LOOP) at += words[at + 1]
    const before = words[at + 4]
    return [before, words[at + 5 + 5 * before]]
  }
  const first = (x: AnyTensor): AnyTensor => slice(x, { starts: [0, 0], sizes: [4, 1], steps: [1, 1] })

  it('are none of what runs of elementwise operations read and write', () => {
    expect(copiesOf((h, x) => [tanh(add(h, x)), [mul(h, x), tanh(add(h, x))]])).toEqual([0, 0])
  })

  it('remain where something else reads a slice', () => {
    expect(copiesOf((h, x) => [tanh(add(h, x)), [first(x)]])).toEqual([1, 1])
  })

  it('remain where a carry or a slice is stacked as it is', () => {
    // The third is the next carry's: its place was taken until h had been stacked.
    expect(copiesOf((h, x) => [tanh(add(h, x)), [h, x]])).toEqual([1, 3])
  })
})
