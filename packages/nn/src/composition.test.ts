import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  constant,
  cpu,
  evaluator,
  foldIn,
  fromNested,
  generate,
  key,
  leavesOf,
  mean,
  mul,
  normal,
  open,
  relu,
  reshape,
  run,
  ShapeError,
  silu,
  slice,
  spec,
  square,
  sub,
  tensor,
  valueAndGradAux,
  zipTrees,
  type AnyTensor,
  type Arrays,
  type Shape,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { activation } from './activations.js'
import { selfAttention } from './attention.js'
import { batchNorm } from './batchNorm.js'
import { block, modalBlock } from './block.js'
import { conv2d } from './conv2d.js'
import { dropout } from './dropout.js'
import { groupNorm } from './groupNorm.js'
import { followedBy, layerOf, type Images, type Rows, type Tokens } from './layer.js'
import { embedding } from './embedding.js'
import { layerNorm } from './layerNorm.js'
import { mlp } from './mlp.js'
import { linear } from './linear.js'
import { evaluating, modal } from './modal.js'
import { modalSequence } from './modalSequence.js'
import { globalAvgPool, maxPool } from './pooling.js'
import { residual } from './residual.js'
import { sequence } from './sequence.js'
import { overPixels, perToken } from './tokens.js'
import { upsample } from './upsample.js'

const evaluate = evaluator(run(cpu()))
const numbers = async (x: unknown): Promise<readonly number[]> =>
  Array.from((await evaluate(x as Tensor)).data)
const paths = (tree: unknown): readonly string[] =>
  leavesOf<AnyTensor>(tree).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)
const images = <C extends number>(shape: readonly [number, C, number, number], seed: number): Images<C> =>
  normal(shape)(key(seed)) as Tensor as Images<C>
const rows = <N extends number>(shape: readonly [number, N], seed: number): Rows<N> =>
  normal(shape)(key(seed)) as Tensor as Rows<N>

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

const network = modalSequence(
  linear(3, 6),
  batchNorm(6),
  activation(relu),
  dropout(0.5),
  dropout(0.5),
  linear(6, 2),
)

describe('layers with two modes', () => {
  const parameters = generate(key(5))(network.init)
  const x = rows([40, 3], 6)

  it('stand in a sequence beside those with one', () => {
    const evaluated: (x: Rows<3>) => Rows<2> = network.evaluate(parameters, network.state)
    expect(paths(parameters)).toEqual([
      '0.weight [3, 6]',
      '0.bias [6]',
      '1.weight [6]',
      '1.bias [6]',
      '5.weight [6, 2]',
      '5.bias [2]',
    ])
    expect(evaluated(x).shape).toEqual([40, 2])
    expect(paths(network.state)).toEqual(['1.mean [6]', '1.variance [6]'])
  })

  it('draw by the key alone, each for itself', async () => {
    const dropped = modalSequence(dropout<Rows<500>>(0.5), dropout(0.5))
    const ones = constant({ shape: [1, 500], dtype: 'f32', data: new Float32Array(500).fill(1) }) as Rows<500>
    const draws = [1, 1, 2].map(seed => dropped.train([{}, {}], [{}, {}], key(seed))(ones)[0])
    const [a, b, c] = await evaluate(draws)
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
    // A quarter passes both: had they one key, half would.
    const kept = Array.from(a.data).filter(value => value !== 0)
    expect(new Set(kept)).toEqual(new Set([4]))
    expect(Math.abs(kept.length - 125)).toBeLessThan(5 * Math.sqrt(500 * 0.25 * 0.75))
  })

  it('draw nothing and change nothing while evaluating', async () => {
    const settled = evaluating(network.state)(network)
    const [a, b] = await evaluate([
      network.evaluate(parameters, network.state)(x),
      settled.apply(parameters)(x),
    ] as Tensor[])
    expect(a).toEqual(b)
    expect(settled.init).toBe(network.init)
  })

  it('are what a layer with one mode becomes', async () => {
    const lifted = modal(linear(3, 2))
    const own = generate(key(1))(lifted.init)
    const [y, state] = lifted.train(own, lifted.state, key(2))(x)
    expect(state).toEqual({})
    const [a, b, c] = await evaluate([y, lifted.evaluate(own, {})(x), linear(3, 2).apply(own)(x)] as Tensor[])
    expect(a).toEqual(c)
    expect(b).toEqual(c)
  })

  it('train as a step whose state holds the statistics', async () => {
    type State = { readonly parameters: typeof parameters; readonly statistics: typeof network.state }
    type Batch = { readonly x: Rows<3>; readonly turn: Tensor<readonly [], 'u32'> }
    const step = ({ parameters: p, statistics }: State, { x: input, turn }: Batch) => {
      const loss = (q: typeof parameters) => {
        const [y, next] = network.train(q, statistics, foldIn(turn)(key(3)))(input)
        const target = slice(null, [0, 2])(input as Rows<number>) as Tensor as Rows<2>
        return [mean()(square(sub(target)(y))), next] as const
      }
      const [value, next, slope] = valueAndGradAux(loss)(p)
      const moved = zipTrees((w, g) => sub(mul(0.1)(g as Tensor))(w as Tensor), p, slope)
      return [{ parameters: moved, statistics: next }, { loss: value }] as const
    }
    const initial = await evaluate({ parameters, statistics: network.state })
    const session = await run(
      pipe(
        cpu(),
        TE.chain(
          open(step as unknown as Step<typeof initial, Arrays<Batch>, { readonly loss: Tensor<[]> }>, {
            state: initial,
            inputs: { x: spec([40, 3]), turn: spec([], 'u32') } as unknown as Arrays<Batch>,
          }),
        ),
      ),
    )
    const losses: number[] = []
    const batch = await evaluate(x)
    for (let turn = 0; turn < 200; turn++) {
      const inputs = { x: batch, turn: { shape: [], dtype: 'u32', data: Uint32Array.of(turn) } as const }
      losses.push((await run(session.step(inputs))).loss.data[0])
    }
    const average = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length
    expect(average(losses.slice(-20))).toBeLessThan(0.6 * average(losses.slice(0, 5)))
    // What the first layer gives for the batch, as the running statistics have it by now.
    const { parameters: last, statistics } = await run(session.state)
    const hidden = await evaluate(
      linear(3, 6).apply({ weight: constant(last[0].weight), bias: constant(last[0].bias) })(x),
    )
    const column = Array.from({ length: 40 }, (_, row) => hidden.data[row * 6])
    expect(Math.abs(statistics[1].mean.data[0] - average(column))).toBeLessThan(0.05)
    await run(session.dispose)
  })

  it('add their input where they are residual', async () => {
    const body = modalSequence(linear(3, 3), dropout(0.5))
    const own = generate(key(1))(body.init)
    const wrapped = residual(body)
    const [trained] = wrapped.train(own, wrapped.state, key(7))(x)
    const [inner] = body.train(own, body.state, key(7))(x)
    const [a, b, c, d] = await evaluate([
      trained,
      add(inner)(x),
      wrapped.evaluate(own, wrapped.state)(x),
      add(linear(3, 3).apply(own[0])(x))(x),
    ] as Tensor[])
    expect(a).toEqual(b)
    expect(c).toEqual(d)
  })
})

