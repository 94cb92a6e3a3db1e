import type { Numbers, Value } from '../graph/primitive.js'
import type { Spec } from '../graph/tensor.js'
import { primitives } from '../primitives/table.js'
import type { Primitive } from '../graph/primitive.js'
import type { Program } from './program.js'

/** Makes the zero-filled array that holds a value: which one decides how results round. */
export type Allocate = (spec: Spec) => Numbers

export interface Results {
  readonly nextState: readonly Value[]
  readonly outputs: readonly Value[]
}

/** The plain meaning of a program: every instruction's row, one after the other. */
export const interpret = (program: Program, parameters: readonly Value[], allocate: Allocate): Results => {
  const values: Value[] = [...parameters]
  for (const { name, params, inputs, outputs, body } of program.instructions) {
    const made = outputs.map((number): Value => {
      const spec = program.values[number]
      return { ...spec, data: allocate(spec) }
    })
    const run = (inner: readonly Value[]): readonly Value[] =>
      interpret(body as Program, inner, allocate).outputs
    const row: Primitive = primitives[name] as unknown as Primitive
    row.evaluate(
      inputs.map(number => values[number]),
      params,
      made,
      run,
    )
    outputs.forEach((number, i) => (values[number] = made[i]))
  }
  return {
    nextState: program.nextState.map(number => values[number]),
    outputs: program.outputs.map(number => values[number]),
  }
}
