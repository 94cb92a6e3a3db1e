// Measures the error of the CPU backend's elementary functions and prints the table of docs/accuracy.md.
//
//   pnpm build && node packages/tensor/scripts/ulp-table.mjs [--exhaustive] [--write] [--time] [name ...]
//
// --exhaustive  every float32 number (about three minutes a function) instead of 8,192 significands per exponent and sign
// --write       replaces the table in docs/accuracy.md
// --time        nanoseconds per element instead of errors
import { readFileSync, writeFileSync } from 'node:fs'
import { measured, nanoseconds, openProbe, sweep, sweepNormal } from './ulp-sweep.mjs'

const special = await import('../dist/special/index.js').catch(() => {
  throw new Error('The references are compiled TypeScript: run "pnpm build" first.')
})

const options = process.argv.slice(2)
const has = option => options.includes(option)
const names = options.filter(option => !option.startsWith('--'))
const page = new URL('../../../docs/accuracy.md', import.meta.url)

const number = x => (Object.is(x, -0) ? '-0' : String(Number(x.toPrecision(9))))
const probe = openProbe()
const functions = measured(special).filter(fn => names.length === 0 || names.includes(fn.name))

const time = () => {
  const rows = [...functions, { label: 'copy', name: 'copy', operands: 1 }]
  for (const fn of rows)
    console.log(`${fn.label.padEnd(18)} ${nanoseconds(probe, fn, 0.1, 0.9).toFixed(2)} ns`)
  const normal = { name: 'normalFromBits', operands: 1 }
  console.log(`${'normalFromBits'.padEnd(18)} ${nanoseconds(probe, normal, -1, 1).toFixed(2)} ns`)
}

/** One row of the table; complains where a promise is broken. */
const row = fn => {
  const worst = sweep(probe, fn, has('--exhaustive') ? 'exhaustive' : 8192)
  if (worst.error > fn.promise) process.exitCode = 1
  const place =
    worst.error > 0 ? `${fn.name}(${[...(fn.leading ?? []), ...worst.at].map(number).join(', ')})` : ''
  const count = worst.count === 2 ** 32 ? 'all 2³²' : worst.count.toLocaleString('en')
  const line = `| ${fn.label} | ${count} | ${fn.promise} | ${worst.error.toFixed(2)} | ${place} |`
  console.log(line)
  return line
}

const table = () => {
  const lines = [
    '| function | arguments | promised ulp | largest error, ulp | at |',
    '| --- | ---: | ---: | ---: | --- |',
  ]
  for (const fn of functions) lines.push(row(fn))
  const normal = sweepNormal(probe, special, 1)
  if (normal.different > 0) process.exitCode = 1
  lines.push(`| normalFromBits | all 2²⁴ | 4 | ${normal.error.toFixed(2)} | u = ${number(normal.at)} |`)
  console.log(lines.at(-1))
  console.log(
    `normalFromBits: ${normal.different} of ${normal.count} draws differ from the reference; mean ${normal.mean.toExponential(1)}, ` +
      `variance ${normal.variance.toFixed(7)}, fourth moment ${normal.kurtosis.toFixed(6)}, largest ${normal.largest}`,
  )
  return lines.join('\n')
}

const write = text => {
  const marks = [
    '<!-- table: written by packages/tensor/scripts/ulp-table.mjs -->\n\n',
    '\n\n<!-- end of table -->',
  ]
  const before = readFileSync(page, 'utf8')
  const [start, end] = [before.indexOf(marks[0]) + marks[0].length, before.indexOf(marks[1])]
  writeFileSync(page, `${before.slice(0, start)}\n${text}\n\n${before.slice(end)}`)
}

if (has('--time')) time()
else {
  const text = table()
  if (has('--write')) write(text)
}
