import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { decode } from 'fast-png'
import { checkpointOf, elbo, metricsOf, summaryOf, temporaryFolder, type Ended } from './command-line.js'

jest.setTimeout(60_000)

const folder = temporaryFolder()
const out = folder.at('runs', 'new', 'vae')
let ended: Ended
beforeAll(async () => {
  ended = await elbo('train', 'vae', '--steps', '4', '--seed', '7', '--out', out, '--json')
})
afterAll(folder.remove)

describe('elbo train vae', () => {
  it('ends well, and prints nothing but one JSON object to the standard output', () => {
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout.split('\n')).toHaveLength(2)
    expect(summaryOf(ended)).toEqual({
      model: 'vae',
      seed: 7,
      epochs: 0,
      trainElbo: expect.any(Number),
      testElbo: expect.any(Number),
      testReconstruction: expect.any(Number),
      testKl: expect.any(Number),
      secondsPerEpoch: null,
      backend: 'cpu',
      threads: expect.any(Number),
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('reports a bound that is the difference of its terms, and better than even odds for each pixel', () => {
    const { testElbo, testReconstruction, testKl } = summaryOf(ended)
    expect(testElbo).toBeCloseTo(testReconstruction - testKl, 2)
    expect(testElbo).toBeGreaterThan(784 * Math.log(0.5))
    expect(testKl).toBeGreaterThan(0)
  })

  it('logs every step', () => {
    expect(metricsOf(out)).toEqual(
      [1, 2, 3, 4].map(step => ({
        type: 'step',
        epoch: 1,
        step,
        train: {
          loss: expect.any(Number),
          elbo: expect.any(Number),
          reconstruction: expect.any(Number),
          kl: expect.any(Number),
        },
        learningRate: Math.fround(0.001),
      })),
    )
  })

  it('says on the standard error what runs, as plain lines where there is no terminal', () => {
    expect(ended.stderr).toMatch(/12,000 training and 2,000 test images \(embedded\)/)
    expect(ended.stderr).toMatch(/^backend cpu, \d threads?$/m)
    expect(ended.stderr).not.toContain('\u001b')
  })

  it('draws a curve with both runs of points, and no number that is none', () => {
    const svg = readFileSync(`${out}/loss.svg`, 'utf8')
    expect(svg).toMatch(/^<svg [^>]*xmlns/)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect(svg.match(/class="train" clip-path/g)).toHaveLength(3)
    expect(svg).toContain('ELBO (nats per image')
  })

  it('draws four test images of each class above their reconstructions', () => {
    const { width, height, channels, data } = decode(readFileSync(`${out}/reconstructions.png`))
    expect({ width, height, channels }).toEqual({
      width: 10 * 60 + 4,
      height: 4 * (2 * 56 + 4 + 12) + 12,
      channels: 1,
    })
    // Trousers, in the second column, are bright on both sides of a dark gap; so is the original in each group's first row.
    const row = (12 + 40) * width + 64
    expect(Math.max(...Array.from(data.slice(row, row + 56), Number))).toBeGreaterThan(150)
  })

  it('draws a hundred images from the prior', () => {
    const { width, height, depth } = decode(readFileSync(`${out}/samples.png`))
    expect({ width, height, depth }).toEqual({ width: 604, height: 604, depth: 8 })
  })

  it('keeps the weights under their paths in a safetensors file', () => {
    expect(checkpointOf(out).tensors['parameters.decoder.1.weight'].shape).toEqual([400, 784])
  })
})

describe('a rate that rises and falls, slopes that are clipped, and patience', () => {
  const settings = ['--epochs', '6', '--batch-size', '1000', '--learning-rate', '0.03', '--json']
  const course = ['--warm-up', '6', '--decay', 'linear', '--clip', '20']

  it('end the run when the bound has not risen, with the results of the best epoch', async () => {
    // Steps so small that they change nothing.
    const still = ['--epochs', '9', '--batch-size', '6000', '--learning-rate', '1e-30', '--json']
    const at = folder.at('patient')
    const patient = await elbo('train', 'vae', ...still, '--patience', '2', '--out', at)
    expect(patient).toMatchObject({ code: 0, stderr: expect.stringContaining('stopping: the test ELBO') })
    const tests = metricsOf(at).flatMap(record =>
      'test' in record ? [(record.test as { readonly elbo: number }).elbo] : [],
    )
    expect(tests).toHaveLength(3)
    expect(summaryOf(patient)).toMatchObject({ epochs: 3, bestEpoch: 1, testElbo: tests[0] })
    expect(checkpointOf(at, 'best.safetensors').cursor).toEqual({ epoch: 0, batch: 2 })
    expect(checkpointOf(at).cursor).toEqual({ epoch: 2, batch: 2 })

    const anew = await elbo('train', 'vae', ...still, '--steps', '1', '--overwrite', '--out', at)
    expect(anew.code).toBe(0)
    expect(existsSync(`${at}/best.safetensors`)).toBe(false)
  })

  it('are part of the run, which goes on with them alone', async () => {
    const out = folder.at('course')
    const part = await elbo('train', 'vae', ...settings, ...course, '--steps', '8', '--out', out)
    expect(part.code).toBe(0)
    expect(metricsOf(out).map(record => (record as { readonly learningRate: number }).learningRate)).toEqual(
      [6, 11, 16, 21, 26, 31, 36, (36 * 65) / 66].map(parts => expect.closeTo((0.03 * parts) / 36, 7)),
    )
    const longer = [...settings.with(1, '7'), ...course]
    const other = await elbo('train', 'vae', ...longer, '--resume', '--out', out)
    expect(other).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(
        'learning rate 0.03, warmed up over 6 steps, falling by a line until step 72',
      ),
    })
    expect(
      await elbo('train', 'vae', ...settings, ...course, '--steps', '9', '--resume', '--out', out),
    ).toMatchObject({
      code: 0,
    })
    const short = [...settings.with(1, '1'), '--warm-up', '12', '--decay', 'cosine']
    expect(await elbo('train', 'vae', ...short, '--overwrite', '--out', out)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--warm-up is 12, which leaves none of the 12 steps'),
    })
  })
})

describe('one seed', () => {
  it('gives the same weights on one thread and on two, and another seed others', async () => {
    const run = async (...options: string[]) =>
      summaryOf(await elbo('train', 'vae', '--steps', '4', '--json', '--overwrite', ...options)).weightsHash
    const { weightsHash, threads } = summaryOf(ended)
    expect(
      await run('--seed', '7', '--out', folder.at('other'), '--threads', threads === 1 ? '2' : '1'),
    ).toBe(weightsHash)
    expect(await run('--seed', '8', '--out', folder.at('other'))).not.toBe(weightsHash)
  })
})
