import { stridesOf } from '../../../graph/indices.js'
import type { Shape } from '../../../shape/index.js'
import { collapse } from '../lower/strides.js'
import * as wasm from './encoding.js'
import { types, v128, type Code, type Made, type Type } from './encoding.js'
import type { FunctionName, Lanes } from './lanes.js'

/** What a value of a pass is: a number, a way of reading an array, or the result of an operation. */
export type Form =
  | { readonly kind: 'literal'; readonly bits: number }
  | {
      readonly kind: 'input'
      readonly address: number
      readonly strides: readonly number[]
      /** Read from `shift` bytes on, where it is the same size as the index space: a slice of a sequence. */
      readonly turns?: boolean
    }
  | { readonly kind: 'result'; readonly operation: number }

export interface Operation {
  readonly lanes: Lanes
  readonly operands: readonly Form[]
}

/**
 * Where a result goes: to the array at `address`, in the order of the index space; or `shift` bytes from an address: to a place in scratch, or to
 * a slice of a stack.
 */
export interface Sink {
  readonly operation: number
  readonly target: { readonly address: number } | { readonly shifted: number }
}

/** Elementwise operations in one walk over an index space. */
export interface Pass {
  readonly space: Shape
  readonly operations: readonly Operation[]
  readonly sinks: readonly Sink[]
  /** Whether it is only asked for multiples of four elements, from multiples of four on. */
  readonly inFours: boolean
}

/**
 * A pass as a function (first, last, shift): computes the elements from `first` up to `last`, in row-major order. What is shifted is read at, or goes to,
 * byte `shift + address + 4 · element`.
 */
export const passSignature: wasm.Signature = {
  parameters: [types.i32, types.i32, types.i32],
  results: [],
}
const [firstElement, lastElement, shift] = [0, 1, 2]

/** Arrays that are stepped through alike share a pointer: their bytes from the beginning of each. */
interface Course {
  readonly strides: readonly number[]
  /** The step along the innermost axis, in elements. */
  readonly step: number
  readonly pointer: number
  /** With a negative stride the pointer holds the address itself, for an offset cannot take a pointer below zero. */
  readonly base: number
}

interface Source {
  readonly address: number
  readonly course: Course | 'whole' | 'turning' | 'once'
  readonly local: number
}

const keyOf = ({ address, strides, turns = false }: Form & { readonly kind: 'input' }): string =>
  `${address}:${strides.join()}:${turns}`

/** The numbers of what the functions of a module share. */
export interface Numbering {
  /** The number of one of the kernels' functions. */
  readonly indexOf: (name: FunctionName) => number
  /** The number of the global vector that holds a word in each lane. */
  readonly globalOf: (word: number) => number
}

/** The locals of results, which later ones take over when nothing reads them any more: an engine's first compiler is slow with many. */
const placeResults = ({ operations, sinks }: Pass, local: () => number) => {
  const isRead = operations.map(() => false)
  const last = operations.map((_, i) => i)
  operations.forEach(({ lanes, operands }, i) =>
    operands.forEach((form, place) => {
      if (form.kind !== 'result') return
      isRead[form.operation] ||= !(lanes.kind === 'select' && place === 0)
      last[form.operation] = i
    }),
  )
  for (const { operation } of sinks) isRead[operation] = true
  const free: number[] = []
  const dying = operations.map((): number[] => [])
  const take = (until: number): number => {
    const taken = free.pop() ?? local()
    dying[until].push(taken)
    return taken
  }
  const results: number[] = []
  /** Comparisons as masks, where a selection takes them. */
  const masks: number[] = []
  operations.forEach(({ lanes }, i) => {
    masks.push(lanes.kind === 'mask' ? take(last[i]) : -1)
    results.push(take(last[i]))
    free.push(...dying[i])
  })
  return { results, masks, isRead }
}

