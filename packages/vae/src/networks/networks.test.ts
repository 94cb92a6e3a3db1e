import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  constant,
  cpu,
  evaluator,
  full,
  generate,
  key,
  leavesOf,
  mapTree,
  ndarray,
  reference,
  run,
  ShapeError,
  vjp,
  type AnyTensor,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { Initialiser, Layer, LinearOptions, Rows } from '@elbo/nn'
import { convDecoder } from './convDecoder.js'
import { convEncoder } from './convEncoder.js'
import { gated } from './gated.js'
import { gruDecoder, gruEncoder } from './gru.js'

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Fixture {
  readonly x: Flat
  readonly parameters: Readonly<Record<string, Flat>>
  readonly output: Flat
  readonly cotangent: Flat
  readonly slopes: Readonly<Record<string, Flat>>
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/networks.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Fixture>>

type AnyNetwork = Layer<unknown, Rows<number>, Rows<number>>
const of = (network: unknown): AnyNetwork => network as AnyNetwork

const convolutions = { image: [6, 5], channels: [3, 4], hidden: 5 } as const
const recurrent = { image: [4, 3], hidden: 5 } as const
const decoders = {
  conv: convDecoder({ ...convolutions, inputs: 2 }),
  gru: gruDecoder({ ...recurrent, inputs: 2 }),
}

const rows: Readonly<Record<string, AnyNetwork>> = {
  gated: of(gated([6, 4, 3, 2])),
  convEncoder: of(convEncoder({ ...convolutions, outputs: 2 })),
  convDecoder: of(decoders.conv),
  'convDecoder, two for each pixel': of(decoders.conv.withOutputs(60)),
  gruEncoder: of(gruEncoder({ ...recurrent, outputs: 2 })),
  gruDecoder: of(decoders.gru),
  'gruDecoder, two for each place': of(decoders.gru.withOutputs(24)),
}

const tensorOf = ({ shape, data }: Flat): Tensor => constant(ndarray([...data], shape))

/** The fixture's parameters in the form of the network's own. */
const parametersOf = (network: AnyNetwork, { parameters }: Fixture): unknown =>
  mapTree((_: AnyTensor, path) => tensorOf(parameters[path]))(generate(key(0))(network.init))

const shapes = (tree: unknown): readonly string[] =>
  leavesOf<AnyTensor>(tree).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)

/** The largest difference as a part of the largest number. */
const distance = (found: NDArray, expected: Flat): number => {
  expect(found.shape).toEqual(expected.shape)
  const largest = Math.max(...expected.data.map(Math.abs))
  return Math.max(...expected.data.map((value, i) => Math.abs(found.data[i] - value))) / largest
}

describe.each([
  ['the CPU backend', cpu()],
  ['the reference', reference()],
] as const)('networks against PyTorch, on %s', (_, backend) => {
  const evaluate = evaluator(run(backend))

  it.each(Object.keys(rows))('%s', async name => {
    const [network, fixture] = [rows[name], fixtures[name]]
    const leaves = { x: tensorOf(fixture.x), parameters: parametersOf(network, fixture) }
    const [y, back] = vjp(
      ({ x, parameters }: typeof leaves): Tensor => network.apply(parameters)(x as Rows<number>) as Tensor,
      leaves,
    )
    const slopes = back(tensorOf(fixture.cotangent))
    const found = await evaluate({ y, x: slopes.x, parameters: slopes.parameters })
    expect(distance(found.y as NDArray, fixture.output)).toBeLessThan(1e-5)
    const each = leavesOf<NDArray>({ x: found.x, parameters: found.parameters }).map(
      ({ path, leaf }) => [path, distance(leaf, fixture.slopes[path.replace(/^parameters\./, '')])] as const,
    )
    expect(each).toHaveLength(Object.keys(fixture.slopes).length)
    expect(each.filter(([, far]) => !(far <= 1e-5))).toEqual([])
  })
})

