import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import {
  checkpointOf,
  elbo,
  linesLogged,
  main,
  metricsOf,
  start,
  summaryOf,
  temporaryFolder,
  type Ended,
  type GruSummary,
} from './command-line.js'

jest.setTimeout(60_000)

const folder = temporaryFolder()
afterAll(folder.remove)

const text = folder.at('counting.txt')
const counted = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
writeFileSync(text, `${counted.join(' and ')}.\n`.repeat(800))

const small = ['--hidden', '12', '--embedding', '6', '--batch-size', '8', '--length', '16']
const epochs = ['--steps', '12', '--steps-per-epoch', '5']
const train = (...options: readonly string[]) =>
  elbo('train', 'gru', '--data', text, ...small, '--json', ...options)
const out = folder.at('runs', 'gru')
let ended: Ended
beforeAll(async () => {
  ended = await train(...epochs, '--seed', '7', '--threads', '1', '--out', out)
})

describe('elbo train gru', () => {
  it('ends well, and prints nothing but one JSON object to the standard output', () => {
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout.split('\n')).toHaveLength(2)
    expect(summaryOf(ended)).toEqual({
      model: 'gru',
      seed: 7,
      steps: 12,
      trainBitsPerCharacter: expect.any(Number),
      bitsPerCharacter: expect.any(Number),
      secondsPerEpoch: expect.any(Number),
      backend: 'cpu',
      threads: 1,
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('logs every step, and each epoch with the bits of the text that is held out', () => {
    const metrics = { loss: expect.any(Number), bitsPerCharacter: expect.any(Number) }
    const step = (epoch: number, number: number) => ({
      ...{ type: 'step', epoch, step: number, train: metrics },
      learningRate: Math.fround(0.002),
    })
    const epoch = (number: number) => ({ type: 'epoch', epoch: number, train: metrics, test: metrics })
    const five = [1, 2, 3, 4, 5]
    expect(metricsOf(out)).toEqual([
      ...five.map(number => step(1, number)),
      epoch(1),
      ...five.map(number => step(2, number)),
      epoch(2),
      step(3, 1),
      step(3, 2),
    ])
  })

  it('says what runs, and lets the model write after each epoch', () => {
    const characters = readFileSync(text, 'utf8').length
    const whole = new Intl.NumberFormat('en-GB')
    expect(ended.stderr).toContain(
      `${whole.format(0.9 * characters)} characters to learn from and ${whole.format(0.1 * characters)} held out`,
    )
    expect(ended.stderr).toMatch(/^backend cpu, 1 thread$/m)
    expect(ended.stderr).toMatch(
      /^epoch 2\/3 {2}after 10 steps {2}train .* held out .* bits per character.*\n {2}│ /m,
    )
    expect(ended.stderr).not.toContain('\u001b')
    expect(readFileSync(`${out}/sample.txt`, 'utf8').length).toBeGreaterThan(900)
  })

  it('keeps the weights under their paths, and what it remembers of the text', () => {
    const { tensors, cursor } = checkpointOf(out, 'gru.safetensors')
    expect(tensors['parameters.head.weight'].shape).toEqual([12, 19])
    expect(tensors['carried.0.forward'].shape).toEqual([8, 12])
    expect(cursor).toEqual({ epoch: 2, batch: 2 })
  })

  it('gives the same weights again, however long its epochs are taken to be, and another seed others', async () => {
    const run = async (...options: string[]) =>
      summaryOf(await train(...epochs, '--overwrite', '--out', folder.at('other'), ...options))
    const { weightsHash } = summaryOf(ended)
    expect((await run('--seed', '7', '--steps-per-epoch', '50')).weightsHash).toBe(weightsHash)
    expect((await run('--seed', '8')).weightsHash).not.toBe(weightsHash)
  })

  it('learns', async () => {
    const learned = await train('--steps', '400', '--learning-rate', '0.02', '--out', folder.at('learned'))
    const { steps, bitsPerCharacter } = summaryOf<GruSummary>(learned)
    expect(steps).toBe(400)
    expect(bitsPerCharacter).toBeLessThan(0.5)
    const drawn = await elbo(
      'sample',
      'gru',
      '--out',
      folder.at('learned'),
      '--temperature',
      '0',
      '--prompt',
      'one ',
    )
    const words = drawn.stdout.split(/[ .\n]+/).slice(0, -2)
    expect(words.length).toBeGreaterThan(40)
    for (const word of words) expect([...counted, 'and']).toContain(word)
  })
})

describe('a run that Ctrl-C ended', () => {
  it('goes on bit for bit with --resume, and further with more --steps, on one thread as on two', async () => {
    // Large enough for two threads, and to last until the signal comes.
    const sizes = ['--hidden', '64', '--batch-size', '32', '--checkpoint-every', '20', '--json']
    const settings = ['train', 'gru', '--data', text, ...sizes]
    const out = folder.at('stopped')
    const part = [...settings, '--threads', '1', '--steps', '40', '--out', out]
    const run = start(process.execPath, [main, ...part])
    await linesLogged(out, 2)
    run.process.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' })
    const { steps } = summaryOf<GruSummary>(await elbo(...part, '--resume'))
    expect(steps).toBe(40)
    const resumed = summaryOf<GruSummary>(await elbo(...part.with(part.indexOf('40'), '44'), '--resume'))
    const whole = [...settings, '--threads', '2', '--steps', '44', '--out', folder.at('whole')]
    expect(summaryOf(await elbo(...whole))).toEqual({ ...resumed, threads: 2 })
    expect(metricsOf(out)).toEqual(metricsOf(folder.at('whole')))
  })
})

describe('elbo sample gru', () => {
  const sample = (...options: readonly string[]) =>
    elbo('sample', 'gru', '--length', '40', '--threads', '1', ...options)
  const drawn = async (...options: readonly string[]) => (await sample('--out', out, ...options)).stdout

  it('writes on after a prompt, the same for the same seed', async () => {
    const first = await drawn('--prompt', 'one and', '--seed', '3')
    expect(first.startsWith('one and')).toBe(true)
    expect(first).toHaveLength('one and'.length + 40 + 1)
    const same = await sample('--checkpoint', `${out}/gru.safetensors`, '--prompt', 'one and', '--seed', '3')
    expect(same).toMatchObject({ code: 0, stdout: first, stderr: '' })
    expect(await drawn('--prompt', 'one and', '--seed', '4')).not.toBe(first)
  })

  it('takes the likeliest at a temperature of 0, of the one likeliest, and of the least nucleus', async () => {
    const likeliest = await drawn('--temperature', '0')
    expect(likeliest).toHaveLength(41)
    expect(await drawn('--top-k', '1', '--seed', '9')).toBe(likeliest)
    expect(await drawn('--top-p', '0.000001', '--seed', '9')).toBe(likeliest)
  })

  it.each([
    [['--prompt', 'one Q'], 64, /--prompt: the character "Q" at 4 is not in the vocabulary/],
    [['--out', folder.at('nowhere')], 66, /There is no checkpoint .*nowhere\/gru\.safetensors/],
    [['--checkpoint', text], 65, /counting\.txt/],
  ])('%j is refused with its reason', async (options, code, reason) => {
    const given = options.includes('--prompt') ? ['--out', out, ...options] : options
    const refused = await sample(...given)
    expect(refused).toMatchObject({ code, stdout: '' })
    expect(refused.stderr).toMatch(reason)
  })
})

describe('what a GRU cannot be trained with or into', () => {
  const foreign = folder.at('latin1.txt')
  writeFileSync(foreign, Buffer.from('caf\u00e9 '.repeat(99), 'latin1'))
  const short = folder.at('short.txt')
  writeFileSync(short, 'too short'.repeat(99))

  it.each([
    ['a text that is not UTF-8', foreign, 65, /latin1\.txt: the bytes from 4 on are not UTF-8/],
    [
      'a text that is too short',
      short,
      65,
      /short\.txt has 891 characters.*64 streams of 64 .*need 4,097 and 65/,
    ],
    ['a text that is missing', folder.at('none.txt'), 66, /none\.txt/],
  ])('%s is named, before anything is made', async (_, data, code, reason) => {
    const refused = await elbo('train', 'gru', '--data', data, '--out', folder.at('nothing'))
    expect(refused).toMatchObject({ code, stdout: '' })
    expect(refused.stderr).toMatch(reason)
    expect(existsSync(folder.at('nothing'))).toBe(false)
  })

  it.each([
    [[], 73, /already holds a run \(seed 7, at epoch 3, step 2\).*--resume.*--overwrite/],
    [['--resume', '--seed', '8'], 64, /a run with seed 7, not 8/],
    [['--resume', '--seed', '7', '--hidden', '13'], 64, /architecture \[6,12,1\], not \[6,13,1\]/],
    [['--resume', '--seed', '7', '--steps', '11'], 64, /beyond --steps 11\. Ask for at least 12 steps/],
  ])('the run in a folder is kept from %j', async (options, code, reason) => {
    const before = readFileSync(`${out}/gru.safetensors`)
    const refused = await train(...epochs, '--out', out, ...options)
    expect(refused).toMatchObject({ code, stdout: '' })
    expect(refused.stderr).toMatch(reason)
    expect(readFileSync(`${out}/gru.safetensors`).equals(before)).toBe(true)
  })
})
