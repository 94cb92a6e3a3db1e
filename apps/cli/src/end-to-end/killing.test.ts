import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { threefry2x32 } from '@elbo/tensor'
import { main, metricsOf, start, summaryOf, temporaryFolder, type Running } from './command-line.js'

jest.setTimeout(180_000)

const folder = temporaryFolder()
afterAll(folder.remove)

const steps = 12
const settings = [
  ...['train', 'vae', '--seed', '4', '--batch-size', '50', '--steps', String(steps)],
  ...['--checkpoint-every', '1', '--threads', '1', '--json'],
]

const begin = (out: string, ...options: readonly string[]): Running =>
  start(process.execPath, [main, ...settings, '--out', out, ...options])

/** Uniform in [0, 1), the same in every run of these tests. */
const fraction = (n: number): number => threefry2x32([20, 9], [n, 0])[0] / 2 ** 32

/** All that a checkpoint says of the numbers of a run: parameters, optimiser state and key, to the bit. */
const stateHash = (out: string): string => {
  const bytes = readFileSync(join(out, 'vae.safetensors'))
  return createHash('sha256')
    .update(bytes.subarray(8 + Number(bytes.readBigUInt64LE())))
    .digest('hex')
}

const toTheEnd = async (out: string, ...options: readonly string[]) => {
  const ended = await begin(out, ...options).ended
  expect(ended).toMatchObject({ code: 0 })
  return {
    weights: summaryOf(ended).weightsHash,
    state: stateHash(out),
    metrics: metricsOf(out),
    files: readdirSync(out).sort(),
  }
}

const partialOf = (out: string): string => join(out, 'vae.safetensors.partial')

/** Kills a run after so many milliseconds. */
const killedAfter = async (out: string, milliseconds: number): Promise<boolean> => {
  const run = begin(out, '--resume')
  const timer = setTimeout(() => run.process.kill('SIGKILL'), milliseconds)
  const { signal } = await run.ended
  clearTimeout(timer)
  return signal === 'SIGKILL'
}

/** Kills a run as soon as it writes its n-th checkpoint. */
const killedInWrite = async (out: string, n: number): Promise<boolean> => {
  await start('mkdir', ['-p', out]).ended
  const partial = partialOf(out)
  let begun = 0
  let there = false
  const watcher = watch(out, () => {
    const now = existsSync(partial)
    if (now && !there) begun += 1
    there = now
    if (now && begun >= n) run.process.kill('SIGKILL')
  })
  const run = begin(out, '--resume')
  const { signal } = await run.ended
  watcher.close()
  return signal === 'SIGKILL'
}

/** Two at a time, for such runs leave a second processor idle. */
const inTwoLanes = async <A>(tasks: readonly (() => Promise<A>)[]): Promise<readonly A[]> => {
  const queue = tasks.entries()
  const results: A[] = []
  const lane = async () => {
    for (const [position, task] of queue) results[position] = await task()
  }
  await Promise.all([lane(), lane()])
  return results
}

describe('a run that SIGKILL ends', () => {
  it('at any of 20 random moments goes on as if nothing had happened, with --resume', async () => {
    const before = performance.now()
    const whole = await toTheEnd(folder.at('whole'))
    const duration = performance.now() - before

    const moments = Array.from({ length: 20 }, (_, n) => async () => {
      const out = folder.at(`killed-${n}`)
      // Half of the moments lie anywhere in the run, half in the writing of one of its checkpoints.
      if (n % 2 === 0) {
        // A run that was faster than the first is over before its moment: an earlier one it is.
        for (let moment = fraction(n) * duration; !(await killedAfter(out, moment)); moment /= 2)
          await start('rm', ['-r', out]).ended
      } else {
        // A busy machine tells late of files, and of some not at all: an earlier one it is, then, too.
        for (
          let write = 1 + Math.floor(fraction(n) * steps);
          !(await killedInWrite(out, write));
          write = Math.ceil(write / 2)
        )
          await start('rm', ['-r', out]).ended
      }
      const leftPartial = existsSync(partialOf(out))
      return { leftPartial, ended: await toTheEnd(out, '--resume') }
    })
    const resumed = await inTwoLanes(moments)
    expect(resumed.map(({ ended }) => ended)).toEqual(moments.map(() => whole))
    // The moments did hit what they were meant to hit.
    expect(resumed.filter(({ leftPartial }) => leftPartial).length).toBeGreaterThanOrEqual(5)
  })
})
