import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  constant,
  cpu,
  evaluate,
  generate,
  grad,
  key,
  leavesOf,
  mapTree,
  mul,
  ndarray,
  normal,
  ones,
  reshape,
  open,
  run,
  ShapeError,
  slice,
  spec,
  square,
  stack,
  sum,
  valueAndGrad,
  zeros,
  type NDArray,
  type Gen,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { fanInUniform, followedBy, linear, orthogonal, sequence as inSequence, type Rows } from '@elbo/nn'
import { gruCell } from './cell.js'
import { detached, gru, type GruParameters, type GruStates } from './gru.js'
import { maskOf, type Sequence } from './sequence.js'
import { distance } from './distance.testing.js'

const sequences = <N extends number>(shape: readonly [number, number, N], seed = 1): Sequence<N> =>
  normal(shape)(key(seed))
const drawn = <P>(layer: { readonly init: Gen<P> }, seed = 7): P => generate(key(seed))(layer.init)

describe('a gru as a layer', () => {
  it('names its parameters in the format of checkpoints, with their shapes', () => {
    const layer = gru(5, 4, { layers: 2, bidirectional: true, resetAfter: true, learnedState: true })
    const shapes = leavesOf<Spec>(drawn(layer)).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)
    const direction = (inputs: number) => [
      `inputWeight [${inputs}, 3, 4]`,
      'stateWeight [4, 3, 4]',
      'bias [3, 4]',
      'stateBias [3, 4]',
      'initialState [4]',
    ]
    expect(shapes).toEqual(
      [5, 8].flatMap((inputs, i) =>
        ['forward', 'backward'].flatMap(way => direction(inputs).map(name => `${i}.${way}.${name}`)),
      ),
    )
  })

  it('knows shapes from its options', () => {
    const layer = gru(3, 4, { bidirectional: true })
    const { outputs, last, states } = layer.apply(drawn(layer))(sequences([2, 1, 3]))
    const wide: Sequence<8> = outputs
    const state: Rows<4> = states[0].backward
    // @ts-expect-error: both directions stand side by side.
    const narrow: Rows<4> = last
    expect([wide.shape, state.shape, narrow.shape]).toEqual([
      [2, 1, 8],
      [1, 4],
      [1, 8],
    ])
    // @ts-expect-error: without the option there is no second direction.
    expect(gru(3, 4).apply(drawn(gru(3, 4)))(sequences([2, 1, 3])).states[0].backward).toBeUndefined()
    // @ts-expect-error: inputs of 5 numbers do not go into a layer of 3.
    expect(() => layer.apply(drawn(layer))(sequences([2, 1, 5]))).toThrow(ShapeError)
  })

  it('stands in a sequence of layers', async () => {
    const model = inSequence(
      pipe(
        gru(3, 4),
        followedBy(({ last }: { readonly last: Rows<4> }) => last),
      ),
      linear(4, 2),
    )
    expect((await evaluate(model.apply(drawn(model))(sequences([5, 6, 3])))).shape).toEqual([6, 2])
  })

  it('draws each gate on its own', async () => {
    const { inputWeight, stateWeight, bias } = (
      await evaluate(drawn(gru(6, 50, { inputWeight: fanInUniform, bias: fanInUniform })))
    )[0].forward
    const spread = ({ data }: NDArray) => Math.max(...Array.from(data, Math.abs))
    // 1/√6, √(6/(50 + 50)) and 1/√50.
    expect(spread(inputWeight)).toBeLessThanOrEqual(1 / Math.sqrt(6))
    expect(spread(inputWeight)).toBeGreaterThan(0.98 / Math.sqrt(6))
    expect(spread(stateWeight)).toBeLessThanOrEqual(Math.sqrt(0.06))
    expect(spread(stateWeight)).toBeGreaterThan(0.99 * Math.sqrt(0.06))
    expect(spread(bias)).toBeLessThanOrEqual(1 / Math.sqrt(50))
    const gate = (i: number) => [...stateWeight.data.slice(50 * i, 50 * i + 50)]
    expect(gate(0)).not.toEqual(gate(1))
  })

  it('begins with orthogonal weights of the state, each gate for itself', async () => {
    const { stateWeight } = (await evaluate(drawn(gru(3, 6, { stateWeight: orthogonal() }))))[0].forward
    for (const gate of [0, 1, 2]) {
      const at = (row: number, column: number): number => stateWeight.data[(row * 3 + gate) * 6 + column]
      for (let a = 0; a < 6; a++)
        for (let b = 0; b < 6; b++) {
          let product = 0
          for (let i = 0; i < 6; i++) product += at(i, a) * at(i, b)
          expect(product).toBeCloseTo(a === b ? 1 : 0, 6)
        }
    }
  })

  it('steps as it runs', async () => {
    const layer = gru(3, 4, { layers: 2 })
    const p = drawn(layer)
    const x = sequences([3, 2, 3])
    const step = layer.step(p)
    let states = layer.initialStates(p)(2)
    const outputs: Rows<4>[] = []
    for (let t = 0; t < 3; t++) {
      const next = step(pipe(x, slice([t, t + 1]), reshape([2, 3])), states)
      outputs.push(next.output)
      states = next.states
    }
    const whole = layer.apply(p)(x)
    const made = await evaluate({ outputs: stack(0)(outputs), states, whole })
    expect(distance(made.outputs, [...made.whole.outputs.data])).toBeLessThanOrEqual(1e-6)
    expect(distance(made.states[1].forward, [...made.whole.states[1].forward.data])).toBeLessThanOrEqual(1e-6)
  })
})

