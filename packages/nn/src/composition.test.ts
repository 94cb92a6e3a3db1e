import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  constant,
  fromNested,
  generate,
  key,
  mean,
  mul,
  relu,
  reshape,
  ShapeError,
  silu,
  tensor,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { activation } from './activations.js'
import { selfAttention } from './attention.js'
import { block } from './block.js'
import { conv2d } from './conv2d.js'
import { groupNorm } from './groupNorm.js'
import { followedBy, layerOf, type Images, type Rows, type Tokens } from './layer.js'
import { embedding } from './embedding.js'
import { layerNorm } from './layerNorm.js'
import { mlp } from './mlp.js'
import { linear } from './linear.js'
import { globalAvgPool, maxPool } from './pooling.js'
import { residual } from './residual.js'
import { sequence } from './sequence.js'
import { overPixels, perToken } from './tokens.js'
import { upsample } from './upsample.js'
import { evaluate, numbers, paths, images, rows } from './composition.testing.js'

/** A residual block of a U-Net, as one writes it: generic in its widths, with a time beside the image. */
const residualBlock = <const C extends number, const T extends number>(channels: C, times: T) =>
  block(
    {
      first: sequence(
        groupNorm(2, channels),
        activation(silu),
        conv2d(channels, channels, 3, { padding: 'same' }),
      ),
      time: sequence(activation<Rows<T>>(silu), linear(times, channels)),
      second: sequence(
        groupNorm(2, channels),
        activation(silu),
        conv2d(channels, channels, 3, { padding: 'same' }),
      ),
    },
    ({ first, time, second }) =>
      ([x, t]: readonly [Images<C>, Rows<T>]): Images<C> => {
        const shift = reshape([-1, channels as number, 1, 1])(time(t) as Rows<number>)
        const inner = add(shift)(first(x) as Images<number>) as Tensor as Images<C>
        return add(second(inner) as Images<number>)(x as Images<number>) as Tensor as Images<C>
      },
  )

describe('sequence', () => {
  it('knows the shapes between its layers, and passes them to those that take any', async () => {
    const network = sequence(
      conv2d(1, 4, 3, { padding: 'same' }),
      groupNorm(2, 4),
      activation(relu),
      maxPool(2),
      overPixels(selfAttention(4, 2)),
      upsample(2, 'bilinear'),
      residual(conv2d(4, 4, 1)),
      conv2d(4, 2, 1),
    )
    const parameters = generate(key(0))(network.init)
    const apply: (x: Images<1>) => Images<2> = network.apply(parameters)
    expect(paths(parameters)).toEqual([
      '0.weight [4, 1, 3, 3]',
      '0.bias [4]',
      '1.weight [4]',
      '1.bias [4]',
      '4.query.weight [4, 4]',
      '4.query.bias [4]',
      '4.key.weight [4, 4]',
      '4.key.bias [4]',
      '4.value.weight [4, 4]',
      '4.value.bias [4]',
      '4.output.weight [4, 4]',
      '4.output.bias [4]',
      '6.weight [4, 4, 1, 1]',
      '6.bias [4]',
      '7.weight [2, 4, 1, 1]',
      '7.bias [2]',
    ])
    const { shape } = await evaluate(apply(images([3, 1, 6, 4], 1)))
    expect(shape).toEqual([3, 2, 6, 4])
  })

  it('passes shapes through what wraps a layer', () => {
    const network = sequence(
      conv2d(1, 4, 3),
      residual(sequence(groupNorm(2, 4), activation(silu), conv2d(4, 4, 3, { padding: 'same' }))),
      overPixels(residual(sequence(perToken(layerNorm(4)), selfAttention(4, 2)))),
      overPixels(perToken(mlp([4, 8, 2]))),
      globalAvgPool(),
      linear(2, 3),
    )
    const apply: (x: Images<1>) => Rows<3> = network.apply(generate(key(0))(network.init))
    expect(apply(images([2, 1, 6, 5], 1)).shape).toEqual([2, 3])
    const words = sequence(
      perToken(embedding(9, 4)),
      residual(sequence(perToken(layerNorm(4)), selfAttention(4, 2, { causal: true }))),
      perToken(linear(4, 9, { bias: false })),
    )
    const logits: (ids: Tensor<readonly [number, number], 'i32'>) => Tokens<9> = words.apply(
      generate(key(0))(words.init),
    )
    expect(logits(tensor([[1, 2, 3]], 'i32') as Tensor<Shape, 'i32'> as never).shape).toEqual([1, 3, 9])
  })

  it('does not compile where channels do not fit', () => {
    // @ts-expect-error: 4 channels do not go into a norm of 6.
    const network = sequence(conv2d(1, 4, 3), groupNorm(2, 6))
    expect(() => network.apply(generate(key(0))(network.init))(images([1, 1, 5, 5], 1))).toThrow(
      new ShapeError('groupNorm: [1, 4, 3, 3]: needs 6 channels'),
    )
  })
})

