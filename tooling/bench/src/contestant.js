// A process that carries out one work with one implementation: told by messages to set up, then to run so many times.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** The most memory this process has had at once, in MiB; `undefined` where the system does not tell. */
const peak = () => {
  if (!existsSync('/proc/self/status')) return undefined
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
}

const read = file => {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

let contestant

/**
 * A parent that was killed says nothing, and a contestant that computes does not listen: now and then, between its steps, it looks. (To look
 * takes a quarter of a microsecond, which would show in a short step.)
 */
const parent = process.ppid
let looked = 0
const endWithParent = now => {
  if (now - looked < 50) return
  looked = now
  if (process.ppid !== parent) process.exit()
}

const step = async () => {
  // A synchronous contestant is not made to wait for the event loop.
  const waiting = contestant.step()
  const value = waiting instanceof Promise ? await waiting : waiting
  endWithParent(performance.now())
  return value
}

const setUp = async ({ implementation, arrays, resultFile, compares, ...task }) => {
  const { prepare } = await import(`./contestants/${implementation}.js`)
  const beforeMiB = peak()
  const given = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, file }]) => [name, { shape, data: read(file) }]),
  )
  contestant = await prepare({ ...task, arrays: given })
  const { cannot, note, result } = contestant
  if (cannot !== undefined) return { cannot }
  if (compares === 'losses') return { values: [await step(), await step(), await step()], note, beforeMiB }
  await step()
  if (result === undefined) return { note, beforeMiB, copiedBytes: contestant.bytes }
  const made = await result()
  writeFileSync(resultFile, new Uint8Array(made.buffer, made.byteOffset, made.byteLength))
  return { note, beforeMiB }
}

/** Runs for `warmMs` without counting, then counts for at least `leastMs`, and at least once. */
const run = async ({ warmMs, leastMs }) => {
  const begun = performance.now()
  while (performance.now() - begun < warmMs) await step()
  const start = performance.now()
  let count = 0
  do {
    await step()
    count++
  } while (performance.now() - start < leastMs)
  const ms = performance.now() - start
  return { ms: ms / count, spentMs: start + ms - begun, peakMiB: peak() }
}

process.on('message', async message => {
  try {
    process.send(message.type === 'setup' ? await setUp(message.task) : await run(message))
  } catch (cause) {
    process.send({ failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) })
  }
})
process.on('disconnect', () => process.exit())
