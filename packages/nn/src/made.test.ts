import { describe, expect, it } from '@jest/globals'
import {
  constant,
  evaluate,
  generate,
  key,
  ndarray,
  normal,
  ShapeError,
  slice,
  sum,
  tanh,
  vjp,
  scalar,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { ones, zeros } from './initialisers.js'
import type { Rows } from './layer.js'
import { made } from './made.js'
import { maskedLinear } from './maskedLinear.js'

describe('maskedLinear', () => {
  const layer = maskedLinear(3, 2, (input, output) => input <= output)
  const parameters = {
    weight: constant(ndarray([1, 2, 3, 4, 5, 6], [3, 2])),
    bias: constant(ndarray([0.5, -0.5], [2])),
  }
  const x = constant(ndarray([1, 10, 100], [1, 3]))

  it('reads what the mask lets through', async () => {
    const y = await evaluate(layer.apply(parameters)(x))
    expect([...y.data]).toEqual([1.5, 41.5])
  })

  it('has no gradient for what the mask hides', async () => {
    const [, back] = vjp(weight => sum()(layer.apply({ ...parameters, weight })(x)), parameters.weight)
    expect([...(await evaluate(back(scalar(1)))).data]).toEqual([1, 1, 0, 10, 0, 0])
  })

  it('begins as a linear layer does', async () => {
    const { weight } = await evaluate(generate(key(1))(layer.init))
    expect(weight.data.every(value => value !== 0 && Math.abs(value) <= 1 / Math.sqrt(3))).toBe(true)
  })
})

describe('made', () => {
  /** Does output o of one row change with its element i? From the Jacobian of a network whose weights are all drawn. */
  const reads = async (features: number, hidden: readonly number[], each: number) => {
    const layer = made(features, hidden, each, { activation: tanh })
    const parameters = generate(key(7))(layer.init)
    const x = normal([1, features])(key(8)) as Rows<number>
    const slopes = Array.from({ length: features * each }, (_, o) => {
      const output = (row: Rows<number>): Tensor<[]> => {
        const y: Tensor<Shape> = layer.apply(parameters)(row)
        const own: Tensor<Shape> = slice(null, [o, o + 1])(y)
        return sum()(own)
      }
      return vjp(output, x)[1](scalar(1))
    })
    return (await evaluate(slopes)).map(({ data }) => Array.from(data, slope => slope !== 0))
  }

  it.each([
    [1, [], 1],
    [1, [3], 2],
    [2, [5], 2],
    [5, [], 3],
    [5, [16], 2],
    [6, [15, 20, 11], 2],
  ] as const)(
    'of %s elements, %j hidden, %s numbers each: reads all the elements before, and no other',
    async (features, hidden, each) => {
      const found = await reads(features, hidden, each)
      expect(found).toEqual(
        Array.from({ length: features * each }, (_, o) =>
          Array.from({ length: features }, (__, i) => i < o % features),
        ),
      )
    },
  )

  it('begins its last layer as it is told', async () => {
    const still = made(3, [4], 2, { last: { weight: zeros, bias: ones } })
    const y = await evaluate(still.apply(generate(key(1))(still.init))(constant(ndarray([1, 2, 3], [1, 3]))))
    expect([...y.data]).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('refuses nothing to place', () => {
    expect(() => made(0, [], 2)).toThrow(
      new ShapeError('made: 0 features, 2 numbers each: both must be whole numbers from 1'),
    )
  })
})
