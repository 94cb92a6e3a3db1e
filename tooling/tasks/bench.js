/** Brings the build up to date, then runs the benchmarks with the arguments given here. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, root, run } from './command.js'

const built = await run(build('--filter=@elbo/train...'))
if (!built.ok) {
  console.error(built.log)
  console.error('The packages did not build; the errors stand above.')
  process.exit(1)
}
spawn(process.execPath, [join(root, 'tooling/bench/src/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
}).on('exit', code => process.exit(code ?? 1))
