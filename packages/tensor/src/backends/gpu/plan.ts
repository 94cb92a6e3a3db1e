import type { NDArray } from '../../graph/ndarray.js'
import { hostArray } from '../../graph/dtype.js'
import { sizeOf } from '../../shape/index.js'
import { optimise } from '../../program/optimise.js'
import type { Instruction, Program } from '../../program/program.js'
import type { PrimitiveName } from '../../primitives/table.js'
import { hostProgram } from './host.js'
import { bufferTable, lowerStage, type Launch, type LoweringOptions } from './lower.js'
import { numberPool } from './numbers.js'
import { isFree, place, type Stage } from './placement.js'
import { rewritten } from './rewrite.js'

/** What a step does, in order. */
export type Action =
  | {
      readonly on: 'host'
      readonly program: Program
      readonly reads: readonly number[]
      readonly writes: readonly number[]
      /** Values that the device has and the host has not, by number. */
      readonly downloads: readonly number[]
    }
  | { readonly on: 'device'; readonly launches: readonly Launch[]; readonly uploads: readonly number[] }

/** How a state slot gets its next value. */
export type NextState =
  | { readonly from: 'itself' }
  | { readonly from: 'host'; readonly value: number }
  /** The buffer that a kernel or an upload of this step writes. */
  | { readonly from: 'buffer'; readonly owner: number }
  /** A buffer that the step only reads. */
  | { readonly from: 'copy'; readonly owner: number }

export interface GpuPlan {
  readonly program: Program
  readonly homes: readonly Stage['on'][]
  readonly onHost: readonly PrimitiveName[]
  readonly actions: readonly Action[]
  /** Data of the program, and numbers that stand for whole values. */
  readonly data: ReadonlyMap<number, () => NDArray>
  /** Data that kernels read: uploaded once. */
  readonly uploadedOnce: readonly number[]
  readonly numbers: Float32Array
  readonly nextState: readonly NextState[]
  /** Uploads for the next state alone. */
  readonly lastUploads: readonly number[]
  /** Values of the device that the host wants at the end of a step. */
  readonly finalReads: readonly number[]
  /** Buffers that hold state after the step that writes them: the next step must write another. */
  readonly alternating: ReadonlySet<number>
  readonly owner: (value: number) => number
}

const dataOf = ({ values, instructions }: Program): Map<number, () => NDArray> => {
  const data = new Map<number, () => NDArray>()
  for (const instruction of instructions) {
    if (!isFree(instruction)) continue
    const [value] = instruction.outputs as readonly [number]
    const { shape, dtype } = values[value]
    data.set(value, () => {
      if (instruction.name === 'constant') return (instruction as Instruction<'constant'>).params.value
      const filled = hostArray(dtype, sizeOf(shape))
      return { shape, dtype, data: filled.fill((instruction as Instruction<'full'>).params.value) }
    })
  }
  return data
}

/** Everything about a program that is known before it runs. */
export const planFor = (
  given: Program,
  { rounds, tiling }: Pick<LoweringOptions, 'rounds' | 'tiling'>,
): GpuPlan => {
  const program = optimise(rewritten(given, { unfolds: tiling !== undefined }), ['prune'])
  const { stages, homes, onHost } = place(program)
  const { state, inputs, values } = program
  const buffers = bufferTable(values.length)
  const numbers = numberPool()
  const data = dataOf(program)

  const onHostSide = new Uint8Array(values.length)
  for (let i = 0; i < state + inputs; i++) onHostSide[i] = i >= state || homes[i] === 'host' ? 1 : 0
  for (const value of data.keys()) onHostSide[value] = 1
  const hasBuffer = new Set<number>(homes.flatMap((home, i) => (home === 'device' ? [i] : [])))
  const uploadedOnce = new Set<number>()
  const written = new Set<number>()

  /** The host's values among these that must be brought to the device now. */
  const missing = (owners: readonly number[]): number[] => {
    const uploads: number[] = []
    for (const owner of owners) {
      if (hasBuffer.has(owner)) continue
      hasBuffer.add(owner)
      if (data.has(owner)) uploadedOnce.add(owner)
      else {
        uploads.push(owner)
        written.add(owner)
      }
    }
    return uploads
  }

  const actions = stages.map((stage): Action => {
    if (stage.on === 'host') {
      const { program: mine, reads } = hostProgram(program, stage)
      const downloads = reads.filter(value => onHostSide[value] === 0)
      for (const value of [...downloads, ...stage.writes]) onHostSide[value] = 1
      return { on: 'host', program: mine, reads, writes: stage.writes, downloads }
    }
    const launches = lowerStage(program, stage, { buffers, numbers, rounds, tiling })
    const made = new Set(launches.map(({ writes }) => writes))
    // A value that is another one reshaped may be wanted although no kernel reads it.
    const owners = [
      ...launches.flatMap(({ reads }) => reads.filter(source => source !== 'numbers')),
      ...stage.writes.map(buffers.owner),
    ].filter(owner => !made.has(owner))
    const uploads = missing(owners)
    for (const owner of made) {
      hasBuffer.add(owner)
      written.add(owner)
    }
    return { on: 'device', launches, uploads }
  })

  const alternating = new Set<number>()
  const lastUploads: number[] = []
  const nextState = program.nextState.map((value, i): NextState => {
    if (value === i) return { from: 'itself' }
    if (homes[i] === 'host') return { from: 'host', value }
    const owner = buffers.owner(value)
    if (!hasBuffer.has(owner)) lastUploads.push(...missing([owner]))
    if (!written.has(owner)) return { from: uploadedOnce.has(owner) ? 'buffer' : 'copy', owner }
    alternating.add(owner)
    return { from: 'buffer', owner }
  })
  const wantedByHost = [
    ...program.outputs,
    ...nextState.flatMap(next => (next.from === 'host' ? [next.value] : [])),
  ]
  const finalReads = [...new Set(wantedByHost.filter(value => onHostSide[value] === 0))]
  return {
    program,
    homes,
    onHost,
    actions,
    data,
    uploadedOnce: [...uploadedOnce],
    numbers: numbers.entries(),
    nextState,
    lastUploads,
    finalReads,
    alternating,
    owner: buffers.owner,
  }
}
