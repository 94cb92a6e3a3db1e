/**
 * Everything that has to hold, one step after the other. A step that fails does not keep the later ones from running,
 * unless they need what it makes. `out/test/tally.txt` then holds `N passed, N failed`: the tests, and each other step as one.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, root, run, tool } from './command.js'

const results = join(root, 'out/test')
const jestReport = join(results, 'jest.json')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const steps = [
  { name: 'build', args: build(), needed: true },
  { name: 'format', args: [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'lint', args: [tool('eslint/bin/eslint.js'), '--max-warnings=0'] },
  { name: 'types and their budget', args: [join(root, 'tooling/tasks/typecheck.js')] },
  { name: 'size of a page', args: [join(root, 'tooling/size/check.js')] },
  { name: 'size of an install', args: [join(root, 'tooling/size/install.js')] },
  { name: 'dependencies between packages', args: [join(root, 'tooling/dependencies/check.js')] },
]
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  tool('jest/bin/jest.js'),
  // By default Jest leaves one processor idle, which is half of a machine that has two.
  '--maxWorkers=100%',
  '--json',
  `--outputFile=${jestReport}`,
]

const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`
let passed = 0
let failed = 0

/** One step, with its verdict and its time; its output only where it fails. */
const check = async ({ name, args }) => {
  const start = performance.now()
  const { ok, log } = await run(args)
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds(start)})`)
  if (ok) passed++
  else {
    failed++
    console.log(log)
  }
  return ok
}

const tests = async () => {
  const start = performance.now()
  const { ok } = await run(jest, { output: 'inherit' })
  try {
    const report = JSON.parse(readFileSync(jestReport, 'utf8'))
    passed += report.numPassedTests
    // A suite that does not even load has no tests to count.
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites
  } catch (error) {
    console.log(`Jest left no report: ${error.message}`)
  }
  if (!ok && failed === 0) failed = 1
  console.log(`${ok ? '✓' : '✗'} tests (${seconds(start)})`)
}

let complete = true
for (const step of steps) {
  const ok = await check(step)
  if (!ok && step.needed) {
    complete = false
    break
  }
}
if (complete) await tests()

writeFileSync(join(results, 'tally.txt'), `${passed} passed, ${failed} failed\n`)
console.log(failed === 0 ? `Everything passed (${passed}).` : `${failed} failed, ${passed} passed.`)
process.exitCode = failed === 0 ? 0 : 1
