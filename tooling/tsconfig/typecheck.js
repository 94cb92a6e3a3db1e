#!/usr/bin/env node
/**
 * Type-checks the package in the working directory, tests included, and fails when that costs more than its budget.
 * Instantiations are exact and the same on every machine; the check time is a generous upper bound for a slow one.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const read = path => JSON.parse(readFileSync(path, 'utf8'))
const budgets = read(new URL('budget.json', import.meta.url))
const { name } = read('package.json')
const budget = { ...budgets.default, ...budgets[name] }

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const { status, stdout } = spawnSync(
  process.execPath,
  [tsc, '-p', 'tsconfig.json', '--extendedDiagnostics', '--pretty', String(process.stdout.isTTY ?? false)],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
)

const measured = label => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1] ?? NaN)
const instantiations = measured('Instantiations')
const checkSeconds = measured('Check time')
const errors = stdout.slice(0, stdout.search(/^Files:/m))
if (status !== 0) {
  process.stdout.write(errors)
  process.exit(status ?? 1)
}

const costs = [
  ['instantiations', instantiations, budget.instantiations],
  ['seconds of checking', checkSeconds, budget.checkSeconds],
]
for (const [unit, cost, limit] of costs) {
  // Written so that a figure the compiler no longer prints (NaN) fails as well.
  const within = cost <= limit
  console.log(`${name}: ${cost} ${unit}, budget ${limit}${within ? '' : ': exceeded'}`)
  if (!within) process.exitCode = 1
}
if (process.exitCode)
  console.log(`Make the types cheaper, or raise the budget in tooling/tsconfig/budget.json and say why.`)
