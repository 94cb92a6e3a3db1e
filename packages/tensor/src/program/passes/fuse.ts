import { sizeOf, type Shape } from '../../shape/index.js'
import { aroundAxes } from '../../graph/indices.js'
import type { Primitive } from '../../graph/primitive.js'
import type { Spec } from '../../graph/tensor.js'
import { primitives } from '../../primitives/table.js'
import type { Instruction, Program } from '../program.js'
import { rebuild } from '../rebuild.js'

/** Longer runs are cut: a backend holds a run's values in fast memory. */
const longestRun = 64

const isElementwise = ({ name }: Instruction): boolean =>
  (primitives[name] as unknown as Primitive).elementwise === true
/** The most reductions that a run may end in. */
const mostReductions = 4

/**
 * How an instruction reduces what it reads, if it may end a run: over neighbouring axes. Reductions of one run have equal ways, in words.
 */
const reductionOf = ({ name, params, inputs }: Instruction, { values }: Program): string | undefined => {
  if (name !== 'sum' && name !== 'reduceMax') return undefined
  const { shape } = values[inputs[0]]
  return sizeOf(shape) === 0
    ? undefined
    : aroundAxes(shape, (params as { readonly axes: readonly number[] }).axes)?.join()
}

/** Instructions that a run makes for itself instead of reading them: a repeated value, a number. */
const isView = ({ name }: Instruction): boolean => name === 'broadcast' || name === 'full'

interface Analysis {
  /** Which instruction writes each value; −1 for parameters. */
  readonly writer: Int32Array
  /** The run of each instruction, named by one of its instructions; −1 outside runs. */
  readonly run: Int32Array
}

/** A number for the shape of each instruction's first output; equal shapes have equal numbers. */
const numberShapes = ({ values, instructions }: Program): Int32Array => {
  const byObject = new Map<Shape, number>()
  const byText = new Map<string, number>()
  return Int32Array.from(instructions, ({ outputs }) => {
    const { shape } = values[outputs[0]]
    const known = byObject.get(shape)
    if (known !== undefined) return known
    const text = shape.join()
    const number = byText.get(text) ?? byText.size
    byText.set(text, number)
    byObject.set(shape, number)
    return number
  })
}

/** Levels of instructions, and how they were found. */
interface Levels {
  readonly level: Int32Array
  readonly writer: Int32Array
  /** Whether an instruction may stand in a run, as a member or as a reduction of one. */
  readonly isMember: (i: number) => boolean
  readonly isReduced: (i: number) => boolean
  readonly shapes: Int32Array
}

/**
 * The *level* counts the edges on the longest path from the inputs that leave a run: an instruction one level up may read a run, but
 * nothing of a run's own level can stand between two of its members, so that fusing makes no cycle. A reduction of a member has its level: nothing in the
 * run reads it.
 */
const levelsOf = (program: Program): Levels => {
  const { values, instructions, nextState, outputs } = program
  const writer = new Int32Array(values.length).fill(-1)
  instructions.forEach(({ outputs: made }, i) => made.forEach(value => (writer[value] = i)))
  const elementwise = Uint8Array.from(instructions, instruction => (isElementwise(instruction) ? 1 : 0))
  const reduced = Uint8Array.from(instructions, (instruction, i) => {
    const w = instruction.inputs.length === 1 ? writer[instruction.inputs[0]] : -1
    return w >= 0 && w < i && elementwise[w] === 1 && reductionOf(instruction, program) !== undefined ? 1 : 0
  })
  const shapes = numberShapes(program)
  const level = new Int32Array(instructions.length)
  /** How many levels an instruction stands above one that it reads, at least. */
  const rise = (w: number, i: number): number =>
    reduced[i] === 1 || (elementwise[i] === 1 && elementwise[w] === 1 && shapes[w] === shapes[i]) ? 0 : 1
  instructions.forEach(({ inputs }, i) => {
    for (const value of inputs) {
      const w = writer[value]
      if (w >= 0) level[i] = Math.max(level[i], level[w] + rise(w, i))
    }
  })
  // An instruction that is read much later joins its first readers there, if they then read no more memory than they did: it may read one array itself.
  const latest = new Int32Array(instructions.length).fill(instructions.length)
  const joined = new Uint8Array(instructions.length)
  for (const value of [...nextState, ...outputs]) if (writer[value] >= 0) latest[writer[value]] = -1
  for (let i = instructions.length - 1; i >= 0; i--) {
    const { inputs } = instructions[i]
    const arrays = new Set(inputs.filter(value => writer[value] < 0 || !isView(instructions[writer[value]])))
      .size
    if (elementwise[i] === 1 && joined[i] === 1 && arrays <= 1 && latest[i] > level[i]) level[i] = latest[i]
    for (const value of inputs) {
      const w = writer[value]
      if (w < 0) continue
      const limit = level[i] - rise(w, i)
      if (limit < latest[w]) joined[w] = 0
      if (limit <= latest[w] && elementwise[i] === 1 && rise(w, i) === 0) joined[w] = 1
      latest[w] = Math.min(latest[w], limit)
    }
  }
  return {
    ...{ level, writer, shapes },
    isMember: i => elementwise[i] === 1,
    isReduced: i => reduced[i] === 1,
  }
}

