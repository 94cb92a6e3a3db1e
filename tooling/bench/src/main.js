import { writeFileSync } from 'node:fs'
import { cli } from 'cleye'
import progressBars from 'cli-progress'
import { compete } from './compete.js'
import { implementations } from './implementations.js'
import { fetchPeers } from './peers.js'
import { summaryOf, tableOf } from './report.js'
import { works } from './works/table.js'

const number = name => text => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name}: ${text} is not a whole number from 1`)
  return value
}

const { flags } = cli({
  name: 'pnpm bench',
  help: {
    description:
      'Times our backends beside their peers, turn by turn in one run, after checking that all agree. A full run takes some thirteen minutes. The peers are fetched on first use; PyTorch and NumPy are timed where a python3 has them.',
    examples: [
      'pnpm bench',
      'pnpm bench --only step --json out/bench.json',
      'pnpm bench --only vae --scaling',
    ],
  },
  flags: {
    json: {
      type: String,
      placeholder: 'FILE',
      description: 'Also write all rows to this file, as one array',
    },
    only: {
      type: String,
      placeholder: 'PATTERN',
      description: 'Only works whose name holds this regular expression',
    },
    implementations: { type: String, placeholder: 'PATTERN', description: 'Only these implementations' },
    runs: {
      type: number('runs'),
      default: 11,
      placeholder: 'N',
      description: 'Turns of each contestant (11)',
    },
    scaling: { type: Boolean, description: 'Also the same steps over batches, widths and lengths' },
  },
})

const pattern = (name, text) => {
  try {
    return new RegExp(text ?? '')
  } catch {
    throw new Error(`--${name}: ${text} is not a regular expression`)
  }
}

const say = text => console.error(text)
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGHUP', 129],
  ['SIGTERM', 143],
])
  process.on(signal, () => process.exit(code))
// Whoever started this one with a channel may be killed without a word: then this one ends too, and its contestants with it.
process.on('disconnect', () => process.exit(1))
process.channel?.unref()
try {
  const [only, named] = [pattern('only', flags.only), pattern('implementations', flags.implementations)]
  const chosen = works.filter(
    ({ name, isScaling }) => only.test(name) && (!isScaling || flags.scaling === true),
  )
  if (chosen.length === 0)
    throw new Error(`--only: no work is named so; there are ${works.map(w => w.name).join(', ')}`)
  const everyone = implementations(say, name => named.test(name))
  if (everyone.some(({ isPeer }) => isPeer)) fetchPeers(say)
  const bar = new progressBars.SingleBar({
    format: '{bar} {value}/{total} works · {work} · {who} · {duration_formatted}',
    ...{ hideCursor: true, clearOnComplete: true, noTTYOutput: false },
  })
  bar.start(chosen.length, 0, { work: '', who: '' })
  const rows = []
  const errors = []
  for (const [place, work] of chosen.entries()) {
    if (!process.stderr.isTTY) say(`${place + 1} of ${chosen.length}: ${work.name} …`)
    const among = everyone.filter(
      ({ name, kinds }) =>
        (kinds === undefined || kinds.includes(work.kind)) && (work.among?.includes(name) ?? true),
    )
    const outcome = await compete(work, among, {
      ...{ turns: flags.runs, limit: 4000 },
      progress: (name, who) => bar.update({ work: name, who }),
    })
    rows.push(...outcome.rows)
    errors.push(...outcome.errors)
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    if (outcome.rows.length > 0 || outcome.left.length > 0) console.log(tableOf(work, outcome))
    bar.increment()
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(rows, undefined, 1)}\n`)
  }
  bar.stop()
  if (chosen.length > 1 && rows.length > 0) console.log(summaryOf(rows))
  for (const error of errors) say(`error: ${error}`)
  process.exitCode = errors.length === 0 ? 0 : 1
} catch (cause) {
  say(cause instanceof Error ? cause.message : String(cause))
  process.exitCode = 1
}