describe('a network', () => {
  it.each(Object.keys(rows))('%s: paths and shapes of parameters are the format', name => {
    const expected = Object.entries(fixtures[name].parameters)
    expect(shapes(generate(key(0))(rows[name].init))).toEqual(
      expected.map(([path, { shape }]) => `${path} [${shape.join(', ')}]`),
    )
  })

  it('has as many inputs and outputs as rows have numbers', () => {
    const networks: readonly { readonly inputs: number; readonly outputs: number }[] = [
      gated([6, 4, 2]),
      convEncoder({ ...convolutions, outputs: 2 }),
      decoders.conv,
      gruEncoder({ ...recurrent, outputs: 2 }),
      decoders.gru,
    ]
    expect(networks.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [6, 2],
      [30, 2],
      [2, 30],
      [12, 2],
      [2, 12],
    ])
  })
})

describe('a head that initialises the last layer', () => {
  /** The first half of the outputs begins as 1, 2, 3 … of that half, the second as −5. */
  const told =
    (half: number) =>
    (_: LinearOptions): LinearOptions => {
      const first: Initialiser =
        () =>
        <const S extends Shape>(shape: S) =>
        () => {
          const outputs = shape[shape.length - 1]
          const row = Array.from({ length: outputs }, (__, i) => (i < half ? i % 7 : -5))
          const inputs = shape.length === 1 ? 1 : shape[0]
          const all = Array.from({ length: inputs }, () => row).flat()
          return constant(ndarray(all, shape)) as unknown as Tensor<[...S], 'f32'>
        }
      return { weight: first, bias: first }
    }

  it.each([
    ['convolutional', decoders.conv, 30, 'output.bias', [0, -5], [48, -240]],
    ['recurrent', decoders.gru, 12, 'output.bias', [0, 1, 2, -5, -5, -5], [0, 5, 10, -25, -25, -25]],
  ] as const)('is heard by the %s decoder', async (_, network, half, path, bias, sums) => {
    const wide = of(network.withOutputs(2 * half, told(half)))
    const evaluate = evaluator(run(cpu({ threads: 1 })))
    const leaves = leavesOf<NDArray>(await evaluate(generate(key(0))(wide.init) as Tensor))
    const found = (name: string): NDArray =>
      leaves.find(leaf => leaf.path === name)?.leaf ?? ndarray([NaN], [1])
    expect([...found(path).data]).toEqual(bias)
    const weight = found('output.weight')
    const sum = sums.map(() => 0)
    const outputs = sums.length
    const inner = weight.data.length / weight.shape[0] / outputs
    weight.data.forEach((value, i) => {
      sum[Math.floor(i / inner) % outputs] += value
    })
    expect(sum.map(Math.abs)).toEqual(sums.map((_s, k) => Math.abs(bias[k]) * (weight.data.length / outputs)))
  })
})

describe('what does not fit is refused where it is written', () => {
  it.each<readonly [string, () => unknown]>([
    [
      'gated: [784]: needs at least the widths of the input and the output',
      () => gated([784] as unknown as [number, number]),
    ],
    [
      'convEncoder: images of 0 x 28: both are positive integers',
      () => convEncoder({ ...convolutions, image: [0, 28], outputs: 1 }),
    ],
    [
      'convDecoder: needs the channels of one convolution at least',
      () => convDecoder({ ...convolutions, channels: [], inputs: 1 }),
    ],
    ['convDecoder: 31 outputs are not so many for each of 30 pixels', () => decoders.conv.withOutputs(31)],
    ['gruDecoder: 13 outputs are not so many for each of 12 pixels', () => decoders.gru.withOutputs(13)],
    [
      'gruEncoder: images of 4 x 1.5: both are positive integers',
      () => gruEncoder({ ...recurrent, image: [4, 1.5], outputs: 1 }),
    ],
  ])('%s', (message, build) => {
    expect(build).toThrow(new ShapeError(message))
  })

  it('takes images of one row, and channels of one convolution', () => {
    const options = { image: [1, 3], channels: [2], hidden: 2 } as const
    const [encoder, decoder] = [
      convEncoder({ ...options, outputs: 2 }),
      convDecoder({ ...options, inputs: 2 }),
    ]
    const x = full([4, 3], 1) as Tensor as Rows<number>
    const z = encoder.apply(generate(key(0))(encoder.init))(x)
    expect(decoder.apply(generate(key(0))(decoder.init))(z).shape).toEqual([4, 3])
  })
})
