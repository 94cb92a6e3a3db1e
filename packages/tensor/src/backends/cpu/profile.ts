import type { NDArray } from '../../graph/ndarray.js'
import type { Program } from '../../program/program.js'
import { kernels, modulesFor } from './kernels.js'
import { link } from './link.js'
import { fillMemory, layOut, windowOn } from './memory.js'
import * as opcodes from './opcodes.js'
import { whyUnshared } from './threads.js'

/** What one command of a plan costs. */
export interface CommandTime {
  /** The command's name in opcodes.ts. */
  readonly command: string
  /** Its words after the first two: addresses, sizes, strides. */
  readonly words: readonly number[]
  /** How often a step runs it: once, or once for each turn of the loops around it. */
  readonly times: number
  /** Milliseconds of a step on one thread, the median over the runs. */
  readonly milliseconds: number
}

const named = [
  ...(['FILL', 'IOTA', 'COPY', 'FUSED', 'SUM', 'SUM_WHOLE', 'MAX', 'MAX_I32', 'MAX_U32', 'ARGMAX'] as const),
  ...([
    'CUMSUM',
    'ARGSORT',
    'MATMUL',
    'UNFOLD',
    'GATHER',
    'SCATTER_ADD',
    'THREEFRY',
    'WINOGRAD',
    'REDUCE',
    'DIRECT',
  ] as const),
]
const commandNames = new Map<number, string>(named.map(name => [opcodes[name], name]))

interface Meter {
  readonly command: string
  readonly words: readonly number[]
  times: number
  milliseconds: number
  readonly runs: number[]
}

/** A command to run by itself, or a loop of such. */
type Part = { readonly meter: Meter; readonly plan: number } | Loop

interface Copy {
  readonly to: number
  readonly toStep: number
  readonly from: number
  readonly fromStep: number
  readonly count: number
}

interface Loop {
  readonly steps: number
  readonly isReverse: boolean
  readonly before: readonly Copy[]
  readonly after: readonly Copy[]
  readonly body: readonly Part[]
  /** Of the copies before and after each step. */
  readonly meter: Meter
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]

/** Copies of a loop from word `at` on, where their count stands; and where they end. */
const copiesAt = (words: readonly number[], at: number): readonly [readonly Copy[], number] => {
  const copies = Array.from({ length: words[at] }, (_, i) => {
    const [to, toStep, from, fromStep, count] = words.slice(at + 1 + 5 * i, at + 6 + 5 * i) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return { to, toStep, from, fromStep, count }
  })
  return [copies, at + 1 + 5 * words[at]]
}

/** Takes a list of commands apart from word `at` on. */
const partsAt = (
  words: readonly number[],
  at: number,
  place: (command: readonly number[]) => number,
  meters: Meter[],
): readonly Part[] => {
  const parts: Part[] = []
  for (; words[at] !== opcodes.END; at += words[at + 1]) {
    const isLoop = words[at] === opcodes.LOOP
    const command = words.slice(at, at + words[at + 1])
    const meter: Meter = {
      command: isLoop ? 'LOOP (its copies)' : (commandNames.get(words[at]) ?? String(words[at])),
      words: isLoop ? [] : command.slice(2),
      ...{ times: 0, milliseconds: 0, runs: [] },
    }
    meters.push(meter)
    if (!isLoop) {
      parts.push({ meter, plan: place(command) })
      continue
    }
    const [before, then] = copiesAt(words, at + 4)
    const [after, body] = copiesAt(words, then)
    parts.push({
      ...{ steps: words[at + 2], isReverse: words[at + 3] !== 0, before, after, meter },
      body: partsAt(words, body, place, meters),
    })
  }
  return parts
}

/**
 * Runs a program `runs` times on one thread, command by command, with a clock between them; the state goes from run to run as in a
 * session. Gives the commands in their order, those of a loop after it, with all of its turns together.
 */
export const profile = async (
  program: Program,
  state: readonly NDArray[],
  inputs: readonly NDArray[],
  runs: number,
): Promise<readonly CommandTime[]> => {
  const layout = layOut(program, 1, true)
  const shared = whyUnshared() === undefined
  const { words } = layout.lowered
  // Every command stands again behind the plan, an END after it: at most twice its words.
  const pages = Math.ceil((layout.bytes + 8 * words.length) / 65536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
  fillMemory(memory.buffer, layout, program, state)
  inputs.forEach((value, i) => {
    const number = program.state + i
    windowOn(memory.buffer, layout.plan.offsets[number], program.values[number]).write(value)
  })
  const { run, atTurn } = await link(await modulesFor(layout.lowered.passes, kernels, shared), memory)
  const memoryWords = new Int32Array(memory.buffer)
  let free = layout.bytes / 4
  const place = (command: readonly number[]): number => {
    memoryWords.set([...command, opcodes.END, 2], free)
    free += command.length + 2
    return 4 * (free - command.length - 2)
  }
  const meters: Meter[] = []
  const parts = partsAt(words, 0, place, meters)

  const timed = (meter: Meter, work: () => void): void => {
    const start = performance.now()
    work()
    meter.milliseconds += performance.now() - start
    meter.times++
  }
  const copy = (copies: readonly Copy[], t: number): void => {
    for (const { to, toStep, from, fromStep, count } of copies) {
      const start = from / 4 + t * fromStep
      memoryWords.copyWithin(to / 4 + t * toStep, start, start + count)
    }
  }
  const play = (list: readonly Part[]): void => {
    for (const part of list) {
      if ('plan' in part) {
        timed(part.meter, () => run(part.plan, 0, 1, layout.barrier, layout.scratch, layout.scratchBytes, 0))
        continue
      }
      for (let step = 0; step < part.steps; step++) {
        const t = part.isReverse ? part.steps - 1 - step : step
        timed(part.meter, () => copy(part.before, t))
        atTurn(t)
        play(part.body)
        timed(part.meter, () => copy(part.after, t))
      }
    }
  }
  for (let i = 0; i < runs; i++) {
    for (const meter of meters) Object.assign(meter, { times: 0, milliseconds: 0 })
    play(parts)
    for (const meter of meters) meter.runs.push(meter.milliseconds)
  }
  return meters.map(meter => ({
    ...{ command: meter.command, words: meter.words, times: meter.times },
    milliseconds: median(meter.runs),
  }))
}
