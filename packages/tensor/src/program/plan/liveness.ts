import { sizeOf } from '../../shape/index.js'
import type { Instruction } from '../program.js'
import type { PlanHooks } from './hooks.js'
import type { Scope } from './scope.js'

type Region = 'arena' | 'kept' | 'slot' | 'outside'

/** The place of a value and of its aliases, live from the instruction `first` to the instruction `last`. */
export interface Stand {
  readonly bytes: number
  readonly first: number
  last: number
  region: Region
  /** An offset in `arena` and `kept`, an index in `slot` and `outside`. */
  at: number
  /** The stand that it is written over. */
  over?: Stand
}

/** Gives each value a stand, shared by aliases, with the times of its first writing and last reading. */
export const live = (
  { program, slots, next, entries, outside, results }: Scope,
  hooks: PlanHooks,
  reuse: boolean,
): (Stand | undefined)[] => {
  const stands = new Array<Stand | undefined>(program.values.length).fill(undefined)
  const absent = hooks.absent(program)
  const stand = (value: number, first: number, region: Region, at = 0): void => {
    stands[value] = { bytes: 4 * sizeOf(program.values[value].shape), first, last: first, region, at }
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
      if (alias !== undefined) stands[output] = stands[instruction.inputs[alias]]
      else stand(output, i, hooks.kept(instruction) ? 'kept' : 'arena')
    }
  })
  for (const value of [...next, ...results]) {
    const read = stands[value]
    if (read !== undefined) read.last = end
  }
  return stands
}

/** Whether every reading of `under` by the instruction is at one of `positions`, where it may be written over. */
const isReadAt = (
  positions: ReadonlySet<number>,
  { inputs }: Instruction,
  under: Stand,
  stands: readonly (Stand | undefined)[],
): boolean => inputs.every((input, position) => stands[input] !== under || positions.has(position))

/** Lets next values be written straight into their slots where nobody reads the old value any more. Yields the copies that remain. */
export const settle = (
  { program, slots, next }: Scope,
  stands: readonly (Stand | undefined)[],
  hooks: PlanHooks,
  reuse: boolean,
): { to: Stand; from: Stand }[] => {
  const writer = new Map<Stand, readonly [instruction: Instruction, output: number]>()
  program.instructions.forEach((instruction, i) =>
    instruction.outputs.forEach((value, output) => {
      const written = stands[value]
      if (written?.first === i) writer.set(written, [instruction, output])
    }),
  )
  return slots.flatMap((value, slot) => {
    const to = stands[value] as Stand
    const from = stands[next[slot]] as Stand
    if (to === from) return []
    if (to.bytes !== from.bytes)
      throw new Error(`plan: state ${slot} holds ${to.bytes} bytes, its next value ${from.bytes}`)
    const [instruction, output] = writer.get(from) ?? []
    const settles =
      reuse &&
      from.region === 'arena' &&
      instruction !== undefined &&
      (to.last < from.first ||
        (to.last === from.first &&
          isReadAt(new Set(hooks.inPlace(instruction, program, output as number)), instruction, to, stands)))
    if (!settles) return [{ to, from }]
    from.region = 'slot'
    from.at = slot
    return []
  })
}

/** Lets outputs be written over inputs that die there. */
export const cover = ({ program }: Scope, stands: readonly (Stand | undefined)[], hooks: PlanHooks): void => {
  program.instructions.forEach((instruction, i) => {
    const dying = new Set<Stand>()
    for (const input of instruction.inputs) {
      const stand = stands[input]
      if (stand?.region === 'arena' && stand.last === i) dying.add(stand)
    }
    instruction.outputs.forEach((value, output) => {
      const written = stands[value]
      if (dying.size === 0 || written?.region !== 'arena' || written.first !== i) return
      const positions = new Set(hooks.inPlace(instruction, program, output))
      for (const position of positions) {
        const under = stands[instruction.inputs[position]]
        if (under === undefined || !dying.has(under) || under.bytes !== written.bytes) continue
        if (!isReadAt(positions, instruction, under, stands)) continue
        dying.delete(under)
        written.over = under
        return
      }
    })
  })
}

/** What a value is written over, all the way down. */
export const foundation = (stand: Stand): Stand => {
  let at = stand
  while (at.over !== undefined) at = at.over
  return at
}
