import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'

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

describe('the benchmarks, when they are ended', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('leave nobody behind: %s', async signal => {
    const args = ['--only', '^matmul-512$', '--implementations', '^elbo-reference$', '--runs', '1000']
    started = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { foreground } from ${JSON.stringify(foreground)}
        foreground(${JSON.stringify(main)}, ${JSON.stringify(args)})`,
      ],
      { stdio: 'ignore' },
    )
    const pid = started.pid as number
    const whole = await eventually(() => {
      const found = below(pid)
      return found.some(({ command }) => command.includes('contestant.js')) ? found : undefined
    })
    expect(whole.length).toBeGreaterThan(1)
    process.kill(pid, signal)
    await eventually(() =>
      processes().some(found => whole.some(({ pid }) => pid === found.pid)) ? undefined : 'gone',
    )
  })
})
