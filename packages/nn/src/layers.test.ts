import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  constant,
  cpu,
  elu,
  evaluator,
  generate,
  gelu,
  key,
  leakyRelu,
  leavesOf,
  logSigmoid,
  reference,
  relu,
  run,
  sigmoid,
  silu,
  softplus,
  tanh,
  vjp,
  type AnyTensor,
  type HostArrays,
  type NDArray,
  type Tensor,
} from '@elbo/tensor'
import * as nn from './index.js'
import type { AnyStage } from './modal.js'

type Flat = {
  readonly shape: readonly number[]
  readonly dtype: 'f32' | 'i32' | 'bool'
  readonly data: number[]
}
type Values = Readonly<Record<string, Flat>>
interface Fixture {
  readonly inputs: Values
  readonly parameters: Values
  readonly state?: Values
  readonly nextState?: Values
  readonly output: Flat
  readonly cotangent: Flat
  readonly slopes: Values
}

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/layers.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Fixture>>

interface Row {
  readonly layer: AnyStage
  /** Slopes that are zero whatever the numbers, because the output does not depend on the leaf: held to 1e-6 of the largest slope. */
  readonly vanishing?: readonly string[]
  readonly training?: boolean
}

const conv = (options?: nn.Conv2dOptions) => nn.conv2d(2, 3, [3, 2], options)
/** A query's scores all move together with the key's bias, and the softmax does not see it. */
const unseen = { vanishing: ['parameters.key.bias'] }
const attended = (layer: AnyStage): Row => ({ layer, ...unseen })

