import type { AnyTensor, DType, NDArray, Program, Shape } from '@elbo/tensor'
import { apply, flatten, placeholder, primitives } from '@elbo/tensor/internals'
import fc from 'fast-check'
import { draw, type Kind } from '../values.js'
import { show } from './show.js'
import { operations, take, type Step } from './steps.js'

/** A random program with a state, what it starts from, and what its steps are given. */
export interface RandomProgram {
  readonly program: Program
  readonly state: readonly NDArray[]
  readonly steps: readonly (readonly NDArray[])[]
}

interface Recipe {
  readonly state: readonly Entry[]
  readonly inputs: readonly Entry[]
  readonly steps: readonly Step[]
  readonly next: readonly number[]
  readonly outputs: readonly number[]
  readonly seed: number
}

interface Entry {
  readonly shape: Shape
  readonly dtype: DType
  readonly kind: Kind
}

const shapes: readonly Shape[] = [
  [3],
  [],
  [2, 3],
  [1],
  [3, 1],
  [17],
  [2, 1, 3],
  [5, 3],
  [0],
  [2, 0],
  [257],
  [9, 31],
]
const entry: fc.Arbitrary<Entry> = fc.record({
  shape: fc.constantFrom(...shapes),
  dtype: fc.constantFrom<DType>('f32', 'f32', 'f32', 'i32', 'u32', 'bool'),
  kind: fc.constantFrom<Kind>('ordinary', 'ordinary', 'special'),
})

const number = fc.nat(40)
const picks = fc.tuple(number, number, number)
const names = Object.keys(operations) as (keyof typeof operations)[]
const simple = names.filter(name => name !== 'scan' && name !== 'gradient')
const step = (among: readonly Step['operation'][], body: fc.Arbitrary<readonly Step[]>): fc.Arbitrary<Step> =>
  fc.record({ operation: fc.constantFrom(...among), picks, body })

/** Steps without loops and gradients in them. */
export const innermost = fc.array(step(simple, fc.constant([])), { maxLength: 4, size: 'max' })
const inner = fc.array(step(names, innermost), { maxLength: 5, size: 'max' })
const outer = fc.array(
  // Loops and gradients are where most can go wrong.
  fc.oneof(
    { weight: 4, arbitrary: step(names, inner) },
    { weight: 1, arbitrary: step(['scan', 'gradient'], inner) },
  ),
  { minLength: 1, maxLength: 18, size: 'max' },
)

const recipe: fc.Arbitrary<Recipe> = fc.record({
  state: fc.array(entry, { maxLength: 4 }),
  inputs: fc.array(entry, { minLength: 1, maxLength: 4 }),
  steps: outer,
  next: fc.array(number, { minLength: 4, maxLength: 4 }),
  outputs: fc.array(fc.nat(12), { minLength: 1, maxLength: 6, size: 'max' }),
  seed: fc.nat(1000),
})

/** What folding can get its hands on. */
const numbers: readonly (() => AnyTensor)[] = [
  ...[1, -0, 0.1].map(
    value => () => apply(primitives.full, [], { shape: [3], dtype: 'f32' as const, value }),
  ),
  () => apply(primitives.full, [], { shape: [], dtype: 'f32' as const, value: 2 }),
  () => apply(primitives.full, [], { shape: [3], dtype: 'i32' as const, value: 2 }),
  () => apply(primitives.constant, [], { value: draw([3], 5, 'special') }),
]

const built = ({ state, inputs, steps, next, outputs, seed }: Recipe): RandomProgram => {
  const before = state.map(({ shape, dtype }, i) => placeholder(shape, dtype, `state ${i}`))
  const given = inputs.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))
  const pool = take(steps, [...numbers.map(made => made()), ...given, ...before]).toReversed()
  const like = ({ shape, dtype }: AnyTensor): readonly AnyTensor[] =>
    pool.filter(x => x.dtype === dtype && x.shape.join() === shape.join())
  const program = flatten({
    state: before,
    inputs: given,
    nextState: before.map((slot, i) => like(slot)[next[i] % like(slot).length]),
    outputs: outputs.map(n => pool[n % pool.length]),
  })
  const values = (entries: readonly Entry[], from: number): readonly NDArray[] =>
    entries.map(({ shape, dtype, kind }, i) => draw(shape, from + i, kind, dtype))
  return { program, state: values(state, seed), steps: [1, 2, 3].map(n => values(inputs, seed + 100 * n)) }
}

/** Random programs, printed as programs. */
export const randomProgram: fc.Arbitrary<RandomProgram> = recipe.map(made => ({
  ...built(made),
  [fc.toStringMethod]: () =>
    `\n${show(built(made).program)}\nseed ${made.seed}, ${JSON.stringify({ state: made.state, inputs: made.inputs })}`,
}))
