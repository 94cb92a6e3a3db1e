/** Brings the build up to date, then runs the benchmarks with the arguments given here. */
import { join } from 'node:path'
import { build, root, run } from './command.js'
import { foreground } from './foreground.js'

const built = await run(build('--filter=@elbo/bench...'))
if (!built.ok) {
  console.error(built.log)
  console.error('The packages did not build; the errors stand above.')
  process.exit(1)
}
foreground(join(root, 'tooling/bench/src/main.js'), process.argv.slice(2))