/** Every exported layer, at least once, by the names of the fixture's cases: the first word is the export. */
const rows: Readonly<Record<string, Row>> = {
  linear: { layer: nn.linear(3, 4) },
  'linear, batch 1': { layer: nn.linear(7, 1) },
  'linear without bias': { layer: nn.linear(3, 2, { bias: false }) },
  mlp: { layer: nn.mlp([3, 5, 4, 2]) },
  gatedLinear: { layer: nn.gatedLinear(4, 3) },
  maskedLinear: { layer: nn.maskedLinear(4, 3, (input, output) => input <= output) },
  made: { layer: nn.made(3, [5], 2) },
  conv2d: { layer: nn.conv2d(3, 4, 3) },
  'conv2d, batch 1, a kernel of 1': { layer: nn.conv2d(3, 2, 1) },
  'conv2d, same': { layer: nn.conv2d(2, 3, [3, 5], { padding: 'same' }) },
  'conv2d, same, an even kernel': { layer: nn.conv2d(2, 3, [4, 2], { padding: 'same' }) },
  'conv2d, same in steps of two': { layer: nn.conv2d(2, 3, 3, { padding: 'same', stride: 2 }) },
  'conv2d, strides and padding': {
    layer: conv({
      stride: [2, 3],
      padding: [
        [1, 1],
        [2, 2],
      ],
    }),
  },
  'conv2d, dilation': { layer: conv({ dilation: [2, 3], padding: 1 }) },
  'conv2d, groups': { layer: nn.conv2d(6, 9, 3, { groups: 3, stride: 2, padding: 1 }) },
  'conv2d, each channel apart': { layer: nn.conv2d(4, 4, 3, { groups: 4, padding: 'same' }) },
  'conv2d without bias': { layer: nn.conv2d(3, 4, 3, { bias: false }) },
  conv2dTranspose: { layer: nn.conv2dTranspose(3, 2, 3) },
  'conv2dTranspose, strides and padding': {
    layer: nn.conv2dTranspose(2, 3, [4, 3], { stride: [2, 3], padding: 1, outputPadding: [1, 2] }),
  },
  'conv2dTranspose, dilation, batch 1': { layer: nn.conv2dTranspose(2, 3, [3, 2], { dilation: [2, 3] }) },
  'conv2dTranspose, groups': {
    layer: nn.conv2dTranspose(4, 6, 3, { groups: 2, stride: 2, padding: 1, outputPadding: 1 }),
  },
  'conv2dTranspose without bias': { layer: nn.conv2dTranspose(3, 2, 3, { bias: false }) },
  'upsample, nearest': { layer: nn.upsample(2) },
  'upsample, nearest, odd': { layer: nn.upsample([3, 1]) },
  'upsample, bilinear': { layer: nn.upsample([2, 3], 'bilinear') },
  'maxPool, 2': { layer: nn.maxPool(2) },
  'maxPool, odd windows in steps': {
    layer: nn.maxPool([3, 2], {
      stride: [2, 3],
      padding: [
        [1, 1],
        [0, 0],
      ],
    }),
  },
  'maxPool, overlapping': { layer: nn.maxPool(3, { stride: 1, padding: 1 }) },
  'maxPool, dilation': { layer: nn.maxPool(3, { stride: 2, dilation: 2 }) },
  'avgPool, 2': { layer: nn.avgPool(2) },
  'avgPool, odd windows in steps': {
    layer: nn.avgPool([3, 2], {
      stride: [2, 3],
      padding: [
        [1, 1],
        [0, 0],
      ],
    }),
  },
  'avgPool, overlapping': { layer: nn.avgPool(3, { stride: 1, padding: 1 }) },
  globalAvgPool: { layer: nn.globalAvgPool() },
  embedding: { layer: nn.embedding(5, 3) },
  'embedding of tokens': { layer: nn.perToken(nn.embedding(7, 2)) },
  layerNorm: { layer: nn.layerNorm(7) },
  'layerNorm of images, batch 1': { layer: nn.layerNorm([2, 3, 5], { epsilon: 1e-3 }) },
  'layerNorm of tokens': { layer: nn.perToken(nn.layerNorm(5)) },
  groupNorm: { layer: nn.groupNorm(3, 6) },
  'groupNorm, each channel apart, batch 1': { layer: nn.groupNorm(3, 3, { epsilon: 0.1 }) },
  'groupNorm of rows': { layer: nn.groupNorm(2, 8) },
  'batchNorm, training': { layer: nn.batchNorm(4), training: true },
  'batchNorm, training, batch 1': {
    layer: nn.batchNorm(2, { momentum: 0.3, epsilon: 1e-3 }),
    training: true,
  },
  'batchNorm of rows, training': { layer: nn.batchNorm(3), training: true },
  'batchNorm, evaluating': { layer: nn.batchNorm(4) },
  'batchNorm, evaluating, batch 1': { layer: nn.batchNorm(3, { epsilon: 1e-3 }) },
  'dropout, evaluating': { layer: nn.dropout(0.4) },
  selfAttention: attended(nn.selfAttention(6, 3)),
  'selfAttention, batch 1, one head': attended(nn.selfAttention(3, 1)),
  'selfAttention, causal': attended(nn.selfAttention(4, 2, { causal: true })),
  'selfAttention over pixels': attended(nn.overPixels(nn.selfAttention(4, 2))),
  attention: attended(nn.attention(4, 7, 2)),
  'attention, padded': attended(nn.attention(4, 6, 4)),
  'attention, causal and padded': attended(nn.attention(4, 3, 2, { causal: true })),
  residual: { layer: nn.residual(nn.followedBy(tanh)(nn.linear(4, 4))) },
  residualBy: {
    layer: nn.residualBy(
      nn.conv2d(2, 3, 3, { stride: 2, padding: 1 }),
      nn.conv2d(2, 3, 1, { stride: 2, bias: false }),
    ),
  },
  'activation, relu': { layer: nn.activation(relu) },
  'activation, leakyRelu': { layer: nn.activation(leakyRelu(0.2)) },
  'activation, elu': { layer: nn.activation(elu) },
  'activation, eluOf': { layer: nn.activation(nn.eluOf(0.7)) },
  'activation, selu': { layer: nn.activation(nn.selu) },
  'activation, gelu': { layer: nn.activation(gelu) },
  'activation, geluTanh': { layer: nn.activation(nn.geluTanh) },
  'activation, silu': { layer: nn.activation(silu) },
  'activation, mish': { layer: nn.activation(nn.mish) },
  'activation, softplus': { layer: nn.activation(softplus) },
  'activation, sigmoid': { layer: nn.activation(sigmoid) },
  'activation, logSigmoid': { layer: nn.activation(logSigmoid) },
  'activation, tanh': { layer: nn.activation(tanh) },
  'activation, hardTanh': { layer: nn.activation(nn.hardTanh) },
  'activation, relu6': { layer: nn.activation(nn.relu6) },
  'activation, hardSigmoid': { layer: nn.activation(nn.hardSigmoid) },
  'activation, hardSwish': { layer: nn.activation(nn.hardSwish) },
  sinusoidal: { layer: nn.sinusoidal(8) },
  'sinusoidal, another period': { layer: nn.sinusoidal(6, { period: 100 }) },
  fourier: { layer: nn.fourier(2, 6), vanishing: ['parameters.frequencies'] },
}

