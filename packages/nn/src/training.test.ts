import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  cpu,
  flatten,
  generate,
  key,
  mapTree,
  mean,
  mul,
  logSoftmax,
  neg,
  oneHot,
  open,
  reference,
  relu,
  run,
  silu,
  sub,
  sum,
  valueAndGrad,
  zipTrees,
  type Arrays,
  type NDArray,
  type Shape,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { activation } from './activations.js'
import { conv2d } from './conv2d.js'
import { groupNorm } from './groupNorm.js'
import { layerOf, type Images, type Rows } from './layer.js'
import { linear } from './linear.js'
import { maxPool } from './pooling.js'
import { sequence } from './sequence.js'

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

const fixture = JSON.parse(readFileSync(new URL('../fixtures/training.json', import.meta.url), 'utf8')) as {
  readonly rate: number
  readonly momentum: number
  readonly parameters: Readonly<Record<string, Flat>>
  readonly images: readonly Flat[]
  readonly labels: readonly (readonly number[])[]
  readonly losses: readonly number[]
}

const network = sequence(
  conv2d(1, 6, 3, { padding: 'same' }),
  activation(relu),
  maxPool(2),
  groupNorm(3, 6),
  conv2d(6, 8, 3, { stride: 2, padding: 1 }),
  activation(silu),
  layerOf((x: Images<8>) => flatten(1)(x) as Tensor<Shape, 'f32'> as Rows<32>),
  linear(32, 4),
)
type NetworkParameters = Parameters<typeof network.apply>[0]

interface State {
  readonly parameters: NetworkParameters
  readonly velocity: NetworkParameters
}

interface Batch {
  readonly images: Images<1>
  readonly labels: Tensor<readonly [number], 'i32'>
}

/** v ← momentum·v + slope, p ← p − rate·v. */
const step = ({ parameters, velocity }: State, { images, labels }: Batch) => {
  const loss = (p: NetworkParameters) => {
    const chosen = mul(oneHot(4)(labels))(logSoftmax(1)(network.apply(p)(images)))
    return pipe(chosen, sum(1), mean(), neg)
  }
  const [value, slope] = valueAndGrad(loss)(parameters)
  const moving = zipTrees((v, g) => add(g as Tensor)(mul(fixture.momentum)(v as Tensor)), velocity, slope)
  const moved = zipTrees((p, v) => sub(mul(fixture.rate)(v as Tensor))(p as Tensor), parameters, moving)
  return [{ parameters: moved, velocity: moving }, { loss: value }] as const
}

const arrayOf = ({ shape, data }: Flat): NDArray => ({ shape, dtype: 'f32', data: Float32Array.from(data) })

describe('a convolutional classifier in training', () => {
  it.each([
    ['the CPU backend', cpu({ threads: 2 })],
    ['the reference', reference()],
  ] as const)('follows PyTorch for 200 steps, on %s', async (_, backend) => {
    const form = generate(key(0))(network.init)
    const parameters = mapTree((leaf: Tensor, path) => {
      const given = fixture.parameters[path]
      expect([path, given.shape]).toEqual([path, leaf.shape])
      return arrayOf(given)
    })(form) as unknown as Arrays<NetworkParameters>
    const velocity = mapTree((leaf: NDArray) => ({ ...leaf, data: new Float32Array(leaf.data.length) }))(
      parameters,
    )
    const batches = fixture.images.map((images, i) => ({
      images: arrayOf(images),
      labels: { shape: [8], dtype: 'i32', data: Int32Array.from(fixture.labels[i]) },
    })) as unknown as readonly Arrays<Batch>[]
    const session = await run(
      pipe(
        backend,
        TE.chain(
          open(step as unknown as Step<Arrays<State>, Arrays<Batch>, { readonly loss: Tensor<[]> }>, {
            state: { parameters, velocity },
            inputs: batches[0],
          }),
        ),
      ),
    )
    expect(fixture.losses).toHaveLength(200)
    const far: (readonly [step: number, found: number, expected: number])[] = []
    for (const [i, expected] of fixture.losses.entries()) {
      const [found] = (await run(session.step(batches[i % batches.length]))).loss.data
      if (!(Math.abs(found - expected) <= 1e-4 * expected)) far.push([i, found, expected])
    }
    expect(far).toEqual([])
    await run(session.dispose)
  })
})
