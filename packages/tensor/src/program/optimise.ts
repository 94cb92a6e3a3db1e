import { contract } from './passes/contract.js'
import { fold } from './passes/fold.js'
import { fuse } from './passes/fuse.js'
import { merge } from './passes/merge.js'
import { prune } from './passes/prune.js'
import type { Program } from './program.js'

/** The optimiser passes, in the order in which they run. Each is a pure function and keeps every result bit for bit. */
export const passes = { fold, merge, contract, prune, fuse } as const

export type PassName = keyof typeof passes

export const passNames = Object.keys(passes) as readonly PassName[]

const inBodies = (program: Program, names: readonly PassName[]): Program => ({
  ...program,
  instructions: program.instructions.map(instruction =>
    instruction.name === 'scan'
      ? { ...instruction, body: optimise(instruction.body as Program, names) }
      : instruction,
  ),
})

/** Applies the named passes (all, unless told otherwise), in the bodies of scans first. */
export const optimise = (program: Program, names: readonly PassName[] = passNames): Program =>
  passNames
    .filter(name => names.includes(name))
    .reduce(
      (made, name) => {
        const next = passes[name](made)
        // Fusing leaves the views that it absorbed without readers.
        return name === 'fuse' ? prune(next) : next
      },
      inBodies(program, names),
    )