/** What is exported and no layer with numbers of its own, and where it is held to something. */
const elsewhere = [
  // initialisers.test.ts
  ...['constant', 'fanInUniform', 'glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'lecunNormal'],
  ...['lecunUniform', 'ones', 'orthogonal', 'standardNormal', 'truncatedNormal', 'zeros'],
  // composition.test.ts
  ...['block', 'evaluating', 'followedBy', 'layerOf', 'modal', 'modalBlock', 'modalSequence', 'sequence'],
  // attention.test.ts
  ...['causalMask', 'scaledDotProduct'],
]

const typed: Readonly<Record<Flat['dtype'], (data: readonly number[]) => HostArrays[Flat['dtype']]>> = {
  f32: data => Float32Array.from(data),
  i32: data => Int32Array.from(data),
  bool: data => Uint8Array.from(data),
}
const tensorOf = ({ shape, dtype, data }: Flat): AnyTensor =>
  constant({ shape, dtype, data: typed[dtype](data) })

/** `{ '0.weight': w }` → `[{ weight: w }]`. */
const treeOf = (values: Values): unknown => {
  const entries = Object.entries(values)
  if (entries.length === 1 && entries[0][0] === '') return tensorOf(entries[0][1])
  const names = [...new Set(entries.map(([path]) => path.split('.')[0]))]
  const parts = names.map(name => [
    name,
    treeOf(
      Object.fromEntries(
        entries
          .filter(([path]) => path.split('.')[0] === name)
          .map(([path, value]) => [path.split('.').slice(1).join('.'), value]),
      ),
    ),
  ])
  return names.length > 0 && names.every(name => /^\d+$/.test(name))
    ? parts.map(([, part]) => part)
    : Object.fromEntries(parts)
}

interface Leaves {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly parameters: unknown
}

const applied = ({ layer, training = false }: Row, { inputs, parameters }: Leaves, state: unknown) => {
  const x = 'x' in inputs ? inputs['x'] : inputs
  if ('apply' in layer) return { y: layer.apply(parameters as never)(x as never), nextState: {} }
  if (!training) return { y: layer.evaluate(parameters as never, state as never)(x as never), nextState: {} }
  const [y, nextState] = layer.train(parameters as never, state as never, key(1))(x as never)
  return { y, nextState }
}

/** By how much tensors are off: the largest difference as a part of the largest number. */
const distances = (found: unknown, expected: Values): Readonly<Record<string, number>> =>
  Object.fromEntries(
    leavesOf<NDArray>(found).map(({ path, leaf }) => {
      const { shape, data } = expected[path]
      expect([path, leaf.shape]).toEqual([path, shape])
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const difference = data.reduce((most, value, i) => Math.max(most, Math.abs(leaf.data[i] - value)), 0)
      return [path, difference / largest]
    }),
  )

const shapes = (tree: unknown): readonly string[] =>
  leavesOf<AnyTensor>(tree).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)