/**
 * Elementwise instructions of one shape and one level form runs: members are joined by edges and by values that they both read.
 * Reductions of members stand in their runs.
 */
const analyse = (program: Program): Analysis => {
  const { instructions } = program
  const { level, writer, shapes, isMember, isReduced } = levelsOf(program)
  const parent = Int32Array.from(instructions, (_, i) => i)
  const find = (i: number): number => {
    let root = i
    while (parent[root] !== root) root = parent[root] = parent[parent[root]]
    return root
  }
  // One key for (value, level, shape), the last two below these bounds.
  const readers = new Map<number, number>()
  const keyOf = (value: number, i: number): number =>
    (value * instructions.length + level[i]) * instructions.length + shapes[i]
  instructions.forEach(({ inputs }, i) => {
    if (isReduced(i)) parent[i] = find(writer[inputs[0]])
    if (!isMember(i)) return
    for (const value of inputs) {
      const w = writer[value]
      if (w >= 0 && isMember(w) && shapes[w] === shapes[i] && level[w] === level[i]) parent[find(i)] = find(w)
      const key = keyOf(value, i)
      const other = readers.get(key)
      if (other === undefined) readers.set(key, i)
      else parent[find(i)] = find(other)
    }
  })
  return {
    writer,
    run: Int32Array.from(instructions, (_, i) => (isMember(i) || isReduced(i) ? find(i) : -1)),
  }
}

/** Units of the new program: single instructions, and runs cut to length; each a list of old positions. */
const unitsOf = (program: Program, { run, writer }: Analysis): number[][] => {
  const { instructions } = program
  const open = new Map<number, number[]>()
  const units: number[][] = []
  /** How the reductions of a unit reduce, and how many there are. */
  const reductions = new Map<number[], { readonly way: string; count: number }>()
  /** Whether a reduction can stand in the unit of what it reads. */
  const fits = (i: number, way: string, unit: number[] | undefined): boolean => {
    if (unit?.includes(writer[instructions[i].inputs[0]]) !== true) return false
    const known = reductions.get(unit)
    if (known === undefined) reductions.set(unit, { way, count: 1 })
    else if (known.way !== way || known.count === mostReductions) return false
    else known.count++
    return true
  }
  instructions.forEach((instruction, i) => {
    const name = run[i]
    const unit = name < 0 ? undefined : open.get(name)
    const way = reductionOf(instruction, program)
    if (way !== undefined) {
      if (fits(i, way, unit)) unit?.push(i)
      else units.push([i])
    } else if (unit !== undefined && unit.length < longestRun) unit.push(i)
    else {
      const fresh = [i]
      units.push(fresh)
      if (name >= 0) open.set(name, fresh)
    }
  })
  return units
}

