/** Reads the binary format of WebAssembly (core specification, section 5) as far as the import section. */

const importSection = 2
const kinds = { function: 0, table: 1, memory: 2, global: 3 } as const
const sharedFlag = 2

class Reader {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new Error('memory import: the module ends within a section')
    return byte
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }

  /** Passes over a vector of bytes: a name. */
  name(): void {
    const length = this.number()
    this.at += length
  }

  limits(): void {
    const flags = this.byte()
    this.number()
    if (flags & 1) this.number()
  }
}

/** Where the flags of the first imported memory's limits stand. */
const memoryFlags = (reader: Reader): number => {
  const count = reader.number()
  for (let i = 0; i < count; i++) {
    reader.name()
    reader.name()
    const kind = reader.byte()
    if (kind === kinds.memory) return reader.at
    if (kind === kinds.function) reader.number()
    else if (kind === kinds.global) reader.at += 2
    else {
      reader.byte()
      reader.limits()
    }
  }
  throw new Error('memory import: the module imports no memory')
}

/**
 * The same module with its memory import unshared, for platforms without SharedArrayBuffer: atomic accesses are valid there too, as
 * long as nothing waits. The memory given to it must still declare a maximum.
 */
export const unshareMemoryImport = (module: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(module)
  const reader = new Reader(copy, 8)
  while (reader.at < copy.length) {
    const section = reader.byte()
    const size = reader.number()
    if (section === importSection) {
      copy[memoryFlags(reader)] &= ~sharedFlag
      return copy
    }
    reader.at += size
  }
  throw new Error('memory import: the module imports no memory')
}
