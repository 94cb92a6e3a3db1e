/**
 * Type-checks every package, tests included, in one run of the compiler, and fails where that costs more than
 * type-budget.json allows. Instantiations are the same on every machine; the seconds are a generous bound for a slow one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, tool } from './command.js'

const budgets = JSON.parse(readFileSync(new URL('type-budget.json', import.meta.url), 'utf8'))
const projects = ['packages', 'apps', 'tooling']
  .flatMap(group => readdirSync(join(root, group)).map(name => `${group}/${name}`))
  .filter(folder => existsSync(join(root, folder, 'tsconfig.json')))

const { ok, log } = await run([
  tool('typescript/bin/tsc'),
  '-b',
  ...projects.map(folder => `${folder}/tsconfig.json`),
  '--extendedDiagnostics',
  '--verbose',
  '--pretty',
  'false',
])

if (!ok) {
  // An error, and the indented lines that explain it.
  console.log(log.match(/^.*\berror TS\d+:.*(\n +.*)*/gm)?.join('\n') ?? log)
  process.exit(1)
}

/** What the compiler measured, by project: it names each one before it reports on it. */
const reports = new Map(
  log
    .split(/Building project '/)
    .slice(1)
    .map(report => [report.slice(0, report.indexOf("'")), report]),
)
for (const folder of projects) {
  const report = reports.get(join(root, folder, 'tsconfig.json')) ?? ''
  const measured = label => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(report)?.[1])
  const budget = { ...budgets.default, ...budgets[folder] }
  const instantiations = measured('Instantiations')
  const checkSeconds = measured('Check time')
  // Written so that a figure that the compiler no longer prints (NaN) fails as well.
  const within = instantiations <= budget.instantiations && checkSeconds <= budget.checkSeconds
  if (!within) process.exitCode = 1
  console.log(
    `${within ? '✓' : '✗'} ${folder}: ${instantiations} of ${budget.instantiations} instantiations, ` +
      `${checkSeconds} of ${budget.checkSeconds} s`,
  )
}
if (process.exitCode) {
  console.log('Make the types cheaper, or raise the budget in tooling/tasks/type-budget.json and say why.')
}
