import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  constant,
  conv2d,
  conv2dTranspose,
  div,
  einsum,
  evaluate,
  mapTree,
  matmul,
  mean,
  mul,
  ndarray,
  reshape,
  sigmoid,
  softmax,
  spec,
  sqrt,
  sub,
  take,
  tanh,
  transpose,
  variance,
  type NDArray,
  type Shape,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { readSafetensors } from '../safetensors/read.js'
import { exchange } from './exchange.js'
import { keras } from './keras.js'
import { pytorch } from './pytorch.js'
import type { Rule } from './rule.js'

interface Listed {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Case {
  readonly file: string
  readonly x: Listed
  readonly y: Listed
}
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/layouts.json', import.meta.url), 'utf8'),
) as Readonly<Record<'pytorch' | 'keras', Readonly<Record<string, Case>>>>

type Real = Tensor<Shape, 'f32'>
type Weights = Readonly<Record<string, Real>>

const affine = ({ weight, bias }: Weights, x: Real): Real => pipe(x, matmul(weight), add(bias))
const standardised = (x: Real, centre: Real, spread: Real): Real =>
  pipe(x, sub(centre), div(sqrt(add(1e-5)(spread))))
const perChannel = (values: Real): Real => reshape([values.shape[0], 1, 1])(values)

const attend = (w: Readonly<Record<string, Weights>>, x: Real): Real => {
  const [batch, tokens, width] = x.shape
  const headed = (name: string): Real => reshape([batch, tokens, 2, width / 2])(affine(w[name], x))
  const scores = pipe(
    einsum('bthk,bshk->bhts')(headed('query'), headed('key')),
    mul(1 / Math.sqrt(width / 2)),
    softmax(-1),
  )
  const seen = einsum('bhts,bshk->bthk')(scores, headed('value'))
  return affine(w['output'], reshape([batch, tokens, width])(seen))
}

/** A step of a gated recurrent unit from zeros, each gate with weights and biases of its own for the input and the state. */
const gru = (w: Readonly<Record<string, Weights>>, x: Real): Real => {
  const from = (gate: string): readonly [Real, Real] => [
    affine({ weight: w[gate]['input'], bias: w[gate]['inputBias'] }, x),
    // The state is zero, so of its weights nothing is left.
    w[gate]['stateBias'],
  ]
  const [[ux, uh], [rx, rh], [cx, ch]] = [from('update'), from('reset'), from('candidate')]
  const [update, reset] = [sigmoid(add(uh)(ux)), sigmoid(add(rh)(rx))] as readonly Real[]
  const candidate = tanh(add(mul(ch)(reset))(cx))
  return sub(mul(candidate)(update))(candidate)
}

const linearSpecs = { weight: spec([3, 4]), bias: spec([4]) }
const square = { weight: spec([6, 6]), bias: spec([6]) }
const gate = { input: spec([3, 4]), state: spec([4, 4]), inputBias: spec([4]), stateBias: spec([4]) }

interface Layer {
  readonly specs: unknown
  readonly apply: (weights: never, x: Real) => Real
  readonly pytorch: readonly Rule[]
  readonly keras: readonly Rule[]
}

const gates = { pytorch: ['reset', 'update', 'candidate'], keras: ['update', 'reset', 'candidate'] } as const
const ofGates = (names: readonly string[], part: string) => names.map(name => `${name}.${part}`)

