import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cpu,
  generate,
  key,
  mapTree,
  mean,
  mul,
  neg,
  open,
  reference,
  run,
  sub,
  type Arrays,
  type NDArray,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { kl } from '@elbo/distributions'
import { mlp, type Rows } from '@elbo/nn'
import { adam, evaluateOn, initialState, trainingStep, type TrainingState } from '@elbo/train'
import { bernoulli } from './likelihoods/bernoulli.js'
import { gaussian } from './posteriors/gaussian.js'
import { standardNormal } from './priors/standardNormal.js'
import { vae } from './vae.js'

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

const fixture = JSON.parse(readFileSync(new URL('../fixtures/training.json', import.meta.url), 'utf8')) as {
  readonly learningRate: number
  readonly parameters: Readonly<Record<string, Flat>>
  readonly images: readonly Flat[]
  readonly noise: readonly Flat[]
  readonly losses: readonly number[]
}

const model = vae({
  encoder: gaussian(mlp([20, 10, 2])),
  decoder: bernoulli(mlp([2, 10, 20])),
  prior: standardNormal(2),
})

type ModelParameters = Parameters<typeof model.encode>[0]
type State = TrainingState<ModelParameters>
interface Batch {
  readonly images: Rows<20>
  readonly noise: Rows<2>
}

/** −ELBO, with the noise given in place of the key that draws it. */
const loss = (p: ModelParameters, { images, noise }: Batch) => {
  const q = model.encode(p)(images)
  const { loc, scale } = q.parameters.base.parameters
  const z = pipe(noise, mul(scale), add(loc))
  const divergence = kl(q, model.prior(p)(images.shape[0])).value
  return [pipe(model.decode(p)(z).logProb(images), sub(divergence), mean(), neg), {}] as const
}

const optimiser = adam({ learningRate: fixture.learningRate })
const step = trainingStep(loss, optimiser)

const arrayOf = ({ shape, data }: Flat): NDArray => ({ shape, dtype: 'f32', data: Float32Array.from(data) })

describe('a VAE in training', () => {
  it.each([
    ['the CPU backend', cpu({ threads: 2 })],
    ['the reference', reference()],
  ] as const)('follows PyTorch for 200 steps, on %s', async (_, backend) => {
    const parameters = mapTree((leaf: Tensor, path) => {
      const given = fixture.parameters[path]
      expect([path, given.shape]).toEqual([path, leaf.shape])
      return arrayOf(given)
    })(generate(key(0))(model.init)) as unknown as Arrays<ModelParameters>
    const device = await run(backend)
    const drawn = await run(evaluateOn(device)(initialState(optimiser)(0)(model.init)))
    const start: Arrays<State> = { ...drawn, parameters }
    const batchOf = (i: number) =>
      ({
        images: arrayOf(fixture.images[i % fixture.images.length]),
        noise: arrayOf(fixture.noise[i]),
      }) as unknown as Arrays<Batch>
    const session = await run(
      pipe(
        device,
        open(step as unknown as Step<Arrays<State>, Arrays<Batch>, { readonly loss: Tensor<[]> }>, {
          state: start,
          inputs: batchOf(0),
        }),
      ),
    )
    expect(fixture.losses).toHaveLength(200)
    const far: (readonly [step: number, found: number, expected: number])[] = []
    for (const [i, expected] of fixture.losses.entries()) {
      const [found] = (await run(session.step(batchOf(i)))).loss.data
      if (!(Math.abs(found - expected) <= 1e-5 * expected)) far.push([i, found, expected])
    }
    expect(far).toEqual([])
    await run(session.dispose)
  })
})