const shapesOf = (values: Values = {}): readonly string[] =>
  Object.entries(values).map(([path, { shape }]) => `${path} [${shape.join(', ')}]`)

describe.each([
  ['the CPU backend', cpu()],
  ['the reference', reference()],
] as const)('layers against PyTorch, on %s', (_, backend) => {
  const evaluate = evaluator(run(backend))

  it.each(Object.keys(rows))('%s', async name => {
    const row = rows[name]
    const { inputs, parameters, state = {}, nextState = {}, output, cotangent, slopes } = fixtures[name]
    const leaves = { inputs: treeOf(inputs), parameters: treeOf(parameters) } as Leaves
    const before = treeOf(state)
    const [y, back] = vjp(given => applied(row, given, before).y as Tensor, leaves)
    const { inputs: byInput, parameters: byParameter } = back(tensorOf(cotangent) as Tensor)
    const differentiable = Object.entries(byInput).filter(([, slope]) => (slope as AnyTensor).dtype === 'f32')
    const found = await evaluate({
      output: y,
      slopes: { inputs: Object.fromEntries(differentiable), parameters: byParameter },
      nextState: applied(row, leaves, before).nextState,
    })
    expect(leavesOf(found.slopes).map(({ path }) => path)).toEqual(Object.keys(slopes))
    expect(leavesOf(found.nextState).map(({ path }) => path)).toEqual(Object.keys(nextState))
    const { vanishing = [] } = row
    const far = Object.entries({
      ...distances({ output: found.output }, { output }),
      ...distances(found.slopes, slopes),
      ...distances(found.nextState, nextState),
    }).filter(([path, distance]) => !vanishing.includes(path) && !(distance <= 1e-5))
    expect(far).toEqual([])
    const largest = (values: NDArray['data'] | Flat['data']) =>
      Array.from(values, Math.abs).reduce((most, value) => Math.max(most, value), 0)
    const steepest = Math.max(...Object.values(slopes).map(({ data }) => largest(data)))
    for (const { path, leaf } of leavesOf<NDArray>(found.slopes)) {
      if (vanishing.includes(path)) expect(largest(leaf.data) / steepest).toBeLessThan(1e-6)
    }
  })
})

describe('the table of layers', () => {
  it('has every export, and every case of the fixture', () => {
    const layers = new Set(Object.keys(rows).flatMap(name => /\w+/.exec(name) ?? []))
    const combinators = ['activation', 'overPixels', 'perToken', 'residual', 'residualBy']
    const own = Object.keys(nn).filter(name => typeof nn[name as keyof typeof nn] === 'function')
    const activations = Object.keys(rows).flatMap(name => /activation, (\w+)/.exec(name)?.[1] ?? [])
    expect(
      [...new Set([...layers, ...combinators, ...activations, ...elsewhere])]
        .filter(name => name in nn)
        .sort(),
    ).toEqual(own.sort())
    expect(Object.keys(rows)).toEqual(expect.arrayContaining(Object.keys(fixtures)))
    expect(Object.keys(rows)).toHaveLength(Object.keys(fixtures).length)
  })

  it('is told in the README, export by export', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const named = new Set(readme.match(/`[^`\n]+`/g)?.flatMap(code => /\w+/.exec(code) ?? []))
    expect(Object.keys(nn).filter(name => !named.has(name))).toEqual([])
  })

  it.each(Object.keys(rows))('%s: paths and shapes of parameters and state are the format', name => {
    const { layer } = rows[name]
    const { parameters, state } = fixtures[name]
    expect(shapes(generate(key(0))(layer.init))).toEqual(shapesOf(parameters))
    expect(shapes('state' in layer ? layer.state : {})).toEqual(shapesOf(state))
  })
})
