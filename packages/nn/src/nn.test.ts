import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  constant,
  evaluator,
  fromNested,
  generate,
  key,
  leavesOf,
  ndarray,
  reference,
  run,
  ShapeError,
  sub,
  tanh,
  toNested,
  type Arrays,
  type Gen,
  type NDArray,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { zeros } from './initialisers.js'
import { followedBy, type Rows } from './layer.js'
import { linear, type LinearOptions, type LinearParameters } from './linear.js'
import { mlp } from './mlp.js'
import { sequence } from './sequence.js'

const evaluate = evaluator(run(reference()))
const rows = <N extends number>(value: readonly (readonly number[])[]): Rows<N> =>
  constant(fromNested(value) as NDArray<readonly [number, N], 'f32'>)
const specs = (tree: unknown): Record<string, string> =>
  Object.fromEntries(
    leavesOf<Spec>(tree).map(({ path, leaf: { shape, dtype } }) => [path, `${dtype}[${shape.join(', ')}]`]),
  )

describe('linear', () => {
  it('is x·weight + bias', async () => {
    const layer = linear(3, 2)
    const parameters = {
      weight: constant(ndarray([1, 2, 3, 4, 5, 6], [3, 2])),
      bias: constant(ndarray([0.5, -0.5], [2])),
    }
    const y = await evaluate(
      layer.apply(parameters)(
        rows<3>([
          [1, 0, -1],
          [2, 2, 2],
        ]),
      ),
    )
    expect(toNested(y)).toEqual([
      [-3.5, -4.5],
      [18.5, 23.5],
    ])
  })

  it('draws the same parameters from the same key, and others from another', async () => {
    const { init } = linear(4, 3)
    const [a, b, c] = await evaluate([1, 1, 2].map(seed => generate(key(seed))(init)))
    expect(a).toEqual(b)
    expect(a.weight).not.toEqual(c.weight)
    expect(a.weight.data.slice(0, 3)).not.toEqual(a.bias.data)
  })

  it('takes the initialisers that it is given', async () => {
    const { init } = linear(4, 3, { bias: zeros })
    const { weight, bias } = await evaluate(generate(key(1))(init))
    expect([...bias.data]).toEqual([0, 0, 0])
    expect(weight.data.every(value => value !== 0)).toBe(true)
  })

  it('refuses rows of another width, when compiled and when run', () => {
    const layer = linear(3, 2)
    const parameters = generate(key(1))(layer.init)
    // @ts-expect-error: rows of 4 numbers are not rows of 3.
    expect(() => layer.apply(parameters)(rows<4>([[1, 2, 3, 4]]))).toThrow(
      new ShapeError('matmul: [1, 4] x [3, 2]: inner dimensions 4 and 3 differ'),
    )
  })
})

describe('mlp', () => {
  const network = mlp([3, 5, 4, 2])

  it('names its parameters in the format of checkpoints', () => {
    expect(specs(generate(key(0))(network.init))).toEqual({
      '0.weight': 'f32[3, 5]',
      '0.bias': 'f32[5]',
      '1.weight': 'f32[5, 4]',
      '1.bias': 'f32[4]',
      '2.weight': 'f32[4, 2]',
      '2.bias': 'f32[2]',
    })
  })

  it('puts the activation between layers, not after the last', async () => {
    const small = mlp([1, 2, 1])
    const layer = (weight: number[], bias: number[], shape: readonly [number, number]) => ({
      weight: constant(ndarray(weight, shape)),
      bias: constant(ndarray(bias, [shape[1]])),
    })
    const parameters = [layer([1, -1], [0, 0], [1, 2]), layer([-2, 3], [1], [2, 1])] as unknown as Parameters<
      typeof small.apply
    >[0]
    const y = await evaluate(small.apply(parameters)(rows<1>([[2], [-2]])))
    expect(toNested(y)).toEqual([[-3], [7]])
  })

  it('takes another activation', async () => {
    const parameters = generate(key(4))(network.init)
    const x = rows<3>([[0.3, -2, 1]])
    const other = mlp([3, 5, 4, 2], { activation: tanh }).apply(parameters)(x)
    const composed = sequence(
      pipe(linear(3, 5), followedBy(tanh<readonly [number, 5]>)),
      pipe(linear(5, 4), followedBy(tanh<readonly [number, 4]>)),
      linear(4, 2),
    ).apply(parameters)(x)
    const [difference, plain] = await evaluate([
      sub(composed)(other),
      sub(composed)(network.apply(parameters)(x)),
    ])
    expect([...difference.data]).toEqual([0, 0])
    expect(plain.data.every((value: number) => value !== 0)).toBe(true)
  })

  it('can be had with another number of outputs', () => {
    expect([network.inputs, network.outputs]).toEqual([3, 2])
    const wide = generate(key(0))(network.withOutputs(7).init)
    expect(specs(wide)).toMatchObject({
      '0.weight': 'f32[3, 5]',
      '2.weight': 'f32[4, 7]',
      '2.bias': 'f32[7]',
    })
  })

  it('initialises its layers alike, the last of another number of outputs apart where that is asked', async () => {
    const layers = async (init: Gen<unknown>) => {
      const parameters = (await evaluate(generate(key(4))(init))) as readonly Arrays<
        LinearParameters<number, number>
      >[]
      const allZero = ({ data }: NDArray) => data.every((value: number) => value === 0)
      return parameters.map(({ weight, bias }) => [allZero(weight), allZero(bias)])
    }
    const zeroBias = mlp([3, 5, 4, 2], { bias: zeros })
    const same = [false, true]
    expect(await layers(zeroBias.init)).toEqual([same, same, same])
    expect(await layers(zeroBias.withOutputs(7).init)).toEqual([same, same, same])
    const last = ({ weight }: LinearOptions) => ({ weight: zeros, bias: weight }) as LinearOptions
    expect(await layers(zeroBias.withOutputs(7, last).init)).toEqual([same, same, [true, false]])
  })

  it('has at least two widths', () => {
    expect(() => mlp([3] as unknown as [3, 3])).toThrow(ShapeError)
  })

  it('knows the shapes of its parameters', () => {
    const parameters = generate(key(0))(network.init)
    const first: Tensor<readonly [3, 5], 'f32'> = parameters[0].weight
    // @ts-expect-error: the second layer's weight is [5, 4].
    const second: Tensor<readonly [5, 5], 'f32'> = parameters[1].weight
    expect([first.shape, second.shape]).toEqual([
      [3, 5],
      [5, 4],
    ])
  })
})

describe('sequence', () => {
  it('threads one key through its layers', async () => {
    const { init } = sequence(linear(2, 2), linear(2, 2))
    const parameters = await evaluate(generate(key(9))(init))
    const leaves = leavesOf<NDArray>(parameters).map(({ leaf }) => String(leaf.data))
    expect(new Set(leaves).size).toBe(4)
  })

  it('does not compile where layers do not fit', () => {
    // @ts-expect-error: 3 outputs do not go into 4 inputs.
    const layers = sequence(linear(2, 3), linear(4, 1))
    expect(() => layers.apply(generate(key(1))(layers.init))(rows<2>([[1, 2]]))).toThrow(
      new ShapeError('matmul: [1, 3] x [4, 1]: inner dimensions 3 and 4 differ'),
    )
  })
})
