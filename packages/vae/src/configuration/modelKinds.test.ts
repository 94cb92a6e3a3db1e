import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import {
  evaluator,
  constant,
  cpu,
  full,
  generate,
  key,
  leavesOf,
  ndarray,
  run,
  tensor,
  type NDArray,
  type Tensor,
} from '@elbo/tensor'
import type { ImageModel, PixelInput } from '../image-model.js'
import { completed, configured, decodeConfiguration, whole, type ConfigurationFile } from './configuration.js'

const evaluate = evaluator(run(cpu({ threads: 1 })))

/** Small models by what is in question. */
const rows: Readonly<Record<string, ConfigurationFile>> = {
  gated: { encoder: { kind: 'gated', hidden: [5, 4] } },
  conv: { encoder: { kind: 'conv', channels: [3, 2], hidden: 5 } },
  gru: { encoder: { kind: 'gru', hidden: 4 } },
  'conv and gru': {
    encoder: { kind: 'conv', channels: [3], hidden: 5 },
    decoder: { kind: 'gru', hidden: 4 },
  },
  hierarchical: {
    encoder: { kind: 'mlp', hidden: [5] },
    model: {
      kind: 'hierarchical',
      above: [
        { latent: 3, hidden: [4] },
        { latent: 2, hidden: [] },
      ],
    },
  },
  'hierarchical, conv, warmed up': {
    encoder: { kind: 'conv', channels: [3], hidden: 5 },
    model: { kind: 'hierarchical', above: [{ latent: 2, hidden: [4] }] },
    objective: { kind: 'elbo', beta: 2, warmUp: { kind: 'linear', steps: 10 }, freeBits: 0.1 },
  },
  conditional: { encoder: { kind: 'gated', hidden: [5] }, model: { kind: 'conditional', classes: 3 } },
  'conditional, conv': {
    encoder: { kind: 'mlp', hidden: [5] },
    decoder: { kind: 'conv', channels: [3], hidden: 5 },
    prior: { kind: 'mixture', components: 2 },
    model: { kind: 'conditional', classes: 3 },
  },
  vq: {
    encoder: { kind: 'gated', hidden: [5] },
    model: { kind: 'vq', codes: 3, dimensions: 2 },
  },
}

const configurationOf = (name: string) => whole({ image: [5, 4], latent: 4, ...rows[name] })
const pictures = constant(
  ndarray(
    Array.from({ length: 3 * 20 }, (_, i) => (i % 7) / 6),
    [3, 5, 4],
  ),
) as Tensor as PixelInput['images']

const labels = tensor([2, 0, 2], [3], 'i32')
const step = full([], 5, 'i32') as never

