import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { elbo, elboWithin, main, metricsOf, start, summaryOf, temporaryFolder } from './command-line.js'

jest.setTimeout(120_000)

const folder = temporaryFolder()
const disk = folder.at('disk')

/** A file system of 16 MiB that holds nothing else, where this process may mount one: as root, outside some containers. */
const mounted = ((): boolean => {
  try {
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
afterAll(() => {
  if (mounted) execFileSync('umount', [disk])
  folder.remove()
})

const settings = [
  ...['train', 'vae', '--seed', '6', '--batch-size', '100', '--checkpoint-every', '1'],
  ...['--threads', '1', '--json'],
]
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Fills the small disk up to so many bytes. */
const fill = (filler: string, room: number): void => {
  const free =
    1024 * Number(execFileSync('df', ['--output=avail', disk], { encoding: 'utf8' }).split('\n')[1])
  if (free < room) throw new Error(`the disk has ${free} bytes left already, and ${room} were to stay`)
  writeFileSync(filler, new Uint8Array(free - room))
}

/** How much of the next checkpoint still finds room. */
const levels = [0, 0.01, 0.5, 0.99]

describe(`a disk that fills up (${mounted ? 'a small file system' : 'ulimit -f: none could be mounted'})`, () => {
  const whole = folder.at('whole')
  let weightsHash: string
  beforeAll(async () => {
    ;({ weightsHash } = summaryOf(await elbo(...settings, '--steps', '3', '--out', whole)))
  })

  it.each(levels)(
    'when %p of a checkpoint is written keeps the one before, from which --resume goes on',
    async level => {
      const out = mounted ? join(disk, 'run') : folder.at(`run-${level}`)
      const filler = join(disk, 'filler')
      const checkpoint = join(out, 'vae.safetensors')
      await elbo(...settings, '--steps', '1', '--out', out)
      const [before, { size }] = [hashOf(checkpoint), statSync(checkpoint)]

      const more = [...settings, '--steps', '3', '--out', out, '--resume']
      const room = Math.floor(level * size)
      if (mounted) fill(filler, room)
      const { code, stderr } = await (mounted ? elbo(...more) : elboWithin(Math.floor(room / 1024), ...more))
      expect(code).toBe(74)
      expect(stderr).toMatch(/run[^/]*\/(vae\.safetensors|metrics\.jsonl) cannot be written/)
      expect(hashOf(checkpoint)).toBe(before)
      expect(existsSync(`${checkpoint}.partial`)).toBe(false)

      rmSync(filler, { force: true })
      const resumed = await elbo(...more)
      expect(resumed).toMatchObject({ code: 0 })
      expect(summaryOf(resumed).weightsHash).toBe(weightsHash)
      expect(metricsOf(out)).toEqual(metricsOf(whole))
      rmSync(out, { recursive: true })
    },
  )
})

describe('a full disk', () => {
  it('before the first checkpoint ends the run with the name of the file, and leaves nothing half written', async () => {
    const out = folder.at('full')
    const { code, stderr } = await elboWithin(2000, 'train', 'vae', '--out', out)
    expect(code).toBe(74)
    expect(stderr).toContain(`${out}/vae.safetensors cannot be written`)
    expect(existsSync(`${out}/vae.safetensors`)).toBe(false)
    expect(existsSync(`${out}/vae.safetensors.partial`)).toBe(false)
  })

  it('where the results go does not pass for success', async () => {
    const full = openSync('/dev/full', 'w')
    const { code, stderr } = await start(
      process.execPath,
      [main, 'train', 'vae', '--out', folder.at('told'), '--steps', '1', '--json'],
      { stdio: ['ignore', full, 'pipe'] },
    ).ended
    closeSync(full)
    expect(code).toBe(74)
    expect(stderr).toMatch(/The standard output cannot be written: .*ENOSPC/)
  })
})
