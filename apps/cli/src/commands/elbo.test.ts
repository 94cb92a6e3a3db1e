import { writeFileSync } from 'node:fs'
import { describe, expect, it, jest } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { exitCodes } from '../failure.js'
import { elbo, temporaryFolder } from '../end-to-end/command-line.js'
import { readCommand } from './elbo.js'

jest.setTimeout(30_000)

const vae = (...options: readonly string[]) => readCommand(['train', 'vae', ...options])

describe('the command line', () => {
  it('is decoded, with what was not given at its default', () => {
    expect(vae('--out', 'runs/a', '--epochs=2', '--seed', '4294967295', '--threads', '2', '--json')).toEqual(
      E.right({
        _tag: 'TrainVae',
        options: {
          configuration: {},
          epochs: 2,
          seed: 4294967295,
          out: 'runs/a',
          data: undefined,
          backend: 'cpu',
          threads: 2,
          batchSize: 128,
          learningRate: 0.001,
          warmUp: 0,
          decay: 'none',
          clip: undefined,
          patience: undefined,
          steps: undefined,
          checkpointEvery: undefined,
          resume: false,
          overwrite: false,
          json: true,
        },
      }),
    )
  })

  it.each([
    [['--out', 'a', '--epochs', '0'], '--epochs is "0"; it takes a whole number from 1 to 1000000.'],
    [['--out', 'a', '--epochs', '1.5'], '--epochs is "1.5"'],
    [['--out', 'a', '--epochs', '1e3'], '--epochs is "1e3"'],
    [['--out', 'a', '--seed', '-1'], '--seed is "-1"; it takes a whole number from 0 to 4294967295.'],
    [['--out', 'a', '--seed', '4294967296'], '--seed is "4294967296"'],
    [['--out', 'a', '--threads', '0'], '--threads is "0"'],
    [['--out', 'a', '--learning-rate', 'fast'], '--learning-rate is "fast"; it takes a number above 0'],
    [['--out', 'a', '--learning-rate', '-0.1'], '--learning-rate is "-0.1"'],
    [['--out', 'a', '--warm-up', '-1'], '--warm-up is "-1"; it takes a whole number of at least 0.'],
    [['--out', 'a', '--decay', 'fast'], '--decay is "fast"; it takes none, linear or cosine.'],
    [['--out', 'a', '--clip', '0'], '--clip is "0"; it takes a number above 0'],
    [['--out', 'a', '--patience', '0'], '--patience is "0"; it takes a whole number of at least 1.'],
    [['--out', 'a', '--backend', 'gpu'], '--backend is "gpu"; it takes cpu or reference.'],
    [['--out', 'a', '--backend', 'reference', '--threads', '2'], 'the reference backend has one thread'],
    [['--out', 'a', '--resume', '--overwrite'], '--resume and --overwrite exclude each other'],
    [['--out', 'a', '--epoch', '3'], 'There is no option --epoch. Did you mean --epochs?'],
    [['--out', 'a', '-v'], 'There is no option -v.'],
    [['--out', 'a', 'b'], '"b" stands where an option was expected'],
    [['--out'], '--out needs a value.'],
    [['--out', '--json'], '--out needs a value.'],
    [[], '--out is missing'],
  ])('%j is refused with its reason', (options, reason) => {
    const command = vae(...options)
    expect(command).toMatchObject({ _tag: 'Left', left: { exitCode: exitCodes.usage } })
    if (E.isLeft(command)) expect(command.left.message).toContain(reason)
  })

  it.each([
    [['train', 'gru', '--out', 'a', '--steps', '0'], '--steps is "0"; it takes a whole number from 1'],
    [['train', 'gru', '--out', 'a', '--hidden', 'x'], '--hidden is "x"'],
    [['train', 'gru', '--out', 'a', '--length', '0'], '--length is "0"'],
    [['train', 'gru', '--out', 'a', '--epochs', '2'], 'There is no option --epochs.'],
    [['train', 'gru'], '--out is missing'],
    [['evaluate', 'vae'], 'CHECKPOINT is missing; it names a checkpoint, or the folder of a run'],
    [['evaluate', 'vae', 'a', 'b'], '"b" stands where an option was expected'],
    [['evaluate', 'vae', 'a', '--samples', '-1'], '--samples is "-1"; it takes a whole number from 0'],
    [['evaluate', 'vae', 'a', '--examples', '1'], '--examples is "1"; it takes a whole number from 2'],
    [['evaluate', 'vae', 'a', '--sample', '1'], 'There is no option --sample. Did you mean --samples?'],
    [['sample', 'vae', 'a'], '--out is missing'],
    [['sample', 'vae', '--out', 'b'], 'CHECKPOINT is missing'],
    [
      ['sample', 'vae', 'a', '--out', 'b', '--traverse', 'x'],
      '--traverse is "x"; it takes dimensions such as',
    ],
    [['sample', 'vae', 'a', '--out', 'b', '--dimensions', '1,1'], '--dimensions is "1,1"; it takes two'],
    [
      ['sample', 'vae', 'a', '--out', 'b', '--path', 'round'],
      '--path is "round"; it takes spherical or linear',
    ],
    [['sample', 'vae', 'a', '--out', 'b', '--manifold', '1'], '--manifold is "1"'],
    [['sample', 'gru'], 'One of --out (the folder of a run) and --checkpoint (a file) is needed'],
    [['sample', 'gru', '--out', 'a', '--checkpoint', 'b'], 'is needed, and only one.'],
    [['sample', 'gru', '--out', 'a', '--temperature', '-1'], '--temperature is "-1"; it takes a number of'],
    [
      ['sample', 'gru', '--out', 'a', '--top-p', '0'],
      '--top-p is "0"; it takes a number above 0 and at most 1',
    ],
    [['sample', 'gru', '--out', 'a', '--top-p', '1.5'], '--top-p is "1.5"'],
    [
      ['sample', 'gru', '--out', 'a', '--top-k', '0'],
      '--top-k is "0"; it takes a whole number of at least 1.',
    ],
    [['sample', 'gru', '--out', 'a', '--prompt', ''], '--prompt needs a value.'],
    [['train', 'diffusion', '--out', 'a'], '--data is missing; it names what is learned'],
    [['train', 'diffusion', '--data', 'moons'], '--out is missing'],
    [
      ['train', 'diffusion', '--data', 'moons', '--out', 'a', '--schedule', 'sine'],
      'it takes cosine, linear, scaled-linear or sigmoid.',
    ],
    [
      ['train', 'diffusion', '--data', 'moons', '--out', 'a', '--prediction', 'y'],
      'it takes epsilon, x, v, score or velocity.',
    ],
    [
      ['train', 'diffusion', '--data', 'moons', '--out', 'a', '--widths', '3,a'],
      '--widths is "a"; it takes a whole number from 1',
    ],
    [
      ['train', 'diffusion', '--data', 'moons', '--out', 'a', '--label-dropout', '1'],
      '--label-dropout is "1"; it takes a number from 0 to below 1',
    ],
    [
      ['sample', 'diffusion', 'a', '--out', 'b', '--sampler', 'hein'],
      '--sampler is "hein"; it takes ancestral, ddim, dpm-solver-2m, dpm-solver-2m-sde, euler, euler-ancestral, flow-euler, flow-heun, heun, lms or unipc.',
    ],
    [
      ['sample', 'diffusion', 'a', '--out', 'b', '--spacing', 'x'],
      'it takes linspace, leading, trailing, karras or exponential.',
    ],
    [
      ['sample', 'diffusion', 'a', '--out', 'b', '--sampler', 'heun', '--eta', '1'],
      '--eta is for ddim, dpm-solver-2m-sde, euler-ancestral; heun has no such choice.',
    ],
    [
      ['sample', 'diffusion', 'a', '--out', 'b', '--eta', '2'],
      '--eta is "2"; it takes a number from 0 to 1.',
    ],
    [
      ['sample', 'diffusion', 'a', '--out', 'b', '--ema', '--no-ema'],
      '--ema and --no-ema exclude each other.',
    ],
    [
      ['sample', 'diffusion', '--out', 'b'],
      'It takes a checkpoint, or the folder of a run, before its options.',
    ],
    [['evaluate', 'diffusion'], 'It takes a checkpoint'],
    [['evaluate', 'diffusion', 'a', '--probes', '0'], '--probes is "0"'],
  ])('%j is refused with its reason', (args, reason) => {
    const command = readCommand(args)
    expect(command).toMatchObject({ _tag: 'Left', left: { exitCode: exitCodes.usage } })
    if (E.isLeft(command)) expect(command.left.message).toContain(reason)
  })

  it.each([
    ['{"steps": 1, "speed": 2}', exitCodes.usage, 'there is no option "speed". It knows data, steps, seed,'],
    ['{"resume": 1}', exitCodes.usage, '"resume" is 1; it takes true or false.'],
    ['{"steps": {}}', exitCodes.usage, '"steps" is {}; it takes a text or a number.'],
    ['[]', exitCodes.usage, 'it takes a JSON object of options.'],
    ['{"steps": "x"}', exitCodes.usage, '--steps is "x"; it takes a whole number from 1'],
    ['{', exitCodes.data, 'is no JSON:'],
  ])('a --config of %s is refused with its reason', (content, exitCode, reason) => {
    const folder = temporaryFolder()
    const config = folder.at('config.json')
    writeFileSync(config, content)
    const command = readCommand(['train', 'diffusion', '--data', 'moons', '--out', 'a', '--config', config])
    folder.remove()
    expect(command).toMatchObject({ _tag: 'Left', left: { exitCode } })
    if (E.isLeft(command)) expect(command.left.message).toContain(reason)
  })

  it('is decoded for diffusion, with what was not given at its default', () => {
    expect(readCommand(['sample', 'diffusion', 'runs/a', '--out', 'b', '--class', '3', '--no-ema'])).toEqual(
      E.right({
        _tag: 'SampleDiffusion',
        options: {
          checkpoint: 'runs/a',
          out: 'b',
          sampler: 'ddim',
          spacing: 'trailing',
          steps: undefined,
          eta: undefined,
          guidance: 1,
          threshold: undefined,
          class: 3,
          count: undefined,
          seed: 1,
          average: false,
          backend: 'cpu',
          threads: undefined,
        },
      }),
    )
  })

  it('is decoded for the GRU, with what was not given at its default', () => {
    expect(readCommand(['train', 'gru', '--out', 'runs/a', '--steps', '7'])).toEqual(
      E.right({
        _tag: 'TrainGru',
        options: {
          steps: 7,
          seed: 1,
          out: 'runs/a',
          data: undefined,
          backend: 'cpu',
          threads: undefined,
          hidden: 256,
          layers: 1,
          embedding: 64,
          batchSize: 64,
          length: 64,
          stepsPerEpoch: 500,
          learningRate: 0.002,
          warmUp: 0,
          decay: 'none',
          clip: 1,
          checkpointEvery: undefined,
          resume: false,
          overwrite: false,
          json: false,
        },
      }),
    )
    expect(readCommand(['sample', 'gru', '--checkpoint', 'a', '--top-p', '0.9'])).toEqual(
      E.right({
        _tag: 'SampleGru',
        options: {
          prompt: undefined,
          length: 400,
          temperature: 1,
          topK: undefined,
          topP: 0.9,
          seed: 1,
          from: { checkpoint: 'a' },
          backend: 'cpu',
          threads: undefined,
        },
      }),
    )
  })

  it('is decoded for evaluations and pictures, with what was not given at its default', () => {
    expect(readCommand(['evaluate', 'vae', 'runs/a', '--examples', '50'])).toEqual(
      E.right({
        _tag: 'EvaluateVae',
        options: {
          checkpoint: 'runs/a',
          data: undefined,
          samples: 200,
          examples: 50,
          refined: 100,
          sandwich: 50,
          seed: 0,
          json: false,
          costly: ['--examples'],
          backend: 'cpu',
          threads: undefined,
        },
      }),
    )
    expect(
      readCommand(['sample', 'vae', 'runs/a', '--out', 'b', '--traverse', '0,3', '--dimensions', '1,0']),
    ).toEqual(
      E.right({
        _tag: 'SampleVae',
        options: {
          checkpoint: 'runs/a',
          out: 'b',
          count: 100,
          seed: 1,
          interpolate: undefined,
          path: 'spherical',
          traverse: [0, 3],
          manifold: undefined,
          dimensions: [1, 0],
          data: undefined,
          backend: 'cpu',
          threads: undefined,
        },
      }),
    )
  })

  it('names all values that are wrong at once', () => {
    const command = vae('--epochs', '0', '--seed', 'x', '--threads', '-2')
    expect(E.isLeft(command) && command.left.message.split('\n')).toHaveLength(5)
  })

  it.each([
    [[], 'It knows: "elbo train", "elbo evaluate", "elbo sample"'],
    [['trian'], 'There is no "elbo trian". Did you mean train?'],
    [['train'], 'It knows: "elbo train vae", "elbo train gru"'],
    [['sample', 'gan'], 'There is no "elbo sample gan".'],
    [['evaluate', 'gru'], 'There is no "elbo evaluate gru".'],
    [['train', 'gan'], 'There is no "elbo train gan".'],
    [['--vae'], 'There is no option --vae.'],
  ])('%j is no command', (args, reason) => {
    const command = readCommand(args)
    expect(E.isLeft(command) && command.left.message).toContain(reason)
  })
})

