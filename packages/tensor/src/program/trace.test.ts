import { describe, expect, it } from '@jest/globals'
import type { Tensor } from '../graph/tensor.js'
import { scan } from '../ops/scan.js'
import { add, mul, sub } from '../ops/elementwise.js'
import { exp } from '../ops/functions.js'
import { constant } from '../ops/creation.js'
import { ndarray } from '../graph/ndarray.js'
import { trace } from './trace.js'

type Vector = Tensor<[2]>
const vector = { shape: [2], dtype: 'f32' } as const
const pair = { a: vector, b: vector }

describe('trace', () => {
  it('numbers the state, then the inputs, then what instructions write', () => {
    const { program } = trace(
      (state: { w: Vector }, { x }: { x: Vector }) => [{ w: add(x)(state.w) }, { y: exp(x), x }],
      { state: { w: vector }, inputs: { x: vector } },
    )
    expect(program).toEqual({
      values: [vector, vector, vector, vector],
      state: 1,
      inputs: 1,
      instructions: [
        { name: 'add', params: {}, inputs: [0, 1], outputs: [2] },
        { name: 'exp', params: {}, inputs: [1], outputs: [3] },
      ],
      nextState: [2],
      outputs: [3, 1],
    })
  })

  it('takes host arrays for specs, and keeps their values out of the program', () => {
    const state = { w: ndarray([1, 2], [2]) }
    const { program } = trace((s: { w: Vector }) => [s, {}], { state, inputs: {} })
    expect(program.values).toEqual([{ shape: [2], dtype: 'f32' }])
  })

  it('finds the next state by its paths, in whatever order the step writes them', () => {
    const { program } = trace(({ a, b }: { a: Vector; b: Vector }) => [{ b: exp(b), a }, {}], {
      state: pair,
      inputs: {},
    })
    expect(program.nextState).toEqual([0, 2])
  })

  it.each<readonly [string, (s: { readonly a: Vector; readonly b: Vector }) => unknown, string]>([
    ['misses a leaf', ({ a }) => ({ a }), 'trace: state b is f32[2]; the step returns nothing in its place'],
    [
      'has a leaf more',
      ({ a, b }) => ({ a, b, c: a }),
      'trace: the step returns c, which the state does not have',
    ],
    [
      'has another shape',
      ({ a }) => ({ a, b: constant(ndarray([1], [1])) }),
      'trace: state b is f32[2]; the step returns f32[1] in its place',
    ],
    [
      'has another element type',
      ({ a }) => ({ a, b: constant(ndarray([1, 2], [2], 'i32')) }),
      'trace: state b is f32[2]; the step returns i32[2] in its place',
    ],
    [
      'holds what is no tensor',
      ({ a }) => ({ a, b: 1 }),
      'tree: b is number; a tree holds records, arrays, tensors',
    ],
  ])('refuses a next state that %s', (_, next, message) => {
    expect(() => trace(s => [next(s) as typeof s, {}], { state: pair, inputs: {} })).toThrow(
      new TypeError(message),
    )
  })

  it('refuses a value that left the function in which it was made', () => {
    let escaped: Vector | undefined
    trace((_: object, { x }: { x: Vector }) => [{}, (escaped = exp(x))], { state: {}, inputs: { x: vector } })
    expect(() =>
      trace((_: object, { x }: { x: Vector }) => [{}, add(escaped as Vector)(x)], {
        state: {},
        inputs: { x: vector },
      }),
    ).toThrow(
      'the placeholder "inputs.x" belongs to another function; a value made while tracing must not leave it',
    )
  })

  it('refuses a value that left the body of a loop', () => {
    let escaped: Vector | undefined
    expect(() =>
      trace(
        (_: object, { x }: { x: Vector }) => {
          const [last] = scan((c: Vector) => [(escaped = mul(2)(c)), []] as const, { length: 3 })(x, [])
          return [{}, sub(escaped as Vector)(last)]
        },
        { state: {}, inputs: { x: vector } },
      ),
    ).toThrow('the placeholder "carry 0" belongs to another function')
  })
})
