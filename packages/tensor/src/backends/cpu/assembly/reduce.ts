import { reductionChunk } from '../scratch'
import { run, runColumns, runPairs } from './join'
import { barrier, end, first } from './threads'

/** Columns that a thread takes at a time: several cache lines of a row. */
export const COLUMNS: i32 = 128

/**
 * [SUM, …], [MAX, …] and their like. The axis is cut into chunks by its length alone; each gives a partial result, and the partial results are then reduced in
 * order.
 */
export function reduce(command: usize): void {
  const kind = load<i32>(command)
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  const outer = load<i32>(command, 16)
  const length = load<i32>(command, 20)
  const inner = load<i32>(command, 24)
  const chunk = <i32>reductionChunk(inner)
  const chunks = max(1, (length + chunk - 1) / chunk)
  const partial = chunks == 1 ? to : <usize>load<u32>(command, 28)

  if (inner == 1 && length == 2) {
    const start = first(outer, 512)
    runPairs(kind, to + ((<usize>start) << 2), from + ((<usize>start) << 3), end(outer, 512) - start)
    return
  }
  if (inner == 1) {
    const units = outer * chunks
    const grain = max(1, 1024 / max(1, min(length, chunk)))
    const last = end(units, grain)
    for (let unit = first(units, grain); unit < last; unit++) {
      const o = chunks == 1 ? unit : unit / chunks
      const start = chunks == 1 ? 0 : (unit - o * chunks) * chunk
      store<u32>(
        partial + ((<usize>unit) << 2),
        run(kind, from + ((<usize>(o * length + start)) << 2), min(chunk, length - start)),
      )
    }
    if (chunks == 1) return
    barrier()
    const lastOuter = end(outer, 16)
    for (let o = first(outer, 16); o < lastOuter; o++) {
      store<u32>(to + ((<usize>o) << 2), run(kind, partial + ((<usize>(o * chunks)) << 2), chunks))
    }
    return
  }

  const step = (<usize>inner) << 2
  const groups = (inner + COLUMNS - 1) / COLUMNS
  const units = outer * chunks * groups
  const grain = max(1, 512 / max(1, min(length, chunk) * min(inner, COLUMNS)))
  const last = end(units, grain)
  for (let unit = first(units, grain); unit < last; unit++) {
    const row = unit / groups
    const column = (unit - row * groups) * COLUMNS
    const o = row / chunks
    const start = (row - o * chunks) * chunk
    runColumns(
      kind,
      partial + <usize>row * step + ((<usize>column) << 2),
      from + <usize>(o * length + start) * step + ((<usize>column) << 2),
      step,
      min(chunk, length - start),
      min(COLUMNS, inner - column),
    )
  }
  if (chunks == 1) return
  barrier()
  const results = outer * groups
  const lastResult = end(results, 1)
  for (let result = first(results, 1); result < lastResult; result++) {
    const o = result / groups
    const column = (result - o * groups) * COLUMNS
    runColumns(
      kind,
      to + <usize>o * step + ((<usize>column) << 2),
      partial + <usize>(o * chunks) * step + ((<usize>column) << 2),
      step,
      chunks,
      min(COLUMNS, inner - column),
    )
  }
}
