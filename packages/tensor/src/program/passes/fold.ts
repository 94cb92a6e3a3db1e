import { sizeOf } from '../../shape/index.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Primitive, Value } from '../../graph/primitive.js'
import type { Spec } from '../../graph/tensor.js'
import { primitives, type PrimitiveName } from '../../primitives/table.js'
import type { Instruction, Program } from '../program.js'
import { rebuild, type Rebuild } from '../rebuild.js'

/**
 * Rows whose f32 results are correctly rounded (or only moved) on every backend. Folding anything else, such as `exp` or `sum`, could
 * change a result by the last bit, and results must not depend on whether a pass ran.
 */
export const exactRows: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  ...([
    'neg',
    'abs',
    'sign',
    'floor',
    'ceil',
    'round',
    'add',
    'sub',
    'mul',
    'div',
    'max',
    'min',
    'sqrt',
  ] as const),
  ...(['eq', 'lt', 'le', 'and', 'or', 'xor', 'not', 'shiftLeft', 'shiftRight', 'select', 'cast'] as const),
  ...(['broadcast', 'reshape', 'transpose', 'slice', 'concat', 'reverse', 'threefry'] as const),
])

/** Larger results are left to the device: a constant takes memory for as long as its program lives. */
const largest = 1024

type Known = number | NDArray

const paramsFull = ({ shape, dtype }: Spec, value: number): Instruction<'full'>['params'] => ({
  shape,
  dtype,
  value,
})

const asValue = (known: Known, spec: Spec): Value =>
  typeof known === 'number'
    ? { ...spec, data: hostArray(spec.dtype, sizeOf(spec.shape)).fill(known) }
    : { ...spec, data: known.data }

const evaluate = (instruction: Instruction, inputs: readonly Value[], spec: Spec): NDArray => {
  const data = hostArray(spec.dtype, sizeOf(spec.shape))
  const row = primitives[instruction.name] as unknown as Primitive
  row.evaluate(inputs, instruction.params, [{ ...spec, data }], () => [])
  return { ...spec, data }
}

/** One number everywhere, as a number; other small results as they are. */
const condense = (value: NDArray): Known => {
  const [first] = value.data
  return first !== undefined && value.data.every(element => Object.is(element, first)) ? first : value
}

/** x·1, x/1 and x − 0 are x to the last bit; x + 0 is not, for x = −0. Where a condition is known, one of the two is chosen. */
const identity = ({ name, inputs }: Instruction, known: ReadonlyMap<number, Known>): number | undefined => {
  if (name === 'select') {
    const [condition, ...either] = inputs as readonly [number, number, number]
    const chosen = known.get(condition)
    return typeof chosen === 'number' ? either[chosen === 0 ? 1 : 0] : undefined
  }
  const [a, b] = inputs as readonly [number, number]
  if (name === 'mul') return known.get(b) === 1 ? a : known.get(a) === 1 ? b : undefined
  if (name === 'div' && known.get(b) === 1) return a
  if (name === 'sub' && Object.is(known.get(b), 0)) return a
  return undefined
}

const put = (made: Rebuild, old: number, known: Known, spec: Spec): void => {
  const [number] =
    typeof known === 'number'
      ? made.emit({ name: 'full', params: paramsFull(spec, known), inputs: [] }, [spec])
      : made.emit({ name: 'constant', params: { value: known }, inputs: [] }, [spec])
  made.stand(old, number)
}

/** Constant folding: what depends on constants alone is computed once, here, where that is exact. */
export const fold = (program: Program): Program => {
  const made = rebuild(program)
  const known = new Map<number, Known>()
  for (const instruction of program.instructions) {
    const { name, params, inputs, outputs } = instruction
    const output = outputs[0]
    const spec = program.values[output]
    if (name === 'full') known.set(output, Math.fround((params as Instruction<'full'>['params']).value))
    if (name === 'full' && spec.dtype !== 'f32')
      known.set(output, hostArray(spec.dtype, 1).fill((params as Instruction<'full'>['params']).value)[0])
    if (name === 'constant' && sizeOf(spec.shape) <= largest)
      known.set(output, condense((params as { value: NDArray }).value))

    const same = identity(instruction, known)
    if (same !== undefined) {
      made.stand(output, made.at(same))
      const value = known.get(same)
      if (value !== undefined) known.set(output, value)
      continue
    }
    if (!exactRows.has(name) || inputs.length === 0 || !inputs.every(input => known.has(input))) {
      made.copy(instruction)
      continue
    }
    const values = inputs.map(input => known.get(input) as Known)
    const uniform =
      values.every(value => typeof value === 'number') &&
      name !== 'threefry' &&
      // Parts that differ from each other are no longer one number.
      (name !== 'concat' || values.every(value => Object.is(value, values[0])))
    const small =
      sizeOf(spec.shape) <= largest && inputs.every(input => sizeOf(program.values[input].shape) <= largest)
    if (!uniform && !small) {
      made.copy(instruction)
      continue
    }
    const result = uniform
      ? uniformResult(instruction, values, program, spec)
      : condense(
          evaluate(
            instruction,
            inputs.map((input, i) => asValue(values[i], program.values[input])),
            spec,
          ),
        )
    known.set(output, result)
    put(made, output, result, spec)
  }
  return made.finish()
}

/** Elementwise rows of equal numbers need one element; layout rows only move them. */
const uniformResult = (
  instruction: Instruction,
  values: readonly number[],
  program: Program,
  spec: Spec,
): Known => {
  const row = primitives[instruction.name] as unknown as Primitive
  if (row.elementwise !== true) return values[0]
  const scalars = instruction.inputs.map((input, i) =>
    asValue(values[i], { shape: [], dtype: program.values[input].dtype }),
  )
  return evaluate(instruction, scalars, { shape: [], dtype: spec.dtype }).data[0]
}
