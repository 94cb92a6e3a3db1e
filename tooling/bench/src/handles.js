import { fork, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * A contestant in a process of its own, so that its memory can be told apart. `ask` sends a message and waits for its answer, for so many
 * milliseconds: who gives none by then is stopped, and has failed.
 * @typedef {{ ask: (message: object, limit: number) => Promise<any>, stop: () => void }} Handle
 */

/** Processes still running. They end with this one; where this one is killed, they notice that their parent is gone. */
const running = new Set()
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')))

const answers = (child, listen) => {
  running.add(child)
  child.on('exit', () => running.delete(child))
  let waiting
  const settle = answer => {
    waiting?.(answer)
    waiting = undefined
  }
  child.on('exit', (code, signal) =>
    settle({ failed: `the process ended ${code === null ? `by ${signal}` : `with exit code ${code}`}` }),
  )
  child.on('error', cause => settle({ failed: cause.message }))
  listen(settle)
  return send => (message, limit) =>
    new Promise(resolve => {
      const late = setTimeout(() => {
        child.kill('SIGKILL')
        settle({ failed: `no answer within ${limit / 1000} s` })
      }, limit)
      waiting = answer => {
        clearTimeout(late)
        resolve(answer)
      }
      send(message)
    })
}

/** Adds to a failure what the process complained of last; reads its complaints in any case, so that it never waits for a reader. */
const explained = (child, ask) => {
  let complaint = ''
  child.stderr.on('data', text => (complaint = (complaint + text).slice(-2000)))
  return async (message, limit) => {
    const answer = await ask(message, limit)
    return answer.failed === undefined ? answer : { failed: `${answer.failed}\n${complaint}`.trimEnd() }
  }
}

/** @returns {Handle} */
export const inNode = () => {
  const child = fork(join(import.meta.dirname, 'contestant.js'), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Whatever flags this process has, contestants run under Node's own.
    execArgv: [],
  })
  const ask = answers(child, settle => child.on('message', settle))(message => child.send(message))
  return { ask: explained(child, ask), stop: () => child.kill('SIGKILL') }
}

/**
 * @param {string} script of contestants/
 * @returns {Handle}
 */
export const inPython = (python, script, env) => {
  const child = spawn(python, [join(import.meta.dirname, 'contestants', script)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  // A process that has ended is told by its exit, not by what can no longer be written to it.
  child.stdin.on('error', () => undefined)
  const ask = answers(child, settle =>
    createInterface({ input: child.stdout }).on('line', line => settle(JSON.parse(line))),
  )(message => child.stdin.write(`${JSON.stringify(message)}\n`))
  return { ask: explained(child, ask), stop: () => child.kill('SIGKILL') }
}
