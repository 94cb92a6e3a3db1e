import { beforeAll, describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { cpu, leavesOf, run as orThrow, type NDArray } from '@elbo/tensor'
import { fashionMnist, imageSource, type ImageSource, type Images } from '@elbo/datasets'
import { priorSamples } from '../drawing.js'
import { trainVae } from '../trainVae.js'
import { decodeConfiguration, whole, type ConfigurationFile } from './configuration.js'
import { likelihoods, type LikelihoodSettings } from './likelihoods.js'
import { priors, type PriorSettings } from './priors.js'

/** Every kind of both, and every variance of the normal one, at least once: two at a time train in half the time. */
const pairs: readonly (readonly [LikelihoodSettings, PriorSettings])[] = [
  [{ kind: 'bernoulli' }, { kind: 'mixture', components: 5 }],
  [{ kind: 'continuous-bernoulli' }, { kind: 'vamp', inputs: 10 }],
  [
    { kind: 'normal', variance: 'fixed', scale: 0.2 },
    { kind: 'flow', layers: 2, hidden: [16] },
  ],
  [{ kind: 'normal', variance: 'learned' }, { kind: 'standard' }],
  [{ kind: 'normal', variance: 'per-pixel', scale: 0.3 }, { kind: 'standard' }],
  [{ kind: 'discretised-logistic' }, { kind: 'standard' }],
  [{ kind: 'categorical', levels: 4 }, { kind: 'standard' }],
]

/** Names of the parameters that a choice brings, besides those of networks. */
const own: Readonly<Record<string, readonly string[]>> = {
  learned: ['decoder.raw'],
  mixture: ['prior.loc', 'prior.logVariance', 'prior.logits'],
  vamp: ['prior.inputs'],
  flow: ['prior.0.0.weight', 'prior.1.1.bias'],
}

const part = ({ data, shape: [, height, width] }: Images, count: number): ImageSource =>
  imageSource({ data: data.slice(0, count * height * width), shape: [count, height, width] })

it('every kind is in the table', () => {
  expect(pairs.map(([{ kind }]) => kind)).toEqual(expect.arrayContaining(Object.keys(likelihoods)))
  expect(pairs.map(([, { kind }]) => kind)).toEqual(expect.arrayContaining(Object.keys(priors)))
})

describe('on embedded pictures', () => {
  let dataset: { readonly train: ImageSource; readonly test: ImageSource }
  beforeAll(async () => {
    const { train, test } = await orThrow(fashionMnist())
    dataset = { train: part(train.images, 1280), test: part(test.images, 200) }
  })

  it.each(
    pairs.map(([likelihood, prior]) => [JSON.stringify([likelihood, prior]), { likelihood, prior }] as const),
  )('the bound rises, and pictures are drawn: %s', async (_, { likelihood, prior }) => {
    const written: ConfigurationFile = {
      latent: 6,
      encoder: { kind: 'mlp', hidden: [32] },
      likelihood,
      prior,
    }
    const decoded = decodeConfiguration(JSON.parse(JSON.stringify(written)))
    expect(decoded).toEqual(E.right(written))
    const backend = cpu({ threads: 1 })
    const run = trainVae({
      dataset,
      configuration: written,
      seed: 1,
      epochs: 5,
      batchSize: 32,
      learningRate: 1e-3,
      backend,
    })
    const bounds: number[] = []
    for await (const event of run) if (event._tag === 'Epoch') bounds.push(event.test['elbo'])
    expect(bounds).toHaveLength(5)
    bounds.slice(1).forEach((bound, i) => expect(bound).toBeGreaterThan(bounds[i]))

    const {
      state: { parameters },
    } = run.latest() as NonNullable<ReturnType<typeof run.latest>>
    const configuration = whole(written)
    const paths = leavesOf<NDArray>(parameters).map(({ path }) => path)
    for (const name of ['variance' in likelihood ? likelihood.variance : likelihood.kind, prior.kind])
      expect(paths).toEqual(expect.arrayContaining([...(own[name] ?? [])]))
    const pictures = await orThrow(priorSamples(await orThrow(backend))({ configuration, parameters }, 3, 20))
    for (const intensity of pictures.data) expect(intensity >= 0 && intensity <= 1).toBe(true)
    expect(new Set(pictures.data).size).toBeGreaterThan(1000)
  })
})

describe('what cannot be', () => {
  it.each<readonly [unknown, string]>([
    [
      { likelihood: { kind: 'normal' } },
      'likelihood.variance is nothing, not "fixed" or "learned" or "per-pixel"',
    ],
    [
      { likelihood: { kind: 'normal', variance: 'learned', scale: 0.001 } },
      'likelihood.scale is 0.001, not a number above 0.00390625',
    ],
    [{ likelihood: { kind: 'categorical', levels: 1 } }, 'likelihood.levels is 1, not a whole number from 2'],
    [{ prior: { kind: 'mixture', components: 0 } }, 'prior.components is 0, not a positive integer'],
    [{ prior: { kind: 'vamp' } }, 'prior.inputs is nothing, not a positive integer'],
    [{ prior: { kind: 'flow', layers: 2, hidden: [0] } }, 'prior.hidden.0 is 0, not a positive integer'],
  ])('%j is said with its place', (written, fault) => {
    const decoded = decodeConfiguration(written)
    expect(E.isLeft(decoded) && decoded.left.faults).toEqual([fault])
  })
})