/** Writes the function of one pass. */
export const codeOf = (pass: Pass, { indexOf, globalOf }: Numbering): Made => {
  const { space, operations, sinks, inFours } = pass
  const locals: Type[] = []
  const local = (type: Type): number => passSignature.parameters.length + locals.push(type) - 1

  const arrays = new Map<string, Form & { readonly kind: 'input' }>()
  const literals = new Map<number, number>()
  for (const { operands } of operations) {
    for (const form of operands) {
      if (form.kind === 'input') arrays.set(keyOf(form), form)
      if (form.kind === 'literal' && !literals.has(form.bits)) literals.set(form.bits, local(types.v128))
    }
  }
  const { sizes, strides } = collapse(space, [
    stridesOf(space),
    ...[...arrays.values()].map(array => array.strides),
  ])
  const inner = sizes.length - 1
  const whole = strides[0]

  const courses = new Map<string, Course>()
  const sources = new Map<string, Source>()
  ;[...arrays.entries()].forEach(([key, { address, turns = false }], i) => {
    const steps = strides[i + 1]
    const made = { address, local: local(types.v128) }
    if (turns) sources.set(key, { ...made, course: 'turning' })
    else if (steps.every(step => step === 0)) sources.set(key, { ...made, course: 'once' })
    else if (steps.every((step, axis) => step === whole[axis])) sources.set(key, { ...made, course: 'whole' })
    else {
      const base = steps.some(step => step < 0) ? address : 0
      const name = `${base}:${steps.join()}`
      const course = courses.get(name) ?? {
        ...{ strides: steps, step: steps[inner], pointer: local(types.i32), base },
      }
      courses.set(name, course)
      sources.set(key, { ...made, course })
    }
  })

  // Bytes from the beginning of whole arrays: where the walk stands, where a run of it ends, where all ends.
  const [at, runEnd, end, vectorsEnd] = [0, 1, 2, 3].map(() => local(types.i32))
  const { results, masks, isRead } = placeResults(pass, () => local(types.v128))

  const { get, set, i32Const } = wasm
  const advance = (pointer: number, bytes: number): Code =>
    bytes === 0 ? [] : [...get(pointer), ...i32Const(bytes), ...wasm.add, ...set(pointer)]

  /** Four elements, or one, at where the walk stands. */
  const body = (width: 1 | 4): Code => {
    const code: number[] = []
    const put = (...parts: readonly Code[]): void =>
      parts.forEach(part => part.forEach(byte => code.push(byte)))
    const loaded = new Set<Source>()
    const ensure = (source: Source): void => {
      const { course, address } = source
      if (course === 'once' || (typeof course === 'object' && course.step === 0) || loaded.has(source)) return
      loaded.add(source)
      const [pointer, offset, step] =
        typeof course === 'object' ? [course.pointer, address - course.base, course.step] : [at, address, 1]
      if (course === 'turning') {
        put(get(at), get(shift), wasm.add, width === 1 ? v128.load32Zero(address) : v128.load(address))
      } else if (width === 1) put(get(pointer), v128.load32Zero(offset))
      else if (step === 1) put(get(pointer), v128.load(offset))
      else {
        put(get(pointer), v128.load32Zero(offset), set(source.local))
        for (let lane = 1; lane < 4; lane++) {
          put(get(pointer), i32Const(4 * lane * step), wasm.add, get(source.local))
          put(v128.load32Lane(offset, lane), set(source.local))
        }
        return
      }
      put(set(source.local))
    }
    const operand = (form: Form): void => {
      if (form.kind === 'literal') put(get(literals.get(form.bits) as number))
      else if (form.kind === 'result') put(get(results[form.operation]))
      else {
        const source = sources.get(keyOf(form)) as Source
        ensure(source)
        put(get(source.local))
      }
    }
    const compute = ({ lanes, operands }: Operation): void => {
      if (lanes.kind === 'select') {
        const [condition, then, otherwise] = operands as readonly [Form, Form, Form]
        operand(then)
        operand(otherwise)
        const mask = condition.kind === 'result' ? masks[condition.operation] : -1
        if (mask >= 0) put(get(mask))
        else {
          operand(condition)
          put(v128.splat(0), v128.isDifferent)
        }
        put(v128.bitselect)
        return
      }
      operands.forEach(operand)
      if (lanes.kind === 'call') {
        if (lanes.order !== undefined) put(i32Const(lanes.order))
        put(wasm.call(indexOf(lanes.name)))
      } else if (lanes.kind !== 'same') put(lanes.code)
    }
    const store = ({ operation, target }: Sink): void => {
      const isShifted = 'shifted' in target
      const offset = isShifted ? target.shifted : target.address
      // What stands there now may be read by a later operation.
      if (!isShifted)
        for (const source of sources.values()) if (source.address === target.address) ensure(source)
      put(get(at), isShifted ? [...get(shift), ...wasm.add] : [], get(results[operation]))
      put(width === 4 ? v128.store(offset) : v128.store32Lane(offset, 0))
    }
    operations.forEach((operation, i) => {
      compute(operation)
      if (masks[i] < 0) put(set(results[i]))
      else {
        put(set(masks[i]))
        if (isRead[i]) put(get(masks[i]), v128.splat(1), v128.and, set(results[i]))
      }
      for (const sink of sinks) if (sink.operation === i) store(sink)
    })
    put(advance(at, 4 * width))
    for (const { pointer, step } of courses.values()) put(advance(pointer, 4 * width * step))
    return code
  }

  /** From `at` to `runEnd`: vectors, then what is left over. */
  const run: Code = [
    ...[...get(at), ...get(runEnd), ...get(at), ...wasm.sub, ...i32Const(-16), ...wasm.and, ...wasm.add],
    ...set(vectorsEnd),
    ...wasm.block([
      ...[...get(at), ...get(vectorsEnd), ...wasm.geU, ...wasm.brIf(0)],
      ...wasm.loop([...body(4), ...get(at), ...get(vectorsEnd), ...wasm.ltU, ...wasm.brIf(0)]),
    ]),
    ...(inFours && sizes[inner] % 4 === 0
      ? []
      : wasm.block([
          ...[...get(at), ...get(runEnd), ...wasm.geU, ...wasm.brIf(0)],
          ...wasm.loop([...body(1), ...get(at), ...get(runEnd), ...wasm.ltU, ...wasm.brIf(0)]),
        ])),
  ]

  const code: number[] = []
  const put = (...parts: readonly Code[]): void =>
    parts.forEach(part => part.forEach(byte => code.push(byte)))
  const shiftLeftByTwo: Code = [...i32Const(2), ...wasm.shl]
  put(get(firstElement), shiftLeftByTwo, set(at), get(lastElement), shiftLeftByTwo, set(end))
  // Read from a global: an engine makes a constant anew, from three instructions, at each of its uses in a loop.
  for (const [bits, literal] of literals) put(wasm.getGlobal(globalOf(bits)), set(literal))
  for (const { course, address, local: value } of sources.values())
    if (course === 'once') put(i32Const(0), v128.load32Splat(address), set(value))
  if (inner === 0) {
    // One axis: every array is whole or read once, or is stepped through evenly.
    for (const { pointer, step, base } of courses.values())
      put(get(at), i32Const(step), wasm.mul, i32Const(base), wasm.add, set(pointer))
    put(get(end), set(runEnd), run)
    return { locals, code }
  }

  // Several axes: row by row. Positions along the outer axes, and the one along the inner, of the first element.
  const positions = sizes.slice(0, inner).map(() => local(types.i32))
  const [column, rest] = [local(types.i32), local(types.i32)]
  put(get(firstElement), i32Const(sizes[inner]), wasm.remU, set(column))
  put(get(firstElement), i32Const(sizes[inner]), wasm.divU, set(rest))
  for (let axis = inner - 1; axis >= 0; axis--) {
    put(get(rest), i32Const(sizes[axis]), wasm.remU, set(positions[axis]))
    put(get(rest), i32Const(sizes[axis]), wasm.divU, set(rest))
  }
  for (const { pointer, strides: steps, base } of courses.values()) {
    put(i32Const(base))
    ;[...positions, column].forEach((position, axis) => {
      if (steps[axis] !== 0) put(get(position), i32Const(4 * steps[axis]), wasm.mul, wasm.add)
    })
    put(set(pointer))
  }
  /** To the next position along the outer axes, the last of them first. */
  const nextRow = (axis: number): Code => {
    const steps = [...courses.values()].flatMap(({ pointer, strides: s }) => advance(pointer, 4 * s[axis]))
    const onward = [...advance(positions[axis], 1), ...steps]
    if (axis === 0) return onward
    const back = [...courses.values()].flatMap(({ pointer, strides: s }) =>
      advance(pointer, -4 * s[axis] * sizes[axis]),
    )
    return [
      ...onward,
      ...wasm.block([
        ...[...get(positions[axis]), ...i32Const(sizes[axis]), ...wasm.ne, ...wasm.brIf(0)],
        ...[...i32Const(0), ...set(positions[axis]), ...back, ...nextRow(axis - 1)],
      ]),
    ]
  }
  const perRow = [...sources.values()].filter(({ course }) => typeof course === 'object' && course.step === 0)
  const row: number[] = []
  const putRow = (...parts: readonly Code[]): void =>
    parts.forEach(part => part.forEach(byte => row.push(byte)))
  // The row ends where all ends, or after as many elements as are left of it.
  putRow(get(at), i32Const(sizes[inner]), get(column), wasm.sub, shiftLeftByTwo, wasm.add, wasm.tee(runEnd))
  putRow(get(end), get(runEnd), get(end), wasm.ltU, wasm.select, set(runEnd))
  for (const { course, address, local: value } of perRow) {
    const { pointer, base } = course as Course
    putRow(get(pointer), v128.load32Splat(address - base), set(value))
  }
  putRow(run)
  // Pointers go back to the row's beginning, from which the next is a step.
  for (const { pointer, step } of courses.values()) putRow(advance(pointer, -4 * step * sizes[inner]))
  putRow(i32Const(0), set(column), nextRow(inner - 1))
  put(
    wasm.block([
      ...[...get(at), ...get(end), ...wasm.geU, ...wasm.brIf(0)],
      ...wasm.loop([...row, ...get(at), ...get(end), ...wasm.ltU, ...wasm.brIf(0)]),
    ]),
  )
  return { locals, code }
}