describe('elbo, built', () => {
  it('exits with 64 where the command line is wrong', async () => {
    expect(await elbo('train', 'vae', '--epochs', '0', '--out', 'a')).toMatchObject({ code: 64, stdout: '' })
  })

  it.each([
    [['--help'], 'elbo <command>'],
    [['train', '-h'], 'elbo train <command>'],
    [['train', 'vae', '--help'], '--learning-rate <x>'],
    [['train', 'vae', '--help'], '--decay <name>'],
    [['train', 'gru', '--help'], '--steps-per-epoch <n>'],
    [['sample', '--help'], 'elbo sample <command>'],
    [['sample', 'gru', '--help'], '--top-p <x>'],
    [['train', 'vae', '--help'], 'likelihood  bernoulli, continuous-bernoulli, normal'],
    [['evaluate', '--help'], 'elbo evaluate <command>'],
    [['evaluate', 'vae', '--help'], '--samples <n>'],
    [['sample', 'vae', '--help'], '--interpolate <n>'],
  ])('%j prints help with an example', async (args, part) => {
    const { code, stdout, stderr } = await elbo(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(part)
    expect(stdout).toMatch(/EXAMPLES:\s+elbo (train|evaluate|sample) (vae|gru) /)
  })

  it('tells its version', async () => {
    expect((await elbo('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