describe('modalBlock', () => {
  const norm = batchNorm<2, Rows<2>>(2, { momentum: 0.5 })
  const twice = modalBlock(
    { norm, drop: dropout<Rows<2>>(0.5), last: linear(2, 2) },
    ({ norm: first, drop, last }) =>
      (x: Rows<2>) =>
        last(drop(first(drop(first(x))))),
  )
  const parameters = generate(key(1))(twice.init)
  const x = rows([30, 2], 2)

  it('names parameters and state', () => {
    expect(paths(parameters)).toEqual([
      'norm.weight [2]',
      'norm.bias [2]',
      'last.weight [2, 2]',
      'last.bias [2]',
    ])
    expect(paths(twice.state)).toEqual(['norm.mean [2]', 'norm.variance [2]'])
  })

  it('hands the state from use to use, and gives every use a key of its own', async () => {
    const [y, state] = twice.train(parameters, twice.state, key(3))(x)
    const uses = [0, 1, 2, 3].map(use => foldIn(use)(key(3)))
    const drop = dropout<Rows<2>>(0.5)
    const [once, afterOne] = norm.train(parameters.norm, twice.state.norm, uses[0])(x)
    const [dropped] = drop.train({}, {}, uses[1])(once)
    const [again, afterTwo] = norm.train(parameters.norm, afterOne, uses[2])(dropped)
    const [droppedAgain] = drop.train({}, {}, uses[3])(again)
    const found = await evaluate({ y, state: state.norm })
    const expected = await evaluate({ y: linear(2, 2).apply(parameters.last)(droppedAgain), state: afterTwo })
    expect(found).toEqual(expected)
    expect(Object.keys(state)).toEqual(['norm', 'drop', 'last'])
  })

  it('is wired alike while evaluating', async () => {
    const twiceNormed = norm.evaluate(
      parameters.norm,
      twice.state.norm,
    )(norm.evaluate(parameters.norm, twice.state.norm)(x))
    const [a, b] = await evaluate([
      twice.evaluate(parameters, twice.state)(x),
      linear(2, 2).apply(parameters.last)(twiceNormed),
    ] as Tensor[])
    expect(a).toEqual(b)
  })
})
