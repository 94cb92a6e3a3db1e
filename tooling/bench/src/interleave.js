import { median, spread } from './statistics.js'

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Milliseconds before each turn: threads of the one before (OpenMP's and OpenBLAS') are still spinning. */
const quiet = 50

/**
 * Milliseconds of a turn that do not count, and then the least that do. Threads that were asleep between turns are on one core at first;
 * who trains does not stop between steps. Steps that take longer than this are not run in vain.
 */
const warmMs = 60
const leastMs = 60

/**
 * Times contestants turn by turn, A B C A B C …: whatever else the machine does falls on all alike. The first turn of each is dropped.
 * @param {readonly { name: string, threads: number, isSlow?: boolean, handle: import('./handles.js').Handle }[]} contestants
 * @param {{ turns: number, limit: number, turnLimit: number, onTurn: (name: string) => void }} options `limit`: milliseconds that one
 * contestant may take in all, past which it gets no further turns (and never fewer than one); `turnLimit`: those of one turn, past which it
 * has failed
 */
export const interleave = async (contestants, { turns, limit, turnLimit, onTurn }) => {
  const kept = contestants.map(contestant => ({ contestant, times: [], spent: 0, last: 0 }))
  for (let turn = 0; turn <= turns; turn++) {
    for (const entry of kept) {
      const { contestant, times } = entry
      if (entry.failed !== undefined || (entry.spent > limit && times.length > 0)) continue
      onTurn(contestant.name)
      await pause(quiet)
      const message = { type: 'run', warmMs: entry.last > warmMs ? 0 : warmMs, leastMs }
      const answer = await contestant.handle.ask(message, turnLimit)
      if (answer.failed !== undefined) {
        entry.failed = answer.failed
        continue
      }
      entry.spent += answer.spentMs
      entry.last = answer.ms
      entry.peakMiB = answer.peakMiB
      if (turn > 0 || contestant.isSlow) times.push(answer.ms)
    }
  }
  return kept.map(({ contestant, times, peakMiB, failed }) => ({
    ...{ contestant, peakMiB, failed },
    ...(times.length === 0
      ? {}
      : { medianMs: median(times), minMs: Math.min(...times), spreadMs: spread(times), runs: times.length }),
  }))
}
