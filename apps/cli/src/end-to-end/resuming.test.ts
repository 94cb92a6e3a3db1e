import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import {
  checkpointOf,
  elbo,
  linesLogged,
  main,
  metricsOf,
  start,
  summaryOf,
  temporaryFolder,
  type Running,
} from './command-line.js'

jest.setTimeout(120_000)

const folder = temporaryFolder()
afterAll(folder.remove)

const settings = [
  'train',
  'vae',
  '--seed',
  '3',
  '--batch-size',
  '500',
  '--checkpoint-every',
  '2',
  '--threads',
  '1',
  '--json',
]
/** 24 steps of 500 images make an epoch: one run goes a little into the second, the other stays in the first. */
const long = ['--epochs', '2', '--steps', '27']
const short = ['--epochs', '2', '--steps', '10']

interface Whole {
  readonly weightsHash: string
  readonly metrics: readonly object[]
}

const runs = new Map<readonly string[], Promise<Whole>>()

/** What a run that nothing interrupts comes to; carried out once. */
const uninterrupted = (length: readonly string[]): Promise<Whole> => {
  const out = folder.at(`whole-${length.join('')}`)
  const run =
    runs.get(length) ??
    elbo(...settings, ...length, '--out', out).then(ended => ({
      weightsHash: summaryOf(ended).weightsHash,
      metrics: metricsOf(out),
    }))
  runs.set(length, run)
  return run
}

const begin = (out: string, length: readonly string[], ...options: readonly string[]): Running =>
  start(process.execPath, [main, ...settings, ...length, '--out', out, ...options])

/** The run in `out`, resumed, ends as if nothing had happened. */
const expectToContinue = async (out: string, length: readonly string[]) => {
  const ended = await begin(out, length, '--resume').ended
  expect(ended).toMatchObject({ code: 0 })
  const { weightsHash } = summaryOf(ended)
  expect({ weightsHash, metrics: metricsOf(out) }).toEqual(await uninterrupted(length))
}

describe('a run that is killed', () => {
  it('goes on bit for bit with --resume, whenever it was, and forgets a line that it logged by half', async () => {
    const out = folder.at('killed')
    for (const lines of [1, 9, 24]) {
      const run = begin(out, long, '--resume')
      await linesLogged(out, lines)
      await delay(100 * Math.random())
      run.process.kill('SIGKILL')
      expect(await run.ended).toMatchObject({ signal: 'SIGKILL' })
    }
    writeFileSync(`${out}/metrics.jsonl`, '{"type":"step","epoch":2,"st', { flag: 'a' })
    await expectToContinue(out, long)
  })
})

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, code) => {
  it(`ends the step, writes a checkpoint of it and exits with ${code}`, async () => {
    const out = folder.at(signal)
    const run = begin(out, short)
    await linesLogged(out, 3)
    run.process.kill(signal)
    const ended = await run.ended
    expect(ended).toMatchObject({ code, signal: null, stdout: '' })
    expect(ended.stderr).toContain(`${signal}: finishing this step`)
    const stoppedAfter = Number(
      /stopped after step (\d+) of epoch 1; .*--resume continues/.exec(ended.stderr)?.[1],
    )
    expect(metricsOf(out)).toHaveLength(stoppedAfter)
    const { cursor } = checkpointOf(out)
    expect(cursor).toEqual({ epoch: 0, batch: stoppedAfter })
  })
})

describe('a run that Ctrl-C ended', () => {
  it('goes on bit for bit with --resume', async () => {
    await expectToContinue(folder.at('SIGINT'), short)
  })
})

describe('a second Ctrl-C', () => {
  it('ends the process at once, even where it would not stop by itself', async () => {
    const script = `
      const { interruption } = await import(process.argv[1])
      interruption(signal => console.log(signal))
      setInterval(() => undefined, 1000)
      console.log('ready')`
    const { process: child, ended } = start(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
      new URL('../../dist/interruption.js', import.meta.url).href,
    ])
    child.stdout?.on('data', () => child.kill('SIGINT'))
    expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: 'ready\nSIGINT\n' })
  })
})