/** Units so that each stands after those it reads, near their old places; without recursion. */
const inOrder = (
  units: readonly (readonly number[])[],
  { instructions }: Program,
  writer: Int32Array,
): (readonly number[])[] => {
  const unitOf = new Int32Array(instructions.length)
  units.forEach((unit, u) => unit.forEach(i => (unitOf[i] = u)))
  const done = new Uint8Array(units.length)
  const order: (readonly number[])[] = []
  const pending: (readonly [unit: number, expanded: boolean])[] = []
  units.forEach((_, root) => {
    pending.push([root, false])
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [u, expanded] = next
      if (done[u]) continue
      const unit = units[u]
      if (expanded) {
        done[u] = 1
        order.push(unit)
        continue
      }
      pending.push([u, true])
      for (const i of unit) {
        for (const value of instructions[i].inputs) {
          const w = writer[value]
          if (w >= 0 && unitOf[w] !== u && !done[unitOf[w]]) pending.push([unitOf[w], false])
        }
      }
    }
  })
  return order
}

interface Run {
  readonly body: Program
  /** Old numbers of the values that the run reads, in the order of the body's inputs. */
  readonly inputs: readonly number[]
  /** Old numbers of the values that others read. */
  readonly outputs: readonly number[]
}

/** The members of a run as a program; repeated values and numbers that members read are made inside. */
const bodyOf = (
  unit: readonly number[],
  program: Program,
  writer: Int32Array,
  readOutside: (value: number) => boolean,
): Run => {
  const members = new Set(unit)
  const views = new Map<number, Instruction>()
  const reads = new Set<number>()
  for (const i of unit) {
    for (const value of program.instructions[i].inputs) {
      const w = writer[value]
      const source = w >= 0 ? program.instructions[w] : undefined
      if (members.has(w)) continue
      if (source !== undefined && isView(source)) {
        views.set(value, source)
        source.inputs.forEach(input => reads.add(input))
      } else reads.add(value)
    }
  }
  const inputs = [...reads]
  const outputs = unit.flatMap(i => program.instructions[i].outputs.filter(readOutside))
  const numbers = new Map(inputs.map((value, n) => [value, n]))
  const values: Spec[] = inputs.map(value => program.values[value])
  const instructions: Instruction[] = []
  const place = (instruction: Instruction): void => {
    const renumbered = instruction.inputs.map(value => numbers.get(value) as number)
    const made = instruction.outputs.map(value => values.push(program.values[value]) - 1)
    instruction.outputs.forEach((value, n) => numbers.set(value, made[n]))
    instructions.push({ ...instruction, inputs: renumbered, outputs: made })
  }
  for (const view of views.values()) place(view)
  for (const i of unit) place(program.instructions[i])
  const body: Program = {
    values,
    state: 0,
    inputs: inputs.length,
    instructions,
    nextState: [],
    outputs: outputs.map(value => numbers.get(value) as number),
  }
  return { body, inputs, outputs }
}

/** Values that something outside their writer's unit reads. */
const readersOutside = (
  units: readonly (readonly number[])[],
  { instructions, nextState, outputs, values }: Program,
  writer: Int32Array,
): Uint8Array => {
  const unitOf = new Int32Array(instructions.length)
  units.forEach((unit, u) => unit.forEach(i => (unitOf[i] = u)))
  const outside = new Uint8Array(values.length)
  for (const value of [...nextState, ...outputs]) outside[value] = 1
  instructions.forEach((instruction, i) => {
    for (const value of instruction.inputs) {
      const w = writer[value]
      if (w >= 0 && unitOf[w] !== unitOf[i]) outside[value] = 1
    }
  })
  return outside
}

/** Joins elementwise instructions into `fused` ones, which a backend executes in one pass over memory. */
export const fuse = (program: Program): Program => {
  const analysis = analyse(program)
  const units = unitsOf(program, analysis)
  const outside = readersOutside(units, program, analysis.writer)
  const made = rebuild(program)
  for (const unit of inOrder(units, program, analysis.writer)) {
    const first = program.instructions[unit[0]]
    const absorbs =
      isElementwise(first) &&
      first.inputs.some(value => {
        const w = analysis.writer[value]
        return w >= 0 && isView(program.instructions[w])
      })
    if (unit.length === 1 && !absorbs) {
      made.copy(first)
      continue
    }
    const { body, inputs, outputs } = bodyOf(unit, program, analysis.writer, value => outside[value] === 1)
    const numbers = made.emit(
      { name: 'fused', params: {}, inputs: inputs.map(value => made.at(value)), body },
      outputs.map(value => program.values[value]),
    )
    outputs.forEach((value, n) => made.stand(value, numbers[n]))
  }
  return made.finish()
}
