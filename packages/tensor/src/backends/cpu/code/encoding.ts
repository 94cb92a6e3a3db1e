// The binary format of WebAssembly (core specification, section 5), as far as the functions made here need it.

/** Bytes of a module, of a section or of instructions. */
export type Code = readonly number[]

/** An unsigned LEB128 number of at most 32 bits. */
export const unsigned = (value: number): Code => {
  const bytes: number[] = []
  let rest = value >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return bytes
}

/** A signed LEB128 number of 32 bits. */
const signed = (value: number): Code => {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f
    const isLast = rest >> 6 === 0 || rest >> 6 === -1
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}

const name = (text: string): Code => {
  const bytes = [...new TextEncoder().encode(text)]
  return [...unsigned(bytes.length), ...bytes]
}

/** Bytes one after the other. Function bodies are long: they are copied as a whole, not spread into lists. */
const joined = (...parts: readonly (Code | Uint8Array)[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const list = (items: readonly (Code | Uint8Array)[]): Uint8Array => joined(unsigned(items.length), ...items)

const i32 = 0x7f
const vector = 0x7b
export const types = { i32, v128: vector } as const
export type Type = (typeof types)[keyof typeof types]

/** Parameters and results of a function. */
export interface Signature {
  readonly parameters: readonly Type[]
  readonly results: readonly Type[]
}

export interface Import {
  readonly name: string
  readonly signature: Signature
}

export interface Made {
  /** Locals besides the parameters, in the order of their numbers. */
  readonly locals: readonly Type[]
  readonly code: Code
}

const section = (number: number, content: Code | Uint8Array): Uint8Array =>
  joined([number], unsigned(content.length), content)

const keyOf = ({ parameters, results }: Signature): string => `${parameters.join()}:${results.join()}`

/** Runs of equal types, as function bodies list them. */
const localRuns = (locals: readonly Type[]): Code[] => {
  const runs: { readonly type: Type; count: number }[] = []
  for (const type of locals) {
    const last = runs[runs.length - 1]
    if (last?.type === type) last.count++
    else runs.push({ type, count: 1 })
  }
  return runs.map(({ type, count }) => [...unsigned(count), type])
}

export interface Parts {
  readonly functions: readonly Made[]
  /** What all of them take and give. */
  readonly signature: Signature
  /** Functions imported from `kernels`. */
  readonly imports: readonly Import[]
  /** Words of global vectors, each the same in all lanes. */
  readonly globals: readonly number[]
  /** Where the functions go in the table `kernels.table`. */
  readonly first: number
  /** Whether the memory `env.memory` is shared. */
  readonly isShared: boolean
}

/** A module of functions, which enters them into a table when it is instantiated. */
export const moduleOf = ({
  functions: made,
  signature,
  imports,
  globals,
  first,
  isShared,
}: Parts): Uint8Array<ArrayBuffer> => {
  const signatures = new Map<string, readonly [number, Signature]>()
  const typeOf = (wanted: Signature): number => {
    const key = keyOf(wanted)
    const known = signatures.get(key) ?? [signatures.size, wanted]
    signatures.set(key, known)
    return known[0]
  }
  const own = typeOf(signature)
  const imported = imports.map(({ name: text, signature: wanted }) => [
    ...name('kernels'),
    ...name(text),
    ...[0, ...unsigned(typeOf(wanted))],
  ])
  // A shared memory has to declare its greatest size; 65536 pages are all that there can be.
  const memory = [...name('env'), ...name('memory'), 2, isShared ? 3 : 1, 0, ...unsigned(65536)]
  const table = [...name('kernels'), ...name('table'), 1, 0x70, 0, ...unsigned(first + made.length)]
  const bodies = made.map(({ locals, code }) => {
    const body = joined(list(localRuns(locals)), code, [0x0b])
    return joined(unsigned(body.length), body)
  })
  const functions = made.map((_, i) => unsigned(imports.length + i))
  return joined(
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(
      1,
      list(
        [...signatures.values()].map(([, { parameters, results }]) => [
          ...[0x60, ...unsigned(parameters.length), ...parameters],
          ...[...unsigned(results.length), ...results],
        ]),
      ),
    ),
    section(2, list([...imported, memory, table])),
    section(3, list(made.map(() => unsigned(own)))),
    section(6, list(globals.map(word => [vector, 1, ...v128.splat(word), 0x0b]))),
    section(9, list([[0, 0x41, ...signed(first), 0x0b, ...list(functions)]])),
    section(10, list(bodies)),
  )
}

const simd = (code: number): Code => [0xfd, ...unsigned(code)]
/** Every address here is a multiple of four bytes. */
const aligned = (offset: number): Code => [2, ...unsigned(offset)]

/** Instructions, in the words of the specification. */
export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number): Code => [0x21, ...unsigned(local)]
export const tee = (local: number): Code => [0x22, ...unsigned(local)]
export const getGlobal = (index: number): Code => [0x23, ...unsigned(index)]
export const i32Const = (value: number): Code => [0x41, ...signed(value)]
export const [add, sub, mul, divU, remU, and, shl] = [0x6a, 0x6b, 0x6c, 0x6e, 0x70, 0x71, 0x74].map(
  (code): Code => [code],
) as unknown as readonly [Code, Code, Code, Code, Code, Code, Code]
export const [eq, ne, ltU, geU] = [0x46, 0x47, 0x49, 0x4f].map((code): Code => [
  code,
]) as unknown as readonly [Code, Code, Code, Code]
/** The first operand where the third is not zero, else the second. */
export const select: Code = [0x1b]
export const call = (index: number): Code => [0x10, ...unsigned(index)]
/** A block that a branch leaves, and a loop that a branch repeats; neither has a result. */
export const block = (body: Code): Code => [0x02, 0x40, ...body, 0x0b]
export const loop = (body: Code): Code => [0x03, 0x40, ...body, 0x0b]
export const br = (depth: number): Code => [0x0c, ...unsigned(depth)]
export const brIf = (depth: number): Code => [0x0d, ...unsigned(depth)]
export const v128 = {
  load: (offset: number): Code => [...simd(0x00), ...aligned(offset)],
  load32Splat: (offset: number): Code => [...simd(0x09), ...aligned(offset)],
  load32Zero: (offset: number): Code => [...simd(0x5c), ...aligned(offset)],
  load32Lane: (offset: number, lane: number): Code => [...simd(0x56), ...aligned(offset), lane],
  store: (offset: number): Code => [...simd(0x0b), ...aligned(offset)],
  store32Lane: (offset: number, lane: number): Code => [...simd(0x5a), ...aligned(offset), lane],
  /** The same word in each lane. */
  splat: (word: number): Code => {
    const lane = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]
    return [...simd(0x0c), ...lane, ...lane, ...lane, ...lane]
  },
  and: simd(0x4e),
  /** Bits of the first operand where the third has ones, of the second elsewhere. */
  bitselect: simd(0x52),
  /** All bits of the lanes in which two vectors of whole numbers differ. */
  isDifferent: simd(0x38),
}
