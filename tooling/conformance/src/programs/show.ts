import type { Instruction, Program } from '@elbo/tensor'

const spell = (x: number): number | string => (Object.is(x, -0) ? '−0' : Number.isFinite(x) ? x : String(x))

const paramsOf = ({ params }: Instruction): string =>
  JSON.stringify(params, (key, value: unknown) =>
    typeof value === 'number'
      ? spell(value)
      : key === 'data'
        ? Array.from(value as ArrayLike<number>, spell)
        : value,
  )

/** A program for people: what enters, one line for each instruction, what leaves. */
export const show = (
  { values, state, inputs, instructions, nextState, outputs }: Program,
  indent = '',
): string => {
  const spec = (value: number): string =>
    `%${value} ${values[value].dtype}[${values[value].shape.join(', ')}]`
  const names = (list: readonly number[]): string => list.map(value => `%${value}`).join(', ')
  const range = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => spec(from + i)).join(', ')
  return [
    `state ${range(0, state)}; inputs ${range(state, state + inputs)}`,
    ...instructions.flatMap(instruction => [
      `${instruction.outputs.map(spec).join(', ')} = ${instruction.name}(${names(instruction.inputs)}) ${paramsOf(instruction)}`,
      ...(instruction.body === undefined ? [] : [show(instruction.body, `${indent}    `)]),
    ]),
    `next state ${names(nextState)}; outputs ${names(outputs)}`,
  ]
    .map(line => (line.startsWith(indent) && indent !== '' ? line : `${indent}${line}`))
    .join('\n')
}
