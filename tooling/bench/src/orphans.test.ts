import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'

const handles = join(import.meta.dirname, 'handles.js')
const main = join(import.meta.dirname, 'main.js')
const foreground = join(import.meta.dirname, '../../tasks/foreground.js')

interface Running {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Every process that runs: what has ended and waits to be asked for its exit code is none. */
const processes = (): Running[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap(line => {
      const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      return command === undefined || state.startsWith('Z')
        ? []
        : [{ pid: Number(pid), parent: Number(parent), command }]
    })

const below = (pid: number): Running[] => {
  const all = processes()
  const among = [pid]
  for (const at of among) among.push(...all.filter(({ parent }) => parent === at).map(found => found.pid))
  return all.filter(found => found.pid !== pid && among.includes(found.pid))
}

/** Asks again until it is so, for half a minute at most. */
const eventually = async <A>(ask: () => A | undefined): Promise<A> => {
  for (let tries = 0; tries < 300; tries++) {
    const answer = ask()
    if (answer !== undefined) return answer
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('it did not come about')
}

let started: ChildProcess | undefined
afterEach(() => {
  started?.kill('SIGKILL')
})

/** Runs a script and waits until a contestant runs below it; yields the process and all that it has started. */
const withContestant = async (script: string): Promise<{ pid: number; whole: readonly Running[] }> => {
  started = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  const pid = started.pid as number
  const whole = await eventually(() => {
    const found = below(pid)
    return found.some(({ command }) => command.includes('contestant.js')) ? found : undefined
  })
  return { pid, whole }
}

const gone = (whole: readonly Running[]): Promise<string> =>
  eventually(() =>
    processes().some(found => whole.some(({ pid }) => pid === found.pid)) ? undefined : 'gone',
  )

describe('the benchmarks, when they are ended', () => {
  // A work that takes longer than this test waits.
  const args = ['--only', '^gru-step$', '--implementations', '^elbo-reference$']
  const script = `import { foreground } from ${JSON.stringify(foreground)}
    foreground(${JSON.stringify(main)}, ${JSON.stringify(args)})`

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('leave nobody behind: %s', async signal => {
    const { pid, whole } = await withContestant(script)
    expect(whole.length).toBeGreaterThan(1)
    process.kill(pid, signal)
    expect(await gone(whole)).toBe('gone')
  })
})

describe('a contestant', () => {
  it('ends with its parent, in the middle of a turn too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elbo-orphans-'))
    const [file, ready] = [join(folder, 'x.f32'), join(folder, 'ready')]
    writeFileSync(file, new Uint8Array(4))
    try {
      const task = {
        ...{ implementation: 'elbo-reference', kind: 'overhead', sizes: {}, compares: 'array', threads: 1 },
        ...{ arrays: { x: { shape: [1], file } }, resultFile: join(folder, 'result') },
      }
      const { pid, whole } = await withContestant(`import { writeFileSync } from 'node:fs'
        import { inNode } from ${JSON.stringify(handles)}
        const { ask } = inNode()
        await ask({ type: 'setup', task: ${JSON.stringify(task)} }, 60_000)
        const turn = ask({ type: 'run', warmMs: 0, leastMs: 300_000 }, 300_000)
        writeFileSync(${JSON.stringify(ready)}, '')
        await turn`)
      await eventually(() => (existsSync(ready) ? 'ready' : undefined))
      process.kill(pid, 'SIGKILL')
      expect(await gone(whole)).toBe('gone')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
