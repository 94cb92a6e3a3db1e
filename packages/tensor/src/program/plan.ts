import { sizeOf } from '../shape/index.js'
import { arena } from './plan/arena.js'
import type { PlanHooks } from './plan/hooks.js'
import { cover, foundation, live, settle, type Stand } from './plan/liveness.js'
import { inSequence } from './plan/moves.js'
import { bodyOf, range, whole, type Scope } from './plan/scope.js'
import type { Instruction, Program } from './program.js'

export type { PlanHooks } from './plan/hooks.js'

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
      : (region === 'slot' ? bases.slots : bases.outside)[at]
  }
  const offsets = stands.map(offset)
  const plans = new Map<number, Plan>()
  for (const [i, { draft: body, kept }] of bodies) {
    const { inputs, outputs, params } = scope.program.instructions[i] as Instruction<'scan'>
    const at = (value: number): number => offsets[value]
    plans.set(
      i,
      place(body, {
        arena: bases.arena + scratch[i],
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
    kept += Math.ceil((4 * sizeOf(program.values[value].shape)) / options.alignment) * options.alignment
    return at
  })
  return place(drafted, { arena: kept + drafted.keptBytes, kept, slots, outside: [] })
}