/** Our layers, as formulas over parameters in our layout. */
const layers: Readonly<Record<string, Layer>> = {
  linear: {
    specs: linearSpecs,
    apply: affine,
    pytorch: pytorch.linear('', 'linear'),
    keras: keras.linear('', 'linear'),
  },
  conv2d: {
    specs: { weight: spec([6, 4, 3, 2]), bias: spec([6]) },
    apply: ({ weight, bias }: Weights, x) =>
      pipe(
        x,
        conv2d(weight, { groups: x.shape[1] / weight.shape[1] }) as (x: Real) => Real,
        add(perChannel(bias)),
      ),
    pytorch: pytorch.conv2d('', 'conv2d'),
    keras: keras.conv2d('', 'conv2d'),
  },
  conv2dTranspose: {
    specs: { weight: spec([4, 3, 3, 2]), bias: spec([3]) },
    apply: ({ weight, bias }: Weights, x) => add(perChannel(bias))(conv2dTranspose(weight)(x)),
    pytorch: pytorch.conv2dTranspose('', 'conv2dTranspose'),
    keras: keras.conv2dTranspose('', 'conv2dTranspose'),
  },
  layerNorm: {
    specs: { weight: spec([4]), bias: spec([4]) },
    apply: ({ weight, bias }: Weights, x) =>
      pipe(
        standardised(x, mean(1, { keepDims: true })(x), variance(1, { keepDims: true })(x)),
        mul(weight),
        add(bias),
      ),
    pytorch: pytorch.norm('', 'layerNorm'),
    keras: keras.norm('', 'layerNorm'),
  },
  batchNorm: {
    specs: {
      scale: { weight: spec([3]), bias: spec([3]) },
      running: { mean: spec([3]), variance: spec([3]) },
    },
    apply: ({ scale, running }: { readonly scale: Weights; readonly running: Weights }, x) =>
      pipe(
        standardised(x, perChannel(running['mean']), perChannel(running['variance'])),
        mul(perChannel(scale['weight'])),
        add(perChannel(scale['bias'])),
      ),
    pytorch: [...pytorch.norm('scale', 'batchNorm'), ...pytorch.runningStatistics('running', 'batchNorm')],
    keras: [...keras.norm('scale', 'batchNorm'), ...keras.runningStatistics('running', 'batchNorm')],
  },
  embedding: {
    specs: { weight: spec([5, 3]) },
    apply: ({ weight }: Weights, x) => take(x as unknown as Tensor<number[], 'i32'>, 0)(weight),
    pytorch: pytorch.embedding('', 'embedding'),
    keras: keras.embedding('', 'embedding'),
  },
  attention: {
    specs: { query: square, key: square, value: square, output: square },
    apply: attend,
    pytorch: pytorch.attention('', 'attention'),
    keras: keras.attention('', 'attention', { heads: 2, width: 6 }),
  },
  gru: {
    specs: { reset: gate, update: gate, candidate: gate },
    apply: gru,
    pytorch: [
      { ours: ofGates(gates.pytorch, 'input'), theirs: 'gru.weight_ih', axes: [1, 0] },
      { ours: ofGates(gates.pytorch, 'state'), theirs: 'gru.weight_hh', axes: [1, 0] },
      { ours: ofGates(gates.pytorch, 'inputBias'), theirs: 'gru.bias_ih' },
      { ours: ofGates(gates.pytorch, 'stateBias'), theirs: 'gru.bias_hh' },
    ],
    keras: [
      { ours: ofGates(gates.keras, 'input'), theirs: 'gru/kernel', axis: 1 },
      { ours: ofGates(gates.keras, 'state'), theirs: 'gru/recurrent_kernel', axis: 1 },
      {
        ours: [...ofGates(gates.keras, 'inputBias'), ...ofGates(gates.keras, 'stateBias')],
        theirs: 'gru/bias',
        shape: [2, 12],
      },
    ],
  },
}

/** The convolution of the Keras case has one group. */
const specsOf = (name: string, library: string): unknown =>
  name === 'conv2d' && library === 'pytorch'
    ? { weight: spec([6, 2, 3, 2]), bias: spec([6]) }
    : layers[name].specs

const inputOf = (name: string, { shape, data }: Listed): NDArray =>
  ndarray(data, shape, name === 'embedding' ? 'i32' : 'f32')

/** Keras has the channels of images last. */
const asTheirs = (library: string, x: Real): Real =>
  library === 'keras' && x.shape.length === 4 ? transpose([0, 2, 3, 1])(x) : x
const asOurs = (library: string, x: Real): Real =>
  library === 'keras' && x.shape.length === 4 ? transpose([0, 3, 1, 2])(x) : x

const everywhere = (['pytorch', 'keras'] as const).flatMap(library =>
  Object.keys(layers).map(name => ({ library, name })),
)

describe('the weights of a layer made elsewhere', () => {
  it('are of every layer in both libraries', () => {
    for (const library of ['pytorch', 'keras'] as const)
      expect(Object.keys(fixture[library]).sort()).toEqual(Object.keys(layers).sort())
  })

  it.each(everywhere)('give its outputs: $library $name', async ({ library, name }) => {
    const { file, x, y } = fixture[library][name]
    const { apply, ...rules } = layers[name]
    const read = readSafetensors('weights.safetensors')(new Uint8Array(Buffer.from(file, 'base64')))
    if (E.isLeft(read)) throw new Error(read.left.message)
    const { importFrom, exportTo } = exchange(specsOf(name, library), rules[library])
    const tree = importFrom('weights.safetensors')(read.right.tensors)
    if (E.isLeft(tree)) throw new Error(tree.left.message)

    const weights = mapTree((leaf: NDArray) => constant(leaf))(tree.right as Spec)
    const output = apply(
      weights as never,
      asOurs(library, constant(inputOf(name, x) as NDArray<Shape, 'f32'>)),
    )
    const { data, shape } = await evaluate(asTheirs(library, output))
    expect(shape).toEqual(y.shape)
    const largest = Math.max(...y.data.map(Math.abs))
    const error = Math.max(...y.data.map((value, i) => Math.abs(data[i] - value)))
    expect(error / largest).toBeLessThan(2e-6)

    // What is written for that library is what was read of it, apart from what has no place here.
    const written = exportTo(tree.right)
    for (const [key, array] of read.right.tensors) {
      if (!key.endsWith('num_batches_tracked')) expect(written.get(key)).toEqual(array)
    }
  })
})
