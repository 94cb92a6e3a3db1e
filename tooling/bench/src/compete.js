import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disagreements } from './agreement.js'
import { interleave } from './interleave.js'
import { draw } from './works/inputs.js'

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)

const numbersIn = file => {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** Decimals as JSON needs them. */
const round = x => (x === undefined ? undefined : Number(x.toPrecision(6)))

const rowOf = (work, { contestant, medianMs, minMs, spreadMs, runs, peakMiB }) => ({
  ...{ work: work.name, implementation: contestant.name, threads: contestant.threads },
  ...{ medianMs: round(medianMs), minMs: round(minMs), runs, spreadMs: round(spreadMs) },
  ...(work.flops === undefined ? {} : { gflops: round(work.flops / medianMs / 1e6) }),
  ...(peakMiB === undefined
    ? {}
    : { peakMiB: round(peakMiB), workMiB: round(peakMiB - contestant.beforeMiB) }),
  ...(contestant.note === undefined ? {} : { note: contestant.note }),
})

/** For memory-bound work, each row's bandwidth as a share of the plain copy's. */
const besideCopy = (work, rows, copiedBytes) => {
  const copy = rows.find(({ implementation }) => implementation === 'copy')
  if (work.bytes === undefined || copy === undefined) return rows
  const pace = copiedBytes / copy.medianMs
  return rows.map(row =>
    row === copy ? { ...row, ofCopy: 1 } : { ...row, ofCopy: round(work.bytes / row.medianMs / pace) },
  )
}

/** Whoever takes longer than this to be set up, or for one turn, has failed. */
const patience = { setUp: 240_000, turn: 120_000 }

/** Those who disagree with the first of those that train by the same rule: descent goes other ways than Adam from the first step on. */
const dissenters = (results, work) =>
  [...new Set(results.map(({ optimiser }) => optimiser))].flatMap(optimiser =>
    disagreements(
      results.filter(result => result.optimiser === optimiser),
      work,
    ),
  )

/**
 * One work: sets all contestants up, checks that they agree, times them in turns. Those that cannot do it, fail, or disagree are told, not
 * timed.
 * @typedef {{ work: string, implementation: string, threads: number, medianMs: number, minMs: number, runs: number, spreadMs: number,
 *   gflops?: number, ofCopy?: number, peakMiB?: number, workMiB?: number, note?: string }} Row
 * @returns {Promise<{ rows: Row[], left: string[], errors: string[] }>}
 */
export const compete = async (work, implementations, { turns, limit, progress, limits = patience }) => {
  const folder = mkdtempSync(join(tmpdir(), 'elbo-bench-'))
  const contestants = []
  const left = []
  const errors = []
  try {
    const arrays = {}
    for (const [name, { shape, data }] of Object.entries(draw(work.arrays))) {
      arrays[name] = { shape, file: join(folder, `${name}.f32`) }
      writeFileSync(arrays[name].file, bytesOf(data))
    }
    const results = []
    for (const { name, threads: counts, start, isSlow, optimiser, mostFlops } of implementations) {
      for (const threads of counts) {
        const label = `${name}, ${threads} thread${threads === 1 ? '' : 's'}`
        if (work.flops > mostFlops) {
          left.push(`${label}: it would take minutes`)
          continue
        }
        progress(work.name, label)
        const handle = start(threads)
        const resultFile = join(folder, `${name}-${threads}.result`)
        const { kind, sizes, compares } = work
        const task = { implementation: name, kind, sizes, compares, threads, arrays, resultFile }
        const answer = await handle.ask({ type: 'setup', task }, limits.setUp)
        if (answer.cannot !== undefined || answer.failed !== undefined) {
          handle.stop()
          if (answer.failed !== undefined)
            errors.push(`${work.name}: ${label} failed while being set up: ${answer.failed}`)
          else left.push(`${label}: ${answer.cannot}`)
          continue
        }
        const { note, beforeMiB, copiedBytes } = answer
        contestants.push({
          ...{ name, threads, isSlow, handle, beforeMiB, label, copiedBytes },
          ...(note ? { note } : {}),
        })
        if (copiedBytes === undefined)
          results.push({
            contestant: label,
            optimiser,
            values: answer.values ?? [...numbersIn(resultFile)],
          })
      }
    }
    for (const { contestant, error } of dissenters(results, work)) {
      errors.push(
        `${work.name}: ${contestant} disagrees by ${error.toExponential(1)} (tolerance ${work.tolerance})`,
      )
      const at = contestants.findIndex(({ label }) => label === contestant)
      contestants.splice(at, 1)[0]?.handle.stop()
    }
    const timed = await interleave(contestants, {
      ...{ turns, limit, turnLimit: limits.turn },
      onTurn: name => progress(work.name, name),
    })
    for (const { contestant, failed } of timed)
      if (failed !== undefined) errors.push(`${work.name}: ${contestant.label} failed: ${failed}`)
    const rows = timed
      .filter(({ runs, failed }) => runs > 0 && failed === undefined)
      .map(entry => rowOf(work, entry))
    const copy = contestants.find(({ copiedBytes }) => copiedBytes !== undefined)
    return { rows: besideCopy(work, rows, copy?.copiedBytes), left, errors }
  } finally {
    for (const { handle } of contestants) handle.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