describe('a configured model of pictures', () => {
  it.each(Object.keys(rows))('%s: has a bound, reconstructs and draws', async name => {
    const model: ImageModel = configured(configurationOf(name))
    const parameters = generate(key(1))(model.init)
    const input = { images: pictures, labels }
    const [loss, metrics] = model.loss(3)(parameters, input, key(2), step)
    const { codes: _, ...terms } = model.evaluate(parameters, input, key(2))
    const found = await evaluate({
      loss,
      metrics,
      terms,
      reconstruction: model.reconstruct(parameters, input)(key(3)),
      drawn: model.samplePrior(parameters, 2)(key(4)),
    })
    const { elbo, reconstruction, kl } = found.terms
    expect(elbo.shape).toEqual([3])
    elbo.data.forEach((value, i) => expect(value).toBeCloseTo(reconstruction.data[i] - kl.data[i], 4))
    // One half for every pixel is 20 ln 2 = 13.9 nats.
    reconstruction.data.forEach(value => expect(value).toBeLessThan(-5))
    const average = elbo.data.reduce((total, value) => total + value, 0) / 3
    expect(found.metrics.elbo.data[0]).toBeCloseTo(average, 4)
    expect(found.reconstruction.shape).toEqual([3, 20])
    expect(found.drawn.shape).toEqual([2, 20])
    for (const { leaf } of leavesOf<NDArray>({ a: found.reconstruction, b: found.drawn }))
      expect(leaf.data.every(value => value > 0 && value < 1)).toBe(true)
  })

  it('weighs the divergence of every level by β as it rises, past its free bits', async () => {
    const model = configured(configurationOf('hierarchical, conv, warmed up'))
    const parameters = generate(key(1))(model.init)
    const [loss, metrics] = model.loss(3)(parameters, { images: pictures }, key(2), step)
    const found = leavesOf<NDArray>(await evaluate({ loss, metrics }))
    const value = (name: string): number =>
      found.find(({ path }) => path === name || path === `metrics.${name}`)?.leaf.data[0] ?? NaN
    expect(value('beta')).toBeCloseTo(1, 6)
    expect(value('kl.z1') + value('kl.z2')).toBeCloseTo(value('kl'), 4)
    const counted = Math.max(0.1, value('kl.z1')) + Math.max(0.1, value('kl.z2'))
    expect(value('loss')).toBeCloseTo(counted - value('reconstruction'), 3)
  })

  it.each<NonNullable<ConfigurationFile['objective']>>([
    { kind: 'elbo', beta: 2, draws: 2 },
    { kind: 'iwae', draws: 3 },
    { kind: 'beta-tc', beta: 6 },
    { kind: 'wae-mmd', weight: 10 },
  ])('given labels, depends on them: %j', async objective => {
    const model = configured(whole({ ...configurationOf('conditional'), objective }))
    const parameters = generate(key(1))(model.init)
    const lossOf = (told: typeof labels) =>
      model.loss(3)(parameters, { images: pictures, labels: told }, key(2), step)[0]
    const found = await evaluate({
      one: lossOf(labels),
      same: lossOf(tensor([2, 0, 2], [3], 'i32')),
      other: lossOf(tensor([2, 1, 2], [3], 'i32')),
    })
    const [one, same, other] = [found.one, found.same, found.other].map(({ data }) => data[0])
    expect(Number.isFinite(one)).toBe(true)
    expect(same).toBe(one)
    expect(Math.abs(other - one)).toBeGreaterThan(1e-4)
  })

  it('given labels, draws equal parts of each class, or those that it is told', async () => {
    const model = configured(configurationOf('conditional'))
    const parameters = generate(key(1))(model.init)
    const drawn = (told?: readonly number[]) =>
      model.samplePrior(parameters, 6, told === undefined ? undefined : tensor(told, [6], 'i32'))(key(4))
    const found = await evaluate({
      each: drawn(),
      told: drawn([0, 0, 1, 1, 2, 2]),
      first: drawn([0, 0, 0, 0, 0, 0]),
    })
    expect(found.each.data).toEqual(found.told.data)
    const rowsThatAgree = [0, 1, 2, 3, 4, 5].filter(row =>
      found.each.data.slice(row * 20, row * 20 + 20).every((x, i) => x === found.first.data[row * 20 + i]),
    )
    expect(rowsThatAgree).toEqual([0, 1])
  })

  it('mirrors its encoder', () => {
    expect(completed({ encoder: { kind: 'gated', hidden: [3, 2] } }).decoder).toEqual({
      kind: 'gated',
      hidden: [2, 3],
    })
    expect(completed(rows['conv']).decoder).toEqual(rows['conv'].encoder)
  })

  it.each<readonly [string, unknown]>([
    [
      'encoder.channels is an array, not a list of one or more',
      { encoder: { kind: 'conv', channels: [], hidden: 3 } },
    ],
    ['encoder.hidden is an array, not a positive integer', { encoder: { kind: 'gru', hidden: [] } }],
    ['model.codes is 0, not a positive integer', { model: { kind: 'vq', codes: 0, dimensions: 2 } }],
    ['model.classes is nothing, not a positive integer', { model: { kind: 'conditional' } }],
    ['model.above is an array, not a list of one or more', { model: { kind: 'hierarchical', above: [] } }],
  ])('%s', (fault, file) => {
    const decoded = decodeConfiguration(file)
    expect(E.isLeft(decoded) && decoded.left.faults).toEqual([fault])
  })

  it.each<readonly [string, ConfigurationFile]>([
    [
      'conditional: the encoder is conv, which reads pictures alone; mlp and gated read a label beside them',
      { ...rows['conv'], model: { kind: 'conditional', classes: 3 } },
    ],
    [
      'conditional: the prior is vamp, whose inputs have no labels',
      { ...rows['conditional'], prior: { kind: 'vamp', inputs: 2 } },
    ],
    [
      'hierarchical: the objective is elbo, not iwae',
      { ...rows['hierarchical'], objective: { kind: 'iwae', draws: 2 } },
    ],
    [
      'vq: code vectors of 3 dimensions do not divide the 4 of latent',
      { latent: 4, model: { kind: 'vq', codes: 3, dimensions: 3 } },
    ],
    [
      'vq: the objective is {"kind":"elbo","beta":2}: codes are equally likely, and it is trained by its own bound',
      { ...rows['vq'], objective: { kind: 'elbo', beta: 2 } },
    ],
  ])('%s', (message, file) => {
    expect(() => configured(whole(file))).toThrow(new RangeError(message))
  })
})