describe.each([
  { inputs: 2, resetAfter: false },
  { inputs: 2, resetAfter: true },
  { inputs: 5, resetAfter: false },
  { inputs: 5, resetAfter: true },
])('a loop over $inputs inputs, reset after: $resetAfter', ({ inputs, resetAfter }) => {
  it('is a cell after the other, wherever its products stand', async () => {
    const layer = gru(inputs, 4, { resetAfter, bias: fanInUniform })
    const cell = gruCell(inputs, 4, { resetAfter })
    const p = drawn(layer)
    const x = sequences([3, 2, inputs])
    const byCells = ([{ forward }]: typeof p, x: Sequence<number>): Tensor => {
      const step = cell.apply(forward)
      let state = zeros([2, 4]) as unknown as Rows<4>
      for (let t = 0; t < 3; t++)
        state = step({ x: reshape([2, inputs])(slice([t, t + 1])(x) as Tensor), state }).state
      return state
    }
    const whole = (p: Parameters<typeof byCells>[0], x: Sequence<number>): Tensor => layer.apply(p)(x).last
    const slopes = (f: typeof byCells) =>
      grad((all: { p: typeof p; x: Sequence<number> }) => sum()(square(f(all.p, all.x))))({ p, x })
    const made = await evaluate({
      loop: { value: whole(p, x), slopes: slopes(whole) },
      cells: { value: byCells(p, x), slopes: slopes(byCells) },
    })
    const cells = leavesOf<NDArray>(made.cells)
    leavesOf<NDArray>(made.loop).forEach(({ leaf }, i) =>
      expect(distance(leaf, [...cells[i].leaf.data])).toBeLessThanOrEqual(1e-5),
    )
    expect(cells).toHaveLength(resetAfter ? 6 : 5)
  })
})

describe('a long sequence in pieces', () => {
  const layer = gru(2, 3, { layers: 2 })
  const p = drawn(layer)
  const x = sequences([6, 2, 2])
  const [early, late] = [slice([0, 4])(x), slice([4, 6])(x)] as unknown as readonly [Sequence<2>, Sequence<2>]

  it('goes on from the states that it ended with', async () => {
    const states = layer.apply(p)(early).states
    const made = await evaluate({
      whole: layer.apply(p)(x).last,
      pieces: layer.apply(p)(late, { states }).last,
    })
    expect(distance(made.pieces, [...made.whole.data])).toBeLessThanOrEqual(1e-6)
  })

  it('propagates back to where it was cut, and no further', async () => {
    const slopes = (carry: (states: GruStates<3, { layers: 2 }>) => GruStates<3, { layers: 2 }>) =>
      grad((all: { p: typeof p; early: Sequence<2> }) =>
        sum()(square(layer.apply(all.p)(late, { states: carry(layer.apply(all.p)(all.early).states) }).last)),
      )({ p, early })
    const reached = await evaluate(layer.apply(p)(early).states)
    const made = await evaluate({
      whole: slopes(states => states),
      cut: slopes(detached),
      // What truncation means: the states are data.
      data: slopes(() => mapTree((value: NDArray) => constant(value))(reached) as never),
    })
    const all = (tree: unknown) => leavesOf<NDArray>(tree).flatMap(({ leaf }) => [...leaf.data])
    expect(
      distance(ndarray(all(made.cut.p), [all(made.cut.p).length]), all(made.data.p)),
    ).toBeLessThanOrEqual(1e-6)
    expect([...made.cut.early.data].every(value => value === 0)).toBe(true)
    expect([...made.whole.early.data].every(value => value !== 0)).toBe(true)
  })
})

