import { MOST_REDUCTIONS, PLACE } from '../opcodes'
import { reductionChunk } from '../scratch'
import { pass } from './fused'
import { joinColumns, joinLanes, joinRun, noColumns, none, run, RUN, runColumns } from './join'
import { COLUMNS } from './reduce'
import { barrier, end, first, scratch, threads } from './threads'

// Reductions of what a pass computes. A piece of it is put into thread scratch, each value at a place of its own, and is joined to running results
// from there, in the order of reduce.ts.

const PIECE: usize = <usize>PLACE
/** Running results stand behind the places: four lanes for each reduction. */
const TOTALS: usize = PIECE * <usize>MOST_REDUCTIONS

/** An entry of the command's list: (opcode, to, partials). */
const ENTRY: usize = 12

/** Rows that are computed at a time where the reduced axis is not the innermost. */
const ROWS: i32 = 8


@inline function opcodeOf(list: usize, i: i32): i32 {
  return load<i32>(list + <usize>i * ENTRY)
}


@inline function totalOf(i: i32): usize {
  return scratch + TOTALS + ((<usize>i) << 4)
}


@inline function placeOf(i: i32): usize {
  return scratch + <usize>i * PIECE
}

/** Where the first stage of a reduction writes: its partial results, or its results. */
@inline function firstTarget(list: usize, i: i32, chunks: i32): usize {
  const entry = list + <usize>i * ENTRY
  return <usize>(chunks == 1 ? load<u32>(entry, 4) : load<u32>(entry, 8))
}

/** Along the innermost axis. */
function alongRows(number: i32, outer: i32, length: i32, list: usize, count: i32): void {
  const chunk = <i32>reductionChunk(1)
  const chunks = max(1, (length + chunk - 1) / chunk)
  const units = outer * chunks
  const grain = max(1, 1024 / max(1, min(length, chunk)))
  const last = end(units, grain)
  for (let unit = first(units, grain); unit < last; unit++) {
    const o = unit / chunks
    let at = o * length + (unit - o * chunks) * chunk
    const stop = min(at + chunk, (o + 1) * length)
    for (let i = 0; i < count; i++) v128.store(totalOf(i), none(opcodeOf(list, i)))
    for (; at < stop; at += RUN) {
      const some = min(RUN, stop - at)
      pass(number, at, at + some, scratch - ((<usize>at) << 2))
      for (let i = 0; i < count; i++)
        v128.store(totalOf(i), joinRun(opcodeOf(list, i), v128.load(totalOf(i)), placeOf(i), some))
    }
    for (let i = 0; i < count; i++)
      store<u32>(
        firstTarget(list, i, chunks) + ((<usize>unit) << 2),
        joinLanes(opcodeOf(list, i), v128.load(totalOf(i))),
      )
  }
  if (chunks == 1) return
  barrier()
  const lastOuter = end(outer, 16)
  for (let i = 0; i < count; i++) {
    const entry = list + <usize>i * ENTRY
    for (let o = first(outer, 16); o < lastOuter; o++) {
      const partials = <usize>load<u32>(entry, 8) + ((<usize>(o * chunks)) << 2)
      store<u32>(<usize>load<u32>(entry, 4) + ((<usize>o) << 2), run(load<i32>(entry), partials, chunks))
    }
  }
}

/** Along an axis with others behind it: columns in groups, one group as good as another for every thread. */
function alongColumns(number: i32, outer: i32, length: i32, inner: i32, list: usize, count: i32): void {
  const chunk = <i32>reductionChunk(inner)
  const chunks = max(1, (length + chunk - 1) / chunk)
  let groups = (inner + COLUMNS - 1) / COLUMNS
  if (groups > 1) groups = ((groups + threads - 1) / threads) * threads
  const width = ((inner + groups - 1) / groups + 15) & ~15
  groups = (inner + width - 1) / width
  const units = outer * chunks * groups
  const grain = max(1, 512 / max(1, min(length, chunk) * min(inner, width)))
  const last = end(units, grain)
  for (let unit = first(units, grain); unit < last; unit++) {
    const row = unit / groups
    const column = (unit - row * groups) * width
    const columns = min(width, inner - column)
    const o = row / chunks
    const start = (row - o * chunks) * chunk
    const rows = min(chunk, length - start)
    const target = (<usize>(row * inner + column)) << 2
    // Rows of one group lie one behind the other.
    const together = columns == inner
    const step = (<usize>(together ? inner : COLUMNS)) << 2
    for (let i = 0; i < count; i++)
      noColumns(opcodeOf(list, i), firstTarget(list, i, chunks) + target, columns)
    for (let r = 0; r < rows; r += ROWS) {
      const some = min(ROWS, rows - r)
      const at = (o * length + start + r) * inner + column
      if (together) pass(number, at, at + some * inner, scratch - ((<usize>at) << 2))
      else {
        for (let s = 0; s < some; s++) {
          const from = at + s * inner
          pass(number, from, from + columns, scratch + <usize>s * step - ((<usize>from) << 2))
        }
      }
      for (let i = 0; i < count; i++)
        joinColumns(opcodeOf(list, i), firstTarget(list, i, chunks) + target, placeOf(i), step, some, columns)
    }
  }
  if (chunks == 1) return
  barrier()
  const stride = (<usize>inner) << 2
  const results = outer * groups
  const lastResult = end(results, 1)
  for (let i = 0; i < count; i++) {
    const entry = list + <usize>i * ENTRY
    for (let result = first(results, 1); result < lastResult; result++) {
      const o = result / groups
      const column = (result - o * groups) * width
      const offset = (<usize>column) << 2
      runColumns(
        load<i32>(entry),
        <usize>load<u32>(entry, 4) + <usize>o * stride + offset,
        <usize>load<u32>(entry, 8) + <usize>(o * chunks) * stride + offset,
        stride,
        chunks,
        min(width, inner - column),
      )
    }
  }
}

/** [REDUCE, words, pass, outer, length, inner, reductions, (opcode, to, partials) × reductions] */
export function reducePass(command: usize): void {
  const number = load<i32>(command, 8)
  const outer = load<i32>(command, 12)
  const length = load<i32>(command, 16)
  const inner = load<i32>(command, 20)
  const count = load<i32>(command, 24)
  if (inner == 1) alongRows(number, outer, length, command + 28, count)
  else alongColumns(number, outer, length, inner, command + 28, count)
}
