import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { decode } from 'fast-png'
import { checkpointOf, elbo, metricsOf, summaryOf, temporaryFolder, type Ended } from './command-line.js'

jest.setTimeout(120_000)

const folder = temporaryFolder()
afterAll(folder.remove)

interface DiffusionSummary {
  readonly boundNats: number
  readonly steps: number
  readonly weightsHash: string
}

const small = [
  '--widths',
  '16,16',
  '--batch-size',
  '64',
  '--levels',
  '50',
  '--steps-per-epoch',
  '40',
  '--examples',
  '2048',
]
const train = (...options: readonly string[]) =>
  elbo('train', 'diffusion', '--data', '8-gaussians', ...small, '--threads', '1', '--json', ...options)
const out = folder.at('runs', 'points')
let ended: Ended
beforeAll(async () => {
  ended = await train('--steps', '60', '--learning-rate', '0.01', '--seed', '7', '--out', out)
})

describe('elbo train diffusion on points', () => {
  it('ends well, and prints nothing but one JSON object to the standard output', () => {
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout.split('\n')).toHaveLength(2)
    expect(summaryOf(ended)).toEqual({
      model: 'diffusion',
      data: '8-gaussians',
      seed: 7,
      steps: 60,
      trainLoss: expect.any(Number),
      testLoss: expect.any(Number),
      boundNats: expect.any(Number),
      secondsPerEpoch: expect.any(Number),
      backend: 'cpu',
      threads: 1,
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('is above the entropy, and learns', async () => {
    const { boundNats } = summaryOf<DiffusionSummary>(ended)
    const begun = await train('--steps', '1', '--seed', '7', '--out', folder.at('begun'))
    expect(boundNats).toBeGreaterThan(2.83)
    expect(boundNats).toBeLessThan(summaryOf<DiffusionSummary>(begun).boundNats - 0.2)
  })

  it('logs steps and epochs, draws the loss, and the points beside the data’s', () => {
    const records = metricsOf(out) as readonly { readonly type: string; readonly test?: object }[]
    expect(records).toHaveLength(61)
    expect(records[40]).toMatchObject({ type: 'epoch', epoch: 1, test: { boundNats: expect.any(Number) } })
    expect(readFileSync(`${out}/loss.svg`, 'utf8')).toContain('Diffusion on 8-gaussians, seed 7')
    const { width, height, channels } = decode(readFileSync(`${out}/samples.png`))
    expect({ width, height, channels }).toEqual({ width: 818, height: 412, channels: 1 })
  })

  it('keeps the weights under their paths, and their average', () => {
    const { tensors } = checkpointOf(out, 'diffusion.safetensors')
    expect(tensors['parameters.rest.1.weight'].shape).toEqual([16, 2])
    expect(Object.keys(tensors).filter(path => path.startsWith('optimiser.')).length).toBeGreaterThan(0)
  })

  it('takes options from a file, and those of the command line over them', async () => {
    const config = folder.at('config.json')
    writeFileSync(
      config,
      JSON.stringify({
        steps: 9,
        seed: 7,
        'learning-rate': 0.01,
        prediction: 'x',
        json: true,
        widths: [16, 16],
      }),
    )
    const run = (...options: readonly string[]) =>
      elbo(
        ...[
          'train',
          'diffusion',
          '--data',
          '8-gaussians',
          '--batch-size',
          '64',
          '--levels',
          '50',
          '--examples',
          '512',
        ],
        ...[
          '--threads',
          '1',
          '--out',
          folder.at('configured'),
          '--overwrite',
          '--config',
          config,
          ...options,
        ],
      )
    const { steps, weightsHash } = summaryOf<DiffusionSummary>(await run('--steps', '3'))
    expect(steps).toBe(3)
    const same = await train(
      ...['--steps', '3', '--seed', '7', '--learning-rate', '0.01', '--prediction', 'x'],
      ...['--out', folder.at('given')],
    )
    expect(summaryOf<DiffusionSummary>(same).weightsHash).toBe(weightsHash)
  })

  it('names a file of options that is not there', async () => {
    const refused = await train('--out', folder.at('none'), '--config', folder.at('none.json'))
    expect(refused.code).toBe(66)
    expect(refused.stderr).toContain(`--config ${folder.at('none.json')} cannot be read`)
  })

  it('goes on with --resume where it stopped, bit for bit', async () => {
    const options = ['--learning-rate', '0.01', '--seed', '7', '--out', folder.at('parts'), '--resume']
    await train('--steps', '25', ...options)
    expect(summaryOf(await train('--steps', '60', ...options))).toMatchObject({
      weightsHash: summaryOf<DiffusionSummary>(ended).weightsHash,
      boundNats: summaryOf<DiffusionSummary>(ended).boundNats,
    })
  })
})

describe('elbo sample diffusion', () => {
  const sample = (checkpoint: string, name: string, ...options: readonly string[]) =>
    elbo('sample', 'diffusion', checkpoint, '--out', folder.at(name), '--threads', '1', ...options)

  it.each([
    ['ddim', ['--eta', '0.5']],
    ['heun', ['--spacing', 'karras']],
    ['unipc', ['--no-ema']],
  ])('draws by %s, the same for the same seed', async (sampler, options) => {
    const draw = (name: string, seed: string) =>
      sample(out, name, '--sampler', sampler, '--steps', '6', '--count', '50', '--seed', seed, ...options)
    const first = await draw('first', '3')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain(`50 samples by ${sampler} in 6 steps`)
    await draw('second', '3')
    await draw('third', '4')
    const points = (name: string) => readFileSync(folder.at(name, 'points.csv'), 'utf8')
    expect(points('first').split('\n')).toHaveLength(52)
    expect(points('second')).toBe(points('first'))
    expect(points('third')).not.toBe(points('first'))
    expect(readFileSync(folder.at('first', 'reverse.gif')).toString('latin1', 0, 6)).toBe('GIF89a')
    expect(decode(readFileSync(folder.at('first', 'samples.png'))).width).toBe(412)
  })

  it('takes the file of a checkpoint, too', async () => {
    expect(await sample(`${out}/diffusion.safetensors`, 'file', '--steps', '2')).toMatchObject({ code: 0 })
  })

  it.each([
    [['--steps', '51'], 64, /51 steps: a whole number from 1 to 50, the levels of the process/],
    [['--sampler', 'flow-euler'], 64, /flow-?euler.*rectified flows/i],
    [['--class', '3'], 64, /The model is told no classes/],
    [['--guidance', '2'], 64, /The model is told no classes/],
    [['--threshold', 'static'], 64, /--threshold is for images/],
  ])('%j is refused with its reason, and nothing is made', async (options, code, reason) => {
    const refused = await sample(out, 'refused', ...options)
    expect(refused).toMatchObject({ code, stdout: '' })
    expect(refused.stderr).toMatch(reason)
    expect(existsSync(folder.at('refused'))).toBe(false)
  })

  it('names a checkpoint that is missing, damaged, or of another model', async () => {
    const rubbish = folder.at('rubbish.safetensors')
    writeFileSync(rubbish, 'rubbish')
    const missing = await sample(folder.at('nowhere'), 'nothing')
    expect(missing.code).toBe(66)
    expect(missing.stderr).toContain(folder.at('nowhere'))
    const damaged = await sample(rubbish, 'nothing')
    expect(damaged.code).toBe(65)
    expect(damaged.stderr).toContain(rubbish)
    const cut = folder.at('cut.safetensors')
    writeFileSync(cut, readFileSync(`${out}/diffusion.safetensors`).subarray(0, -100))
    expect(await sample(cut, 'nothing')).toMatchObject({ code: 65 })
    const into = await elbo('sample', 'diffusion', out, '--out', rubbish, '--steps', '2', '--count', '2')
    expect(into.code).toBe(73)
    expect(into.stderr).toContain('a file stands in its place')
  })
})

describe('elbo evaluate diffusion', () => {
  interface Mean {
    readonly mean: number
    readonly standardError: number
  }
  interface Evaluation {
    readonly bound: { readonly nats: Mean }
    readonly flow: { readonly nats: Mean }
    readonly entropyNats: number
    readonly excessNats: Mean
  }

  it('says how likely fresh points are, by both routes', async () => {
    const options = ['--examples', '300', '--steps', '30', '--draws', '49', '--threads', '1']
    const { code, stdout } = await elbo('evaluate', 'diffusion', out, ...options, '--json')
    expect(code).toBe(0)
    const { bound, flow, entropyNats, excessNats } = JSON.parse(stdout) as Evaluation
    expect(entropyNats).toBeCloseTo(2.8319, 4)
    // No model comes below the entropy, and none of 60 steps comes near it.
    expect(flow.nats.mean).toBeGreaterThan(entropyNats + flow.nats.standardError)
    expect(bound.nats.mean).toBeGreaterThan(entropyNats)
    expect(excessNats.mean).toBeGreaterThan(4 * excessNats.standardError)
    const { boundNats } = summaryOf<DiffusionSummary>(ended)
    expect(Math.abs(bound.nats.mean - boundNats)).toBeLessThan(5 * bound.nats.standardError)
    const words = await elbo('evaluate', 'diffusion', out, ...options)
    expect(words.stdout).toMatch(/^300 examples of 8-gaussians\nby the bound {2}.* ± .* above the entropy\n/)
  })

  it.each([
    [['--data', 'fashion-mnist'], /--data is fashion-mnist, and the model is one of points/],
    [['--examples', '1'], /--examples is "1"; it takes a whole number from 2/],
  ])('%j is refused with its reason', async (options, reason) => {
    const refused = await elbo('evaluate', 'diffusion', out, ...options)
    expect(refused).toMatchObject({ code: 64, stdout: '' })
    expect(refused.stderr).toMatch(reason)
  })
})

describe('images', () => {
  const images = folder.at('images')

  it('are learned with their classes, drawn by class with guidance, and judged in bits', async () => {
    const trained = await elbo(
      ...['train', 'diffusion', '--data', 'fashion-mnist', '--widths', '4,4', '--steps', '3'],
      ...[
        '--batch-size',
        '8',
        '--levels',
        '4',
        '--examples',
        '16',
        '--threads',
        '1',
        '--out',
        images,
        '--json',
      ],
    )
    expect(trained).toMatchObject({ code: 0 })
    const { bitsPerDim, boundNats } = summaryOf<DiffusionSummary & { readonly bitsPerDim: number }>(trained)
    expect(bitsPerDim).toBeCloseTo(boundNats / 784 / Math.LN2, 6)
    const at = folder.at('class')
    const options = [
      '--class',
      '7',
      '--guidance',
      '2',
      '--count',
      '4',
      '--steps',
      '3',
      '--threshold',
      'dynamic',
    ]
    const drawn = await elbo('sample', 'diffusion', images, '--out', at, ...options)
    expect(drawn).toMatchObject({ code: 0, stderr: '' })
    const { width, height } = decode(readFileSync(`${at}/samples.png`))
    expect({ width, height }).toEqual({ width: 4 + 4 * 60, height: 64 })
    const refused = await elbo('sample', 'diffusion', images, '--out', at, '--class', '10')
    expect(refused).toMatchObject({ code: 64 })
    expect(refused.stderr).toContain('--class is 10; the model has the classes 0 to 9.')
    const judged = await elbo(
      ...['evaluate', 'diffusion', images, '--examples', '4', '--draws', '2', '--steps', '2', '--json'],
    )
    expect(JSON.parse(judged.stdout)).toMatchObject({
      data: 'fashion-mnist',
      examples: 4,
      bound: { bitsPerDim: { mean: expect.any(Number) } },
      flow: { bitsPerDim: { standardError: expect.any(Number) } },
    })
  })
})
