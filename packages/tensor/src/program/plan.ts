import { sizeOf } from '../graph/indices.js'
import type { ParamsOf } from '../primitives/table.js'
import { arena } from './plan/arena.js'
import { inSequence } from './plan/moves.js'
import type { Instruction, Program } from './program.js'

/** What a backend tells the planner about its instructions. */
export interface PlanHooks {
  /** Bytes that an instruction needs for itself while it runs. */
  scratch(instruction: Instruction, program: Program): number
  /** The input whose very words the one output is (`reshape`). */
  alias(instruction: Instruction, program: Program): number | undefined
  /** The inputs over which an output may be written should they die here: each element is read before that element is written. */
  inPlace(instruction: Instruction, program: Program, output: number): readonly number[]
  /** Whether the outputs are written when the program is opened, once, and kept (`constant`). */
  kept(instruction: Instruction): boolean
  /** Values that need no place at all, because every reader has them in its own code. */
  absent(program: Program): (value: number) => boolean
}

export interface PlanOptions {
  /** Offsets are multiples of so many bytes. */
  readonly alignment: number
  /** The first offset, such a multiple too. */
  readonly base: number
  /** Without, every value has a place of its own: nothing is shared, nothing is written in place. */
  readonly reuse: boolean
}

/** A copy of whole values, by byte offsets. */
export interface Copy {
  readonly to: number
  readonly from: number
  readonly bytes: number
}

/** Where everything stands, in bytes. */
export interface Plan {
  /** Where the plan ends: no value stands here or beyond. */
  readonly end: number
  /** By value; NaN for one that is absent. */
  readonly offsets: readonly number[]
  /** By instruction. */
  readonly scratch: readonly number[]
  /** Where each state value stands between steps; in a scan's body, each carry: these are the scan's own outputs. */
  readonly slots: readonly number[]
  /** What remains to be copied after the last instruction, in this order, before the outputs are read (in a body: after). */
  readonly copies: readonly Copy[]
  /** Where each output is read; in a body, each stacked one. */
  readonly outputs: readonly number[]
  /** The plans of scans' bodies, by instruction. */
  readonly bodies: ReadonlyMap<number, Plan>
}

/** A program or a body, as liveness sees it. */
interface Scope {
  readonly program: Program
  /** Values that keep their places between runs, and what they become. */
  readonly slots: readonly number[]
  readonly next: readonly number[]
  /** Values written anew before each run. */
  readonly entries: readonly number[]
  /** Values of an enclosing scope. */
  readonly outside: readonly number[]
  /** Values read after each run. */
  readonly results: readonly number[]
  /** Whether the results are read before the slots take their next values. */
  readonly readsFirst: boolean
}

type Region = 'arena' | 'kept' | 'slot' | 'outside'

/** The place of a value and of its aliases, live from the instruction `first` to the instruction `last`. */
interface Stand {
  readonly bytes: number
  readonly first: number
  last: number
  region: Region
  /** An offset in `arena` and `kept`, an index in `slot` and `outside`. */
  at: number
  /** The stand that it is written over. */
  over?: Stand
}

