import { describe, expect, it } from '@jest/globals'
import {
  concat,
  constant,
  cpu,
  evaluator,
  fromNested,
  generate,
  grad,
  key,
  mul,
  normal,
  ones,
  run,
  sum,
  tensor,
  toNested,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { attention, causalMask, scaledDotProduct, selfAttention, type AttentionMask } from './attention.js'
import type { Tokens } from './layer.js'

const evaluate = evaluator(run(cpu()))
const draw = (shape: Shape, seed: number): Tensor<Shape, 'f32'> => normal(shape)(key(seed))

describe('causalMask', () => {
  it('lets the k-th query look at the first k + 1 keys', async () => {
    expect(toNested(await evaluate(causalMask(3, 5)))).toEqual([
      [1, 0, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [1, 1, 1, 0, 0],
    ])
  })
})

describe('scaledDotProduct', () => {
  it('is the softmax of scaled scores, times the values', async () => {
    const q = tensor([[[[2, 0, 0, 0]]]]) as Tensor<Shape, 'f32'>
    const k = tensor([
      [
        [
          [Math.log(3), 0, 0, 0],
          [0, 5, 0, 0],
        ],
      ],
    ]) as Tensor<Shape, 'f32'>
    const v = tensor([[[[8], [4]]]]) as Tensor<Shape, 'f32'>
    // Scores 2·ln 3/√4 and 0: weights 3/4 and 1/4.
    const [found] = (await evaluate(scaledDotProduct(q, k, v))).data
    expect(found).toBeCloseTo(7, 5)
  })

  it('gives zeros, with finite slopes, where the mask leaves nothing', async () => {
    const inputs = { q: draw([1, 2, 3, 4], 1), k: draw([1, 2, 5, 4], 2), v: draw([1, 2, 5, 4], 3) }
    // The second query sees nothing, the others the first two keys.
    const seen = [1, 0, 1].map(row => [row, row, 0, 0, 0])
    const mask: AttentionMask = constant(fromNested(seen, 'bool'))
    const weights = draw([1, 2, 3, 4], 4)
    const { y, slopes } = await evaluate({
      y: scaledDotProduct(inputs.q, inputs.k, inputs.v, mask),
      slopes: grad(({ q, k, v }: typeof inputs) => sum()(mul(weights)(scaledDotProduct(q, k, v, mask))))(
        inputs,
      ),
    })
    for (const head of toNested(y) as number[][][][]) {
      for (const [first, second, third] of head) {
        expect(second).toEqual([0, 0, 0, 0])
        expect([...first, ...third].every(value => value !== 0)).toBe(true)
      }
    }
    for (const { data } of Object.values(slopes)) expect(data.every(Number.isFinite)).toBe(true)
    expect((toNested(slopes.q) as number[][][][])[0][0][1]).toEqual([0, 0, 0, 0])
    expect((toNested(slopes.k) as number[][][][])[0][1].slice(2)).toEqual(Array(3).fill([0, 0, 0, 0]))
  })

  it('does not overflow', async () => {
    const large = mul(300)(ones([1, 1, 2, 4])) as Tensor<Shape, 'f32'>
    const masked = scaledDotProduct(large, large, large, causalMask(2, 2))
    for (const x of await evaluate([scaledDotProduct(large, large, large), masked]))
      for (const value of x.data) expect(value).toBeCloseTo(300, 2)
  })
})

describe('causal attention', () => {
  it('gives the past no sight of the future', async () => {
    const layer = selfAttention(4, 2, { causal: true })
    const parameters = generate(key(1))(layer.init)
    const shared = draw([1, 3, 4], 2)
    const [a, b] = await evaluate(
      [3, 4].map(seed => {
        const whole = concat(1)([shared, draw([1, 2, 4], seed)]) as Tensor<Shape, 'f32'>
        return layer.apply(parameters)(whole as Tokens<4>)
      }),
    )
    expect([...a.data.slice(0, 12)]).toEqual([...b.data.slice(0, 12)])
    expect([...a.data.slice(12)]).not.toEqual([...b.data.slice(12)])
  })
})

describe('attention', () => {
  it('begins with Glorot’s weights and no biases', async () => {
    const { query, output } = await evaluate(generate(key(1))(attention(64, 32, 4).init))
    expect(query.bias.data.every((value: number) => value === 0)).toBe(true)
    const largest = output.weight.data.reduce(
      (most: number, value: number) => Math.max(most, Math.abs(value)),
      0,
    )
    expect(largest).toBeGreaterThan(0.99 * Math.sqrt(6 / 128))
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 128) * (1 + 1e-6))
  })
})
