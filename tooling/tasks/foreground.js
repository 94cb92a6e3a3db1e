import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/**
 * Runs a script in this one's place: on its terminal, with its signals and its exit code. The script gets a channel, whose end tells it that
 * this process is gone, even where it was killed.
 */
export const foreground = (script, args) => {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  process.on('SIGINT', () => {
    // A terminal sends Ctrl-C to the whole foreground group: the script has it already, and must not see it twice.
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
