import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import {
  cpu,
  evaluator,
  generate,
  key,
  leavesOf,
  ndarray,
  constant,
  run,
  tensor,
  type Spec,
} from '@elbo/tensor'
import {
  completed,
  configured,
  decodeConfiguration,
  fashionMnistConfiguration,
  whole,
  type ConfigurationFile,
} from './configuration.js'
import type { likelihoods } from './likelihoods.js'
import { type LikelihoodSettings } from './likelihoods.js'
import type { models } from './models.js'
import { type ModelSettings } from './models.js'
import type { networks } from './networks.js'
import { type NetworkSettings } from './networks.js'
import type { objectives } from './objectives.js'
import { type ObjectiveSettings } from './objectives.js'
import type { priors } from './priors.js'
import { type PriorSettings } from './priors.js'

const small: ConfigurationFile = {
  image: [4, 3],
  latent: 2,
  encoder: { kind: 'mlp', hidden: [5] },
}

/** At least one example of each kind: a kind without one does not compile. */
const examples: {
  readonly encoder: { readonly [K in keyof typeof networks]: readonly NetworkSettings[] }
  readonly likelihood: { readonly [K in keyof typeof likelihoods]: readonly LikelihoodSettings[] }
  readonly prior: { readonly [K in keyof typeof priors]: readonly PriorSettings[] }
  readonly objective: { readonly [K in keyof typeof objectives]: readonly ObjectiveSettings[] }
  readonly model: { readonly [K in keyof typeof models]: readonly ModelSettings[] }
} = {
  encoder: {
    mlp: [{ kind: 'mlp', hidden: [6, 5] }],
    gated: [{ kind: 'gated', hidden: [6, 5] }],
    conv: [{ kind: 'conv', channels: [3, 2], hidden: 5 }],
    gru: [{ kind: 'gru', hidden: 4 }],
  },
  likelihood: {
    bernoulli: [{ kind: 'bernoulli' }, { kind: 'bernoulli', binarise: 'threshold' }],
    'continuous-bernoulli': [{ kind: 'continuous-bernoulli' }],
    normal: [
      { kind: 'normal', variance: 'fixed', scale: 0.1 },
      { kind: 'normal', variance: 'learned' },
      { kind: 'normal', variance: 'per-pixel', scale: 0.3 },
    ],
    'discretised-logistic': [{ kind: 'discretised-logistic' }],
    categorical: [{ kind: 'categorical', levels: 4 }],
  },
  prior: {
    standard: [{ kind: 'standard' }],
    mixture: [{ kind: 'mixture', components: 3 }],
    vamp: [{ kind: 'vamp', inputs: 3 }],
    flow: [{ kind: 'flow', layers: 2, hidden: [4] }],
  },
  objective: {
    elbo: [
      { kind: 'elbo' },
      { kind: 'elbo', beta: 4, draws: 2 },
      { kind: 'elbo', warmUp: { kind: 'linear', steps: 10 } },
      { kind: 'elbo', warmUp: { kind: 'cyclical', period: 10, share: 0.3 }, freeBits: 0.5 },
    ],
    iwae: [{ kind: 'iwae', draws: 3 }],
    'beta-tc': [
      { kind: 'beta-tc', beta: 6 },
      { kind: 'beta-tc', beta: 6, estimator: 'stratified' },
    ],
    'wae-mmd': [{ kind: 'wae-mmd', weight: 10 }],
  },
  model: {
    vae: [{ kind: 'vae' }],
    conditional: [{ kind: 'conditional', classes: 3 }],
    hierarchical: [{ kind: 'hierarchical', above: [{ latent: 3, hidden: [4] }] }],
    vq: [
      { kind: 'vq', codes: 3, dimensions: 1 },
      { kind: 'vq', codes: 3, dimensions: 2, commitment: 0 },
    ],
  },
}

const given: readonly ConfigurationFile[] = Object.entries(examples).flatMap(([part, kinds]) =>
  Object.values(kinds as Readonly<Record<string, readonly unknown[]>>)
    .flat()
    .map(choice => ({ ...small, [part]: choice })),
)

const evaluate = evaluator(run(cpu({ threads: 1 })))
const images = constant(
  ndarray(
    Array.from({ length: 6 * 12 }, (_, i) => (i % 7) / 7),
    [6, 4, 3],
  ),
)

const labels = tensor([0, 1, 2, 2, 1, 0], [6], 'i32')