describe('dropout', () => {
  it('drops nothing without a key', async () => {
    const [plain, dropping] = [
      gru(2, 8, { layers: 2 }),
      gru(2, 8, { layers: 2, dropout: 0.5, recurrentDropout: 0.5 }),
    ]
    const x = sequences([3, 2, 2])
    const made = await evaluate([plain, dropping].map(layer => layer.apply(drawn(plain) as never)(x).outputs))
    expect([...made[1].data]).toEqual([...made[0].data])
  })

  it('hides the same parts of the state at every step, each with its probability', async () => {
    const [hidden, steps] = [400, 5]
    const layer = gru(1, hidden, { recurrentDropout: 0.25 })
    // Z = 0, R = 1, and H̃ of a unit reads no more than its own state: 0.1 where that is hidden, rising where it is seen.
    const identity = Array.from({ length: hidden * hidden }, (_, i) => (i % (hidden + 1) === 0 ? 0.5 : 0))
    const zero = constant(ndarray(new Float32Array(hidden * hidden), [hidden, hidden]))
    const parameters = [
      {
        forward: {
          inputWeight: constant(ndarray(new Float32Array(3 * hidden), [1, 3, hidden])),
          stateWeight: stack(1)([zero, zero, constant(ndarray(identity, [hidden, hidden]))]),
          bias: stack(0)([100, -100, 0.1].map(value => mul(value)(ones([hidden])))),
        },
      },
    ] as unknown as ReturnType<typeof drawn<GruParameters<1, 400, { recurrentDropout: 0.25 }>>>
    const { outputs } = layer.apply(parameters)(sequences([steps, 1, 1]), { key: key(3) })
    const { data } = await evaluate(outputs)
    const paths = Array.from({ length: hidden }, (_, unit) =>
      Array.from({ length: steps }, (_, t) => data[t * hidden + unit]),
    )
    const first = Math.fround(Math.tanh(0.1))
    const isFlat = paths.map(path => path.every(value => Math.abs(value - first) < 1e-6))
    const isRising = paths.map(path => path.every((value, t) => t === 0 || value > path[t - 1] + 1e-6))
    expect(isFlat.map((flat, unit) => flat !== isRising[unit])).not.toContain(false)
    // What is seen is divided by 0.75.
    const seen = paths[isRising.indexOf(true)]
    expect(seen[1]).toBeCloseTo(Math.tanh(0.1 + (0.5 * seen[0]) / 0.75), 6)
    // Four standard deviations of a binomial count.
    expect(Math.abs(isFlat.filter(Boolean).length - 100)).toBeLessThan(4 * Math.sqrt(75))
  })

  it('drops outputs between layers, and not those of the last', async () => {
    const layer = gru(1, 200, { layers: 2, dropout: 0.5 })
    const p = drawn(layer)
    const x = sequences([2, 3, 1])
    const made = await evaluate({
      outputs: layer.apply(p)(x, { key: key(3) }).outputs,
      plain: layer.apply(p)(x).outputs,
    })
    expect([...made.outputs.data]).not.toContain(0)
    expect([...made.outputs.data]).not.toEqual([...made.plain.data])
  })
})

it('compiles a training step over 600 steps in less than a second', async () => {
  const layer = gru(28, 128, { layers: 2 })
  const state = await evaluate(drawn(layer))
  const loss = (p: ReturnType<typeof drawn<GruParameters<28, 128, { layers: 2 }>>>, x: Sequence<28>) =>
    sum()(square(layer.apply(p)(x).last))
  const backend = await run(cpu({ threads: 1 }))
  const from = performance.now()
  const session = await run(
    open(
      ((p: never, { x }: { x: never }) => {
        const [value, slope] = valueAndGrad(loss)(p, x)
        return [slope, { value }]
      }) as never,
      { state, inputs: { x: spec([600, 4, 28]) } },
    )(backend),
  )
  expect(performance.now() - from).toBeLessThan(1000)
  await run(session.dispose)
})

describe('bad input', () => {
  const layer = gru(2, 3)
  const p = drawn(layer)
  const x = sequences([4, 2, 2])

  it('is an empty sequence', () => {
    expect(() => layer.apply(p)(sequences([0, 2, 2]))).toThrow(
      new ShapeError('gru: [0, 2, 2]: the sequence is empty'),
    )
  })

  it('is a mask of nothing', () => {
    const mask = constant(ndarray([1, 0, 1, 0, 0, 0, 0, 0], [4, 2], 'bool'))
    expect(() => layer.apply(p)(x, { mask })).toThrow(
      new RangeError('gru: the mask leaves nothing of example 1'),
    )
    expect(() => maskOf([4, 0])).toThrow(new RangeError('maskOf: sequence 1 has 0 steps, not one to 4'))
  })

  it('is a mask of another shape', () => {
    const mask = constant(maskOf([3, 2]))
    expect(() => layer.apply(p)(x, { mask })).toThrow(
      new ShapeError('gru: the mask is [3, 2], the sequences have 4 steps and 2 examples'),
    )
  })

  it.each([{ layers: 0 }, { layers: 1.5 }, { dropout: 1 }, { recurrentDropout: -0.1 }, { dropout: NaN }])(
    'is the option %p',
    options => {
      expect(() => gru(2, 3, options)).toThrow(RangeError)
    },
  )

  it('is a bidirectional GRU that should be stepped', () => {
    const both = gru(2, 3, { bidirectional: true })
    expect(() => both.step(drawn(both))).toThrow(RangeError)
  })
})
