import { sizeOf } from '../../shape/index.js'
import fc from 'fast-check'
import type { Spec } from '../../graph/tensor.js'
import type { Instruction, Program } from '../program.js'

/** Draws whole numbers below a bound. */
type Draw = (below: number) => number

const sizes = [1, 3, 8]

/** A program of instructions that the simulation knows, over vectors of few sizes so that many of them fit each other. */
const build = (
  draw: Draw,
  parameters: readonly Spec[],
  about: { readonly state: number; readonly length: number; readonly depth: number },
): Program => {
  const values: Spec[] = [...parameters]
  const instructions: Instruction[] = []
  const any = (): number => draw(values.length)
  const size = (value: number): number => sizeOf(values[value].shape)
  const make = (n: number, shape: readonly number[] = [n]): number => values.push({ shape, dtype: 'f32' }) - 1
  const alike = (value: number): number => {
    const fitting = values.flatMap((_, other) => (size(other) === size(value) ? [other] : []))
    return fitting[draw(fitting.length)]
  }
  const push = (name: string, inputs: number[], outputs: number[], more: object = {}): void => {
    instructions.push({ name, params: {}, inputs, outputs, ...more } as Instruction)
  }
  for (let i = 0; i < about.length; i++) {
    const kind = draw(about.depth > 0 ? 9 : 8)
    if (values.length === 0 || kind === 0) {
      const n = sizes[draw(sizes.length)]
      push('constant', [], [make(n)], { params: { value: { data: [draw(1000)], shape: [n], dtype: 'f32' } } })
      continue
    }
    const a = any()
    if (kind === 1) push('reshape', [a], [make(size(a), [1, size(a)])])
    else if (kind === 2) push('cumsum', [a, any()], [make(sizes[draw(sizes.length)])])
    else if (kind === 3) push('fused', [a, any(), alike(a)], [make(size(a)), make(size(a))])
    else if (kind <= 5) push('neg', [a], [make(size(a))])
    else if (kind <= 7) push('add', [a, alike(a)], [make(size(a))])
    else {
      const captured = Array.from({ length: draw(3) }, any)
      const carry = Array.from({ length: draw(3) }, any)
      const length = draw(4)
      const sequences = Array.from({ length: draw(2) }, () => {
        const from = any()
        const sequence = make(2 * length, [length, 2])
        push('cumsum', [from], [sequence])
        return sequence
      })
      const slices = sequences.map((): Spec => ({ shape: [2], dtype: 'f32' }))
      const specs = [...captured, ...carry].map(value => values[value])
      const inner = build(draw, [...specs, ...slices], {
        state: 0,
        length: 1 + draw(8),
        depth: about.depth - 1,
      })
      const next = carry.map((value, c) => pick(draw, inner, size(value), captured.length + c))
      const stacked = Array.from({ length: draw(3) }, () => draw(inner.values.length))
      const body = { ...inner, outputs: [...next, ...stacked] }
      const outputs = [
        ...carry.map(value => make(size(value))),
        ...stacked.map(value =>
          make(length * sizeOf(inner.values[value].shape), [length, sizeOf(inner.values[value].shape)]),
        ),
      ]
      push('scan', [...captured, ...carry, ...sequences], outputs, {
        params: { length, reverse: draw(2) === 1, captured: captured.length, carry: carry.length },
        body,
      })
    }
  }
  const { state } = about
  return { values, state, inputs: parameters.length - state, instructions, nextState: [], outputs: [] }
}

/** A value of the given size; late ones are likelier. */
const pick = (draw: Draw, { values }: Program, n: number, otherwise: number): number => {
  const fitting = values.flatMap(({ shape }, value) => (sizeOf(shape) === n ? [value] : []))
  if (fitting.length === 0) return otherwise
  const last = fitting.slice(-6)
  return draw(4) === 0 ? fitting[draw(fitting.length)] : last[draw(last.length)]
}

/** Random programs, with loops two deep, states that swap, pass through or share a value, and outputs of every origin. */
export const randomProgram: fc.Arbitrary<Program> = fc
  .array(fc.nat({ max: 0xffff }), { minLength: 20, maxLength: 300 })
  .map(numbers => {
    let at = 0
    const draw: Draw = below => numbers[at++ % numbers.length] % below
    const vector = (): Spec => ({ shape: [sizes[draw(sizes.length)]], dtype: 'f32' })
    const state = Array.from({ length: draw(5) }, vector)
    const inputs = Array.from({ length: draw(4) }, vector)
    const made = build(draw, [...state, ...inputs], { state: state.length, length: 1 + draw(25), depth: 2 })
    return {
      ...made,
      nextState: state.map(({ shape }, i) => pick(draw, made, sizeOf(shape), i)),
      outputs: Array.from({ length: draw(5) }, () => draw(made.values.length)),
    }
  })
