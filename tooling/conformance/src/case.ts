import type { NDArray, Program, AnyTensor } from '@elbo/tensor'
import {
  doubles,
  flatten,
  interpret,
  placeholder,
  singles,
  type Allocate,
  type Value,
} from '@elbo/tensor/internals'
import type { Agreement, Oracle } from './agreement.js'

/** One situation in which a primitive must mean the same everywhere. */
export interface Case {
  readonly about: string
  readonly inputs: readonly NDArray[]
  readonly build: (inputs: readonly AnyTensor[]) => readonly AnyTensor[]
  /** In place of the row's. */
  readonly agreement?: Agreement
}

/** The cases of one primitive. */
export interface Cases {
  readonly agreement: Agreement
  readonly cases: () => readonly Case[]
}

export const placeholdersFor = (inputs: readonly NDArray[]): readonly AnyTensor[] =>
  inputs.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))

/** A case as a program of its own. */
export const programOf = ({ inputs, build }: Pick<Case, 'inputs' | 'build'>): Program => {
  const parameters = placeholdersFor(inputs)
  return flatten({ state: [], inputs: parameters, nextState: [], outputs: build(parameters) })
}

const mapF32 = (inputs: readonly NDArray[], f: (x: number) => number): readonly NDArray[] =>
  inputs.map(input =>
    input.dtype === 'f32' ? { ...input, data: (input.data as Float32Array).map(f) } : input,
  )

/** What the plain meaning says of each output of a program. */
export const oraclesOf = (program: Program, inputs: readonly NDArray[]): readonly Oracle[] => {
  const known = new Map<string, readonly Value[]>()
  const outputs =
    (name: string, values: () => readonly NDArray[], allocate: Allocate) => (i: number) => (): Value => {
      let found = known.get(name)
      if (found === undefined) {
        found = interpret(program, values(), allocate).outputs
        known.set(name, found)
      }
      return found[i]
    }
  const single = outputs('single', () => inputs, singles)
  const double = outputs('double', () => inputs, doubles)
  const magnitude = outputs(
    'magnitude',
    () => mapF32(inputs, x => (Number.isFinite(x) ? Math.abs(x) : 0)),
    doubles,
  )
  const normal = (): readonly NDArray[] =>
    mapF32(inputs, x => (Math.abs(x) < 2 ** -126 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : x))
  const flushedSingle = outputs('flushed single', normal, singles)
  const flushedDouble = outputs('flushed double', normal, doubles)
  const terms = outputs('terms', () => mapF32(inputs, () => 1), doubles)
  return program.outputs.map((_, i) => ({
    single: single(i),
    double: double(i),
    magnitude: magnitude(i),
    flushed: { single: flushedSingle(i), double: flushedDouble(i) },
    terms: terms(i),
  }))
}
