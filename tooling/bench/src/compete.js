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

/**
 * One work: sets all contestants up, checks that they agree, times them in turns. Those that cannot do it, fail, or disagree are told, not
 * timed.
 */
export const compete = async (work, implementations, { turns, limit, progress }) => {
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
    for (const { name, threads: counts, start, isSlow } of implementations) {
      for (const threads of counts) {
        const label = `${name}, ${threads} thread${threads === 1 ? '' : 's'}`
        progress(work.name, label)
        const handle = start(threads)
        const resultFile = join(folder, `${name}-${threads}.result`)
        const { kind, sizes, compares } = work
        const task = { implementation: name, kind, sizes, compares, threads, arrays, resultFile }
        const answer = await handle.ask({ type: 'setup', task })
        if (answer.cannot !== undefined || answer.failed !== undefined) {
          handle.stop()
          if (answer.failed !== undefined) errors.push(`${work.name}: ${label} failed: ${answer.failed}`)
          else left.push(`${label}: ${answer.cannot}`)
          continue
        }
        const { note, beforeMiB } = answer
        contestants.push({ name, threads, isSlow, handle, beforeMiB, ...(note ? { note } : {}), label })
        if (!answer.isApart)
          results.push({ contestant: label, values: answer.values ?? [...numbersIn(resultFile)], note })
      }
    }
    // Descent instead of Adam changes the parameters from the first step on: only the first loss can agree.
    const comparable = results.map(result =>
      result.note?.includes('instead of Adam') && results[0] !== undefined
        ? { ...result, values: [result.values[0], ...results[0].values.slice(1)] }
        : result,
    )
    for (const { contestant, error } of disagreements(comparable, work)) {
      errors.push(
        `${work.name}: ${contestant} disagrees by ${error.toExponential(1)} (tolerance ${work.tolerance})`,
      )
      const at = contestants.findIndex(({ label }) => label === contestant)
      contestants.splice(at, 1)[0]?.handle.stop()
    }
    const timed = await interleave(contestants, {
      ...{ turns, limit },
      onTurn: name => progress(work.name, name),
    })
    for (const { contestant, failed } of timed)
      if (failed !== undefined) errors.push(`${work.name}: ${contestant.label} failed: ${failed}`)
    return { rows: timed.filter(({ runs }) => runs > 0).map(entry => rowOf(work, entry)), left, errors }
  } finally {
    for (const { handle } of contestants) handle.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
