import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  constant,
  cpu,
  foldIn,
  generate,
  key,
  mean,
  mul,
  open,
  relu,
  run,
  slice,
  spec,
  square,
  sub,
  valueAndGradAux,
  zipTrees,
  type Arrays,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { activation } from './activations.js'
import { batchNorm } from './batchNorm.js'
import { modalBlock } from './block.js'
import { dropout } from './dropout.js'
import type { Rows } from './layer.js'
import { linear } from './linear.js'
import { evaluating, modal } from './modal.js'
import { modalSequence } from './modalSequence.js'
import { residual } from './residual.js'
import { evaluate, paths, rows } from './composition.testing.js'

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
