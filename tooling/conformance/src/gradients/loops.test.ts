import { grad, type AnyTensor, type NDArray, type Tensor } from '@elbo/tensor'
import {
  apply,
  doubles,
  flatten,
  interpret,
  placeholder,
  primitives,
  scanNode,
  type Value,
} from '@elbo/tensor/internals'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { innermost } from '../programs/arbitrary.js'
import { show } from '../programs/show.js'
import { take, type Step } from '../programs/steps.js'
import { draw } from '../values.js'
import { inDoubles } from './case.js'

/** What a loop is given: a parameter from outside, two carries, a sequence of four slices. */
const values: readonly NDArray[] = [
  draw([3], 1, 'positive'),
  draw([3], 2),
  draw([], 3, 'positive'),
  draw([4, 3], 4),
]

type Loop = (inputs: readonly AnyTensor[]) => readonly AnyTensor[]

const sameSpec = (a: AnyTensor, b: AnyTensor): boolean =>
  a.dtype === b.dtype && a.shape.join() === b.shape.join()

/** One step: next carries, and an output. */
const stepOf =
  (steps: readonly Step[], outside: AnyTensor) =>
  (carry: readonly AnyTensor[], slice: AnyTensor): readonly [readonly AnyTensor[], AnyTensor] => {
    const made = take(steps, [outside, slice, ...carry])
    return [carry.map(c => made.findLast(x => sameSpec(x, c)) as AnyTensor), made[made.length - 1]]
  }

const rolled =
  (steps: readonly Step[]): Loop =>
  ([outside, a, b, xs]) => {
    const { carry, outputs } = scanNode(
      (state, [slice]) => {
        const [next, output] = stepOf(steps, outside)(state, slice)
        return { carry: next, outputs: [output] }
      },
      [a, b],
      [xs],
    )
    return [...carry, ...outputs]
  }

const unrolled =
  (steps: readonly Step[]): Loop =>
  ([outside, a, b, xs]) => {
    let carry: readonly AnyTensor[] = [a, b]
    const outputs: AnyTensor[] = []
    for (let t = 0; t < 4; t++) {
      const slice = apply(primitives.slice, [xs], { starts: [t, 0], sizes: [1, 3], steps: [1, 1] })
      const [next, output] = stepOf(steps, outside)(carry, apply(primitives.reshape, [slice], { shape: [3] }))
      carry = next
      outputs.push(apply(primitives.reshape, [output], { shape: [1, ...output.shape] }))
    }
    return [...carry, apply(primitives.concat, outputs, { axis: 0 })]
  }

/** The results, and the gradient of the sum of them. */
const evaluated = (
  loop: Loop,
): readonly [results: readonly Value[], slopes: readonly Value[], text: string] => {
  const inputs = values.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))
  const results = loop(inputs)
  const loss = (variables: readonly Tensor[]): AnyTensor =>
    loop(variables)
      .filter(({ dtype }) => dtype === 'f32')
      .map(y =>
        y.shape.length === 0 ? y : apply(primitives.sum, [y], { axes: y.shape.map((_, axis) => axis) }),
      )
      .reduce((a, b) => apply(primitives.add, [a, b], {}))
  const slopes = grad(loss)(inputs as readonly Tensor[])
  const program = flatten({ state: [], inputs, nextState: [], outputs: [...results, ...slopes] })
  const { outputs } = interpret(program, inDoubles(values), doubles)
  return [outputs.slice(0, results.length), outputs.slice(results.length), show(program)]
}

it('gives for random loops what their steps give one after the other, and the same gradients', () => {
  let compared = 0
  fc.assert(
    fc.property(innermost, steps => {
      const [results, slopes, text] = evaluated(rolled(steps))
      const [expected, expectedSlopes] = evaluated(unrolled(steps))
      expect({ text, results }).toEqual({ text, results: expected })
      slopes.forEach((slope, i) => {
        const wanted = Array.from(expectedSlopes[i].data)
        const scale = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 1)
        Array.from(slope.data).forEach((got, at) => {
          // A loop carries a cotangent of 0 where a chain has none at all; times an infinite slope that is NaN.
          if (!Number.isFinite(got) || !Number.isFinite(wanted[at])) return
          compared++
          if (Math.abs(got - wanted[at]) > 1e-9 * scale)
            throw new Error(`input ${i}, element ${at}: ${got} instead of ${wanted[at]}\n${text}`)
        })
      })
    }),
    { numRuns: Number(process.env['ELBO_CONFORMANCE_RUNS'] ?? 400), seed: 20_261_122 },
  )
  expect(compared).toBeGreaterThan(1000)
}, 120_000)
