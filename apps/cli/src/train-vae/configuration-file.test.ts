import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'
import { completed, configured } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import { exitCodes } from '../failure.js'
import { readConfiguration } from './configuration-file.js'
import { trainVaeOptions } from './options.js'

const folder = mkdtempSync(join(tmpdir(), 'elbo-configurations-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const written = (text: string): string => {
  const file = join(folder, 'given.json')
  writeFileSync(file, text)
  return file
}

describe('the example configurations', () => {
  const examples = fileURLToPath(new URL('../../configurations/', import.meta.url))
  it.each(readdirSync(examples))('%s is one, of parts that fit', name => {
    const read = readConfiguration(join(examples, name))
    expect(read).toMatchObject({ _tag: 'Right' })
    if (E.isRight(read)) expect(configured(completed(read.right))).toHaveProperty('init')
  })
})

describe('a configuration', () => {
  it.each([
    [
      '{ "encoder": { "kind": "mlp", "hidden": ["wide"] } }',
      exitCodes.data,
      'given.json: encoder.hidden.0 is "wide", not a positive integer.',
    ],
    ['{ "prior": { "kind": "gamma" } }', exitCodes.data, 'given.json: prior.kind is "gamma", not "standard"'],
    ['{ "latent": 0, "training": { "epochs": -1 } }', exitCodes.data, 'given.json: training.epochs is -1'],
    ['{ "latents": 3 }', exitCodes.data, 'given.json: latents is 3, not one of the settings'],
    ['{ "latent": ', exitCodes.data, 'given.json is no JSON'],
  ])('%s is refused, by its path', (text, exitCode, message) => {
    const read = readConfiguration(written(text))
    expect(read).toMatchObject({ _tag: 'Left', left: { exitCode } })
    if (E.isLeft(read)) expect(read.left.message).toContain(message)
  })

  it('says how to train where options do not', () => {
    const training = {
      epochs: 7,
      batchSize: 50,
      learningRate: 0.01,
      warmUp: 3,
      decay: 'cosine',
      clip: 2,
      patience: 4,
    }
    const config = written(JSON.stringify({ latent: 3, training }))
    expect(trainVaeOptions(['--config', config, '--out', 'a'])).toMatchObject(
      E.right({ configuration: { latent: 3 }, ...training }),
    )
    const given = [
      '--epochs',
      '2',
      '--batch-size',
      '20',
      '--warm-up',
      '0',
      '--decay',
      'none',
      '--patience',
      '1',
    ]
    expect(trainVaeOptions(['--config', config, '--out', 'a', ...given])).toMatchObject(
      E.right({
        epochs: 2,
        batchSize: 20,
        learningRate: 0.01,
        warmUp: 0,
        decay: 'none',
        clip: 2,
        patience: 1,
      }),
    )
    expect(trainVaeOptions(['--out', 'a'])).toMatchObject(
      E.right({
        epochs: 5,
        batchSize: 128,
        learningRate: 0.001,
        warmUp: 0,
        decay: 'none',
        patience: undefined,
      }),
    )
  })
})
