import type { Spec } from '../../../graph/tensor.js'
import type { Instruction } from '../../../program/program.js'
import type { PrimitiveName } from '../../../primitives/table.js'
import { bias, type Numbers } from '../numbers.js'

/** A buffer that a kernel reads: that of a value, or the pool of numbers. */
export type Source = number | 'numbers'

/** A function in the device's own language. */
export interface NativeFunction {
  readonly name: string
  readonly source: string
  readonly returnType: 'Float' | 'Array(4)'
  readonly argumentTypes: Readonly<Record<string, 'ArrayTexture(4)' | 'Float'>>
}

/** One kernel: its text in the subset of JavaScript that gpu.js compiles, and what it reads, in the order of its parameters. */
export interface KernelText {
  readonly source: string
  readonly reads: readonly Source[]
  /** What the text calls beside `Math`. */
  readonly natives: readonly NativeFunction[]
}

/** What a kernel's author sees of the program. */
export interface Surroundings {
  readonly specOf: (value: number) => Spec
  /** The instruction that makes a value which is computed where it is read; `undefined` for one that has a buffer. */
  readonly inlined: (value: number) => Instruction | undefined
  /** The buffer of a value that has one. */
  readonly bufferOf: (value: number) => number
  /** The element of a buffer whose elements do not stand one after the other. */
  readonly scattered?: (writer: Writer, buffer: number, index: string) => string | undefined
  readonly expression: (writer: Writer, instruction: Instruction, index: string) => string
  readonly numbers: Numbers
  /** Whether each operation must be told to round to single precision. */
  readonly rounds: boolean
}

/** Writes the text of one kernel. Values are f32 expressions; indices are whole numbers in f32, exact below 2²⁴. */
export interface Writer {
  readonly specOf: (value: number) => Spec
  /** Gives an expression a name, once in each block. */
  name(expression: string): string
  /** Names the result of one operation of the program. */
  rounded(expression: string): string
  number(x: number): string
  /** A number that drivers do not see in the text. */
  hidden(x: number): string
  /** 2ᵏ for a whole k from −126 to 127. */
  powerOfTwo(k: string): string
  /** The parameter that stands for a buffer as a whole. */
  buffer(value: number): string
  /** Makes a function known that the text calls. */
  call(native: NativeFunction): void
  /** The element of a value at a flat index. */
  at(value: number, index: string): string
  /** A variable with a first value; yields its name. */
  variable(first: string): string
  say(line: string): void
  /** Repeats the lines that `body` writes; the bound stands in the text, because gpu.js stops other loops after 1,000 turns. */
  loop(count: number, body: (k: string) => void): void
}

interface Block {
  readonly lines: string[]
  readonly known: Map<string, string>
}

const writer = ({
  specOf,
  inlined,
  bufferOf,
  scattered,
  expression,
  numbers,
  rounds,
}: Surroundings): {
  readonly writer: Writer
  readonly reads: Source[]
  readonly natives: ReadonlyMap<string, NativeFunction>
  readonly lines: readonly string[]
} => {
  const reads: Source[] = []
  const natives = new Map<string, NativeFunction>()
  const outer: Block = { lines: [], known: new Map() }
  const blocks: Block[] = [outer]
  let names = 0

  const parameter = (source: Source): string => {
    const known = reads.indexOf(source)
    return `a${known < 0 ? reads.push(source) - 1 : known}`
  }
  const block = (): Block => blocks[blocks.length - 1]
  const known = (key: string, make: () => string): string => {
    for (const { known } of blocks) {
      const found = known.get(key)
      if (found !== undefined) return found
    }
    const made = make()
    block().known.set(key, made)
    return made
  }
  const fresh = (letter: string): string => `${letter}${names++}`
  const pool = (): string => parameter('numbers')

  const self: Writer = {
    specOf,
    name: text =>
      known(text, () => {
        const name = fresh('v')
        block().lines.push(`const ${name} = ${text};`)
        return name
      }),
    rounded: text => self.name(rounds ? `Math.fround(${text})` : text),
    number: x => numbers.spell(x, pool),
    hidden: x => numbers.hide(x, pool),
    buffer: value => parameter(bufferOf(value)),
    call: native => void natives.set(native.name, native),
    powerOfTwo: k => `${pool()}[${k} + ${bias}.0]`,
    at: (value, index) => {
      const instruction = inlined(value)
      if (instruction === undefined) {
        const buffer = bufferOf(value)
        return scattered?.(self, buffer, index) ?? self.name(`${parameter(buffer)}[${index}]`)
      }
      return known(`%${value} at ${index}`, () => expression(self, instruction, index))
    },
    variable: first => {
      const name = fresh('s')
      block().lines.push(`let ${name} = ${first};`)
      return name
    },
    say: line => void block().lines.push(line),
    loop: (count, body) => {
      const k = fresh('k')
      blocks.push({ lines: [], known: new Map() })
      body(k)
      const { lines } = blocks.pop() as Block
      block().lines.push(`for (let ${k} = 0; ${k} < ${count}; ${k}++) {`, ...lines, '}')
    },
  }
  return { writer: self, reads, natives, lines: outer.lines }
}

/** The kernel whose output element `i` is what `body` yields. */
export const writeKernel = (
  surroundings: Surroundings,
  body: (writer: Writer, index: string) => string,
): KernelText => {
  const { writer: made, reads, natives, lines } = writer(surroundings)
  made.say('const i = this.thread.x;')
  const result = body(made, 'i')
  const parameters = reads.map((_, n) => `a${n}`).join(', ')
  const source = `function kernel(${parameters}) {\n${lines.join('\n')}\nreturn ${result};\n}`
  return { source, reads, natives: [...natives.values()] }
}

/** How an instruction is written where its value is read: the element at `index`. */
export type Expression<N extends PrimitiveName = PrimitiveName> = (
  writer: Writer,
  instruction: Instruction<N>,
  index: string,
) => string