interface Draft {
  readonly scope: Scope
  readonly stands: readonly (Stand | undefined)[]
  readonly scratch: readonly number[]
  readonly results: readonly (Stand | undefined)[]
  readonly copies: readonly { readonly to: Stand; readonly from: Stand }[]
  readonly bodies: ReadonlyMap<number, { readonly draft: Draft; readonly kept: number }>
  readonly arenaBytes: number
  readonly keptBytes: number
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

const whole = (program: Program): Scope => ({
  program,
  slots: range(0, program.state),
  next: program.nextState,
  entries: range(program.state, program.state + program.inputs),
  outside: [],
  results: program.outputs,
  readsFirst: false,
})

/** A body runs once a step: its carry keeps its place, its slices come anew, what it captures stands outside. */
const bodyOf = ({ params, body }: Instruction): Scope => {
  const { captured, carry } = params as ParamsOf<'scan'>
  const program = body as Program
  return {
    program,
    slots: range(captured, captured + carry),
    next: program.outputs.slice(0, carry),
    entries: range(captured + carry, program.inputs),
    outside: range(0, captured),
    results: program.outputs.slice(carry),
    readsFirst: true,
  }
}

/** Gives each value a stand, shared by aliases, with the times of its first writing and last reading. */
const live = (
  { program, slots, next, entries, outside, results }: Scope,
  hooks: PlanHooks,
  reuse: boolean,
): (Stand | undefined)[] => {
  const stands = new Array<Stand | undefined>(program.values.length).fill(undefined)
  const absent = hooks.absent(program)
  const stand = (value: number, first: number, region: Region, at = 0): void => {
    stands[value] = { bytes: 4 * sizeOf(program.values[value]!.shape), first, last: first, region, at }
  }
  slots.forEach((value, i) => stand(value, -1, 'slot', i))
  outside.forEach((value, i) => stand(value, -1, 'outside', i))
  entries.forEach(value => stand(value, -1, 'arena'))
  const end = program.instructions.length
  program.instructions.forEach((instruction, i) => {
    for (const input of instruction.inputs) {
      const read = stands[input]
      if (read !== undefined) read.last = i
    }
    const alias = reuse ? hooks.alias(instruction, program) : undefined
    for (const output of instruction.outputs) {
      if (absent(output)) continue
      if (alias !== undefined) stands[output] = stands[instruction.inputs[alias]!]
      else stand(output, i, hooks.kept(instruction) ? 'kept' : 'arena')
    }
  })
  for (const value of [...next, ...results]) {
    const read = stands[value]
    if (read !== undefined) read.last = end
  }
  return stands
}

/** Whether every reading of `under` by the instruction is of a kind that lets `output` be written over it. */
const mayCover = (
  instruction: Instruction,
  program: Program,
  output: number,
  under: Stand,
  stands: readonly (Stand | undefined)[],
  hooks: PlanHooks,
): boolean => {
  const positions = hooks.inPlace(instruction, program, output)
  return (
    positions.length > 0 &&
    instruction.inputs.every((input, position) => stands[input] !== under || positions.includes(position))
  )
}

/** Lets next values be written straight into their slots where nobody reads the old value any more. Yields the copies that remain. */
const settle = (
  { program, slots, next }: Scope,
  stands: readonly (Stand | undefined)[],
  hooks: PlanHooks,
  reuse: boolean,
): { to: Stand; from: Stand }[] => {
  const writer = new Map<Stand, readonly [instruction: Instruction, output: number]>()
  for (const instruction of program.instructions) {
    instruction.outputs.forEach((value, output) => {
      const written = stands[value]
      if (written !== undefined && !writer.has(written)) writer.set(written, [instruction, output])
    })
  }
  return slots.flatMap((value, slot) => {
    const to = stands[value] as Stand
    const from = stands[next[slot]!] as Stand
    if (to === from) return []
    if (to.bytes !== from.bytes)
      throw new Error(`plan: state ${slot} holds ${to.bytes} bytes, its next value ${from.bytes}`)
    const [instruction, output] = writer.get(from) ?? []
    const settles =
      reuse &&
      from.region === 'arena' &&
      instruction !== undefined &&
      (to.last < from.first ||
        (to.last === from.first && mayCover(instruction, program, output as number, to, stands, hooks)))
    if (!settles) return [{ to, from }]
    from.region = 'slot'
    from.at = slot
    return []
  })
}

/** Lets outputs be written over inputs that die there. */
const cover = ({ program }: Scope, stands: readonly (Stand | undefined)[], hooks: PlanHooks): void => {
  const covered = new Set<Stand>()
  program.instructions.forEach((instruction, i) => {
    instruction.outputs.forEach((value, output) => {
      const written = stands[value]
      if (written?.region !== 'arena' || written.first !== i || written.over !== undefined) return
      for (const position of hooks.inPlace(instruction, program, output)) {
        const under = stands[instruction.inputs[position]!]
        if (
          under?.region !== 'arena' ||
          under.last !== i ||
          under.bytes !== written.bytes ||
          covered.has(under)
        )
          continue
        if (!mayCover(instruction, program, output, under, stands, hooks)) continue
        covered.add(under)
        written.over = under
        return
      }
    })
  })
}

const foundation = (stand: Stand): Stand => {
  let at = stand
  while (at.over !== undefined) at = at.over
  return at
}

const draft = (scope: Scope, hooks: PlanHooks, options: PlanOptions): Draft => {
  const { program, entries, slots, next, results, readsFirst } = scope
  const { instructions } = program
  const { alignment, reuse } = options
  const stands = live(scope, hooks, reuse)
  const moves = settle(scope, stands, hooks, reuse)
  if (reuse) cover(scope, stands, hooks)

  const room = arena(alignment)
  let keptBytes = 0
  const dying = new Map<number, Stand[]>()
  const until = new Map<Stand, number>()
  for (const stand of new Set(stands)) {
    if (stand?.region !== 'arena') continue
    const base = foundation(stand)
    until.set(base, Math.max(until.get(base) ?? -1, stand.last))
  }
  for (const [stand, time] of until) {
    const others = dying.get(time)
    if (others === undefined) dying.set(time, [stand])
    else others.push(stand)
  }
  const bury = (time: number): void => {
    if (reuse) for (const { at, bytes } of dying.get(time) ?? []) room.release(at, bytes)
  }

  for (const value of entries) {
    const stand = stands[value] as Stand
    stand.at = room.take(stand.bytes)
  }
  bury(-1)
  const bodies = new Map<number, { readonly draft: Draft; readonly kept: number }>()
  const scratch = instructions.map((instruction, i) => {
    for (const value of instruction.outputs) {
      const stand = stands[value]
      if (stand === undefined || stand.first !== i) continue
      if (stand.region === 'arena')
        stand.at = stand.over === undefined ? room.take(stand.bytes) : foundation(stand).at
      if (stand.region === 'kept') {
        stand.at = keptBytes
        keptBytes += Math.ceil(stand.bytes / alignment) * alignment
      }
    }
    let need = hooks.scratch(instruction, program)
    if (instruction.name === 'scan') {
      const body = draft(bodyOf(instruction), hooks, options)
      bodies.set(i, { draft: body, kept: keptBytes })
      keptBytes += body.keptBytes
      need += body.arenaBytes
    }
    const at = need === 0 ? 0 : room.take(need)
    if (need > 0 && reuse) room.release(at, need)
    bury(i)
    return at
  })

  const extra = ({ bytes }: Stand): Stand => ({
    bytes,
    first: instructions.length,
    last: instructions.length,
    region: 'arena',
    at: room.take(bytes),
  })
  // A result that is an old state value is put aside before the state changes.
  const changing = new Set(moves.map(({ to }) => to))
  const saves: { to: Stand; from: Stand }[] = []
  const saved = results.map(value => {
    const from = stands[value]
    if (from === undefined || readsFirst || !changing.has(from)) return from
    const to = extra(from)
    saves.push({ to, from })
    return to
  })
  const copies = [...saves, ...inSequence(moves, extra)]
  if (next.length !== slots.length)
    throw new Error(`plan: ${slots.length} state values, ${next.length} next ones`)
  return { scope, stands, scratch, results: saved, copies, bodies, arenaBytes: room.bytes, keptBytes }
}

interface Bases {
  readonly arena: number
  readonly kept: number
  readonly slots: readonly number[]
  readonly outside: readonly number[]
}

const place = (drafted: Draft, bases: Bases): Plan => {
  const { scope, stands, scratch, results, copies, bodies, arenaBytes } = drafted
  const offset = (stand: Stand | undefined): number => {
    if (stand === undefined) return NaN
    const { region, at } = stand
    return region === 'arena' || region === 'kept'
      ? bases[region] + at
      : (region === 'slot' ? bases.slots : bases.outside)[at]!
  }
  const offsets = stands.map(offset)
  const plans = new Map<number, Plan>()
  for (const [i, { draft: body, kept }] of bodies) {
    const { inputs, outputs, params } = scope.program.instructions[i] as Instruction<'scan'>
    const at = (value: number): number => offsets[value]!
    plans.set(
      i,
      place(body, {
        arena: bases.arena + scratch[i]!,
        kept: bases.kept + kept,
        slots: outputs.slice(0, params.carry).map(at),
        outside: inputs.slice(0, params.captured).map(at),
      }),
    )
  }
  return {
    end: bases.arena + arenaBytes,
    offsets,
    scratch: scratch.map(at => bases.arena + at),
    slots: bases.slots,
    copies: copies.map(({ to, from }) => ({ to: offset(to), from: offset(from), bytes: to.bytes })),
    outputs: results.map(offset),
    bodies: plans,
  }
}

/**
 * The static memory plan of a program: liveness over the list of instructions, then offsets by a best-fit free list. The state stands
 * first and keeps its place; then come the constants; the rest is shared by values that are not live at once.
 */
export const planMemory = (program: Program, hooks: PlanHooks, options: PlanOptions): Plan => {
  const drafted = draft(whole(program), hooks, options)
  let kept = options.base
  const slots = range(0, program.state).map(value => {
    const at = kept
    kept += Math.ceil((4 * sizeOf(program.values[value]!.shape)) / options.alignment) * options.alignment
    return at
  })
  return place(drafted, { arena: kept + drafted.keptBytes, kept, slots, outside: [] })
}