describe.each(given.map(configuration => [JSON.stringify(configuration), configuration] as const))(
  '%s',
  (text, configuration) => {
    it('is read from JSON as it stands', () => {
      expect(decodeConfiguration(JSON.parse(text))).toEqual(E.right(configuration))
      const complete = completed(configuration)
      expect(whole(complete)).toEqual(complete)
    })

    it('is a model with a loss, an evaluation and pictures', async () => {
      const model = configured(whole(configuration))
      const parameters = generate(key(1))(model.init)
      const [loss, metrics] = model.loss(50)(
        parameters,
        { images, labels },
        key(2),
        constant({ shape: [], dtype: 'u32', data: Uint32Array.of(3) }) as never,
      )
      const { elbo, reconstruction, kl } = model.evaluate(parameters, { images, labels }, key(3))
      const found = await evaluate({
        ...{ loss, metrics, elbo, reconstruction, kl },
        pictures: [
          model.reconstruct(parameters, { images, labels })(key(4)),
          model.samplePrior(parameters, 6)(key(5)),
        ],
      })
      for (const each of [found.loss, ...Object.values(found.metrics)])
        expect(Number.isFinite(each.data[0])).toBe(true)
      found.elbo.data.forEach((value, i) =>
        expect(value).toBeCloseTo(found.reconstruction.data[i] - found.kl.data[i], 4),
      )
      for (const { shape, data } of found.pictures) {
        expect(shape).toEqual([6, 12])
        expect(Array.from(data).every(intensity => intensity >= 0 && intensity <= 1)).toBe(true)
      }
    })
  },
)

describe('a configuration', () => {
  it('is 784-400-20-400-784 where nothing is said', () => {
    expect(completed({})).toEqual(fashionMnistConfiguration)
    expect(decodeConfiguration({})).toEqual(E.right({}))
  })

  it('has a decoder that mirrors the encoder, unless told', () => {
    const encoder = { kind: 'mlp', hidden: [300, 200] } as const
    expect(completed({ encoder }).decoder).toEqual({ kind: 'mlp', hidden: [200, 300] })
    expect(completed({ encoder, decoder: encoder }).decoder).toEqual(encoder)
  })

  it('may say how the model is trained', () => {
    const training = { epochs: 20, batchSize: 100, learningRate: 5e-4, decay: 'cosine' } as const
    expect(decodeConfiguration({ training })).toEqual(E.right({ training }))
    expect(completed({ training })).toEqual(fashionMnistConfiguration)
  })

  it('keeps the paths of parameters that checkpoints have', () => {
    const paths = leavesOf<Spec>(generate(key(0))(configured(whole({})).init)).map(({ path }) => path)
    expect(paths).toEqual(
      ['encoder', 'decoder'].flatMap(part =>
        [0, 1].flatMap(layer => ['weight', 'bias'].map(name => `${part}.${layer}.${name}`)),
      ),
    )
  })

  const settings = (names: string) => `one of the settings that there are here (${names})`
  it.each<readonly [unknown, readonly string[]]>([
    [{ latent: 0 }, ['latent is 0, not a positive integer']],
    [{ image: [28] }, ['image.1 is nothing, not a positive integer']],
    [{ encoder: { kind: 'mlp', hidden: [400, 'x'] } }, ['encoder.hidden.1 is "x", not a positive integer']],
    [
      { encoder: { kind: 'mlpp', hidden: [400] } },
      ['encoder.kind is "mlpp", not "mlp" or "gated" or "conv" or "gru"'],
    ],
    [{ encoder: { kind: 'mlp' } }, ['encoder.hidden is nothing, not a list, each a positive integer']],
    [{ prior: 'standard' }, ['prior is "standard", not a record with a kind: standard, mixture, vamp, flow']],
    [{ objective: { kind: 'iwae' } }, ['objective.draws is nothing, not a positive integer']],
    [
      { objective: { kind: 'elbo', warmUp: { kind: 'cyclical', period: 5, share: 2 } } },
      ['objective.warmUp.share is 2, not a number above 0, at most 1'],
    ],
    [
      { objective: { kind: 'elbo', bta: 4 } },
      [`objective.bta is 4, not ${settings('beta, warmUp, freeBits, draws')}`],
    ],
    [{ training: { decay: 'quick' } }, ['training.decay is "quick", not "none" or "linear" or "cosine"']],
    [
      { latent: 1.5, model: { kind: 7 } },
      [
        'latent is 1.5, not a positive integer',
        'model.kind is 7, not "vae" or "conditional" or "hierarchical" or "vq"',
      ],
    ],
    ['vae', ['it is "vae", not a record']],
  ])('%j: every fault is named with its path', (wrong, faults) => {
    const decoded = decodeConfiguration(wrong)
    expect(E.isLeft(decoded) && decoded.left.faults).toEqual(faults)
    expect(E.isLeft(decoded) && decoded.left.message).toBe(
      `The configuration cannot be used: ${faults.join('; ')}.`,
    )
  })

  it('throws where a program makes a wrong one', () => {
    expect(() => whole({ latent: -1 })).toThrow(
      new RangeError('The configuration cannot be used: latent is -1, not a positive integer.'),
    )
  })
})