describe('followedBy', () => {
  it('keeps the shape under an activation, and takes any function else', async () => {
    const active = pipe(linear(3, 4), followedBy(relu))
    const averaged = pipe(
      linear(3, 4),
      followedBy((y: Rows<4>) => mean(1)(y)),
    )
    const parameters = generate(key(2))(linear(3, 4).init)
    const apply: (x: Rows<3>) => Rows<4> = active.apply(parameters)
    const x = rows([5, 3], 3)
    const [plain, positive, means] = await evaluate([
      linear(3, 4).apply(parameters)(x),
      apply(x),
      averaged.apply(parameters)(x),
    ] as Tensor[])
    expect([...positive.data]).toEqual(Array.from(plain.data, value => Math.max(value, 0)))
    expect(means.shape).toEqual([5])
  })
})

describe('layerOf', () => {
  it('has no parameters and leaves the key alone', async () => {
    const layer = layerOf((x: Rows<2>) => mul(3)(x))
    const source = key(4)
    expect(layer.init(source)).toEqual([{}, source])
    expect(await numbers(layer.apply({})(constant(fromNested([[1, 2]])) as unknown as Rows<2>))).toEqual([
      3, 6,
    ])
  })
})

describe('block', () => {
  it('names its parameters, and wires as it is told', async () => {
    const net = residualBlock(4, 6)
    const parameters = generate(key(0))(net.init)
    expect(paths(parameters)).toEqual([
      'first.0.weight [4]',
      'first.0.bias [4]',
      'first.2.weight [4, 4, 3, 3]',
      'first.2.bias [4]',
      'time.1.weight [6, 4]',
      'time.1.bias [4]',
      'second.0.weight [4]',
      'second.0.bias [4]',
      'second.2.weight [4, 4, 3, 3]',
      'second.2.bias [4]',
    ])
    const x = images([2, 4, 5, 3], 1)
    const [y, other] = [7, 8].map(seed => net.apply(parameters)([x, rows([2, 6], seed)]))
    expect(y.shape).toEqual([2, 4, 5, 3])
    expect(await numbers(y)).not.toEqual(await numbers(other))
  })

  it('shares the parameters of what is used twice', async () => {
    const twice = block(
      { half: linear(1, 1) },
      ({ half }) =>
        (x: Rows<1>) =>
          half(half(x)),
    )
    const parameters = {
      half: { weight: constant(fromNested([[0.5]])), bias: constant(fromNested([1])) },
    } as unknown as Parameters<typeof twice.apply>[0]
    expect(await numbers(twice.apply(parameters)(constant(fromNested([[8]])) as unknown as Rows<1>))).toEqual(
      [3.5],
    )
  })

  it('does not compile where a part is given what it does not take', () => {
    block({ inner: linear(3, 4) }, ({ inner }) => (x: Rows<2>) => {
      // @ts-expect-error: rows of 2 are not rows of 3.
      return inner(x)
    })
    expect(() =>
      block(
        { inner: linear(3, 4) },
        ({ inner }) =>
          (x: Rows<3>) =>
            inner(x),
      ).apply(
        generate(key(0))(
          block(
            { inner: linear(3, 4) },
            ({ inner }) =>
              (x: Rows<3>) =>
                inner(x),
          ).init,
        ),
      )(rows([1, 2], 0) as never),
    ).toThrow('matmul: [1, 2] x [3, 4]: inner dimensions 2 and 3 differ')
  })
})
