import { fork, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * A contestant in a process of its own, so that its memory can be told apart. `ask` sends a message and waits for its answer.
 * @typedef {{ ask: (message: object) => Promise<any>, stop: () => void }} Handle
 */

/** Processes still running: none is left behind when this one ends, however it does. */
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
  child.on('exit', code => settle({ failed: `the process ended with exit code ${code}` }))
  child.on('error', cause => settle({ failed: cause.message }))
  listen(settle)
  return send => message =>
    new Promise(resolve => {
      waiting = resolve
      send(message)
    })
}

/** @returns {Handle} */
export const inNode = () => {
  const child = fork(join(import.meta.dirname, 'contestant.js'), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ask = answers(child, settle => child.on('message', settle))(message => child.send(message))
  return { ask, stop: () => child.kill('SIGKILL') }
}

/** @returns {Handle} */
export const inPython = (python, env) => {
  const child = spawn(python, [join(import.meta.dirname, 'contestants/pytorch.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let complaint = ''
  child.stderr.on('data', text => (complaint = (complaint + text).slice(-2000)))
  const ask = answers(child, settle =>
    createInterface({ input: child.stdout }).on('line', line => settle(JSON.parse(line))),
  )(message => child.stdin.write(`${JSON.stringify(message)}\n`))
  return {
    ask: async message => {
      const answer = await ask(message)
      return answer.failed === undefined ? answer : { failed: `${answer.failed}\n${complaint}` }
    },
    stop: () => child.kill('SIGKILL'),
  }
}
