/** Brings the build up to date, then runs the command line with the arguments given here. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { build, root, run } from './command.js'

const notice = setTimeout(() => console.error('Building elbo …'), 1500)
const built = await run(build('--filter=@elbo/cli'))
clearTimeout(notice)
if (!built.ok) {
  console.error(built.log)
  console.error('elbo did not build; the errors stand above.')
  process.exit(1)
}

const cli = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.on('SIGTERM', () => cli.kill('SIGTERM'))
process.on('SIGHUP', () => cli.kill('SIGHUP'))
process.on('SIGINT', () => {
  // A terminal sends Ctrl-C to the whole foreground group: the command line has it already, and must not see it twice.
  if (!process.stdin.isTTY) cli.kill('SIGINT')
})
cli.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
