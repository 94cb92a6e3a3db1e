import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { ndarray, spec, type NDArray, type Spec } from '@elbo/tensor'
import { exchange } from './exchange.js'
import { keras } from './keras.js'
import { pytorch } from './pytorch.js'
import type { Rule } from './rule.js'

/** Some leaves and a rule for them: every step of a rule in all combinations. */
const piece = fc
  .record({
    leaves: fc.integer({ min: 1, max: 3 }),
    names: fc.integer({ min: 1, max: 3 }),
    dtype: fc.constantFrom('f32' as const, 'i32' as const, 'u32' as const),
    axes: fc.integer({ min: 1, max: 4 }).chain(rank =>
      fc.shuffledSubarray(
        Array.from({ length: rank }, (_, i) => i),
        { minLength: rank, maxLength: rank },
      ),
    ),
    extents: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
    lengths: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    axis: fc.nat(),
    blocks: fc.option(
      fc.integer({ min: 1, max: 4 }).chain(count =>
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, i) => i),
          { minLength: count, maxLength: count },
        ),
      ),
      { nil: undefined },
    ),
    flat: fc.boolean(),
  })
  .map(({ leaves, names, dtype, axes, extents, lengths, axis: drawn, blocks, flat }) => {
    const axis = drawn % axes.length
    const turned = axes.map((_, i) => extents[i])
    // Along the axis there is room for all blocks and names, however many leaves share it.
    const parts = Array.from({ length: leaves }, (_, i) => lengths[i] * names * (blocks?.length ?? 1))
    const shapes = parts.map(length => {
      const theirs = turned.map((n, i) => (i === axis ? length : n))
      return axes.map((_, i) => theirs[axes.indexOf(i)])
    })
    const size =
      shapes.flat().length === 0
        ? 0
        : shapes.reduce((sum, shape) => sum + shape.reduce((p, n) => p * n, 1), 0)
    const rule = {
      axes,
      axis,
      ...(blocks === undefined ? {} : { blocks }),
      ...(flat ? { shape: [size / names] } : {}),
    }
    return { names, dtype, shapes, rule }
  })

const model = fc.array(piece, { minLength: 1, maxLength: 4 }).map(pieces => {
  let next = 0
  const tree = pieces.map(({ shapes, dtype }) =>
    shapes.map(shape => {
      const size = shape.reduce((product, n) => product * n, 1)
      return ndarray(
        Array.from({ length: size }, () => next++),
        shape,
        dtype,
      )
    }),
  )
  const rules: readonly Rule[] = pieces.map(({ rule, names, shapes }, i) => ({
    ...rule,
    ours: shapes.map((_, k) => `${i}.${k}`),
    theirs: Array.from({ length: names }, (_, k) => `${i}/${k}`),
  }))
  return { tree, rules }
})

describe('an exchange', () => {
  it('gives back what it was given, both ways', () => {
    fc.assert(
      fc.property(model, ({ tree, rules }) => {
        const { exportTo, importFrom, theirs } = exchange(tree, rules)
        const exported = exportTo(tree)
        expect([...exported].map(([name, { shape, dtype }]) => [name, { shape, dtype }])).toEqual([...theirs])
        const imported = importFrom('a file')(exported)
        expect(imported).toEqual(E.right(tree))
        if (E.isRight(imported)) expect(exportTo(imported.right)).toEqual(exported)
      }),
      { numRuns: 300 },
    )
  })

  it('neither loses an element nor takes one twice', () => {
    fc.assert(
      fc.property(model, ({ tree, rules }) => {
        const there = [...exchange(tree, rules).exportTo(tree).values()].flatMap(({ data }) => [...data])
        expect(there.sort((a, b) => a - b)).toEqual(there.map((_, i) => i))
      }),
      { numRuns: 100 },
    )
  })

  it('puts each number where the rule says', () => {
    const tree = { up: ndarray([1, 2, 3, 4, 5, 6], [3, 2]), down: ndarray([7, 8, 9], [3, 1]) }
    // Transposed: 1 3 5 / 2 4 6 and 7 8 9, one below the other; the last row first.
    const rules = [{ ours: ['up', 'down'], theirs: 'all', axes: [1, 0], blocks: [2, 0, 1] }]
    expect(exchange(tree, rules).exportTo(tree)).toEqual(
      new Map([['all', ndarray([7, 8, 9, 1, 3, 5, 2, 4, 6], [3, 3])]]),
    )
    const halves = [
      { ours: 'up', theirs: ['a', 'b'], axis: 1 },
      { ours: 'down', theirs: 'c', shape: [3] },
    ]
    expect(exchange(tree, halves).exportTo(tree)).toEqual(
      new Map<string, NDArray>([
        ['a', ndarray([1, 3, 5], [3, 1])],
        ['b', ndarray([2, 4, 6], [3, 1])],
        ['c', ndarray([7, 8, 9], [3])],
      ]),
    )
  })
})

describe('a file that does not fit', () => {
  const specs = { encoder: [{ weight: spec([3, 4]), bias: spec([4]) }] }
  const { importFrom, exportTo } = exchange(specs, pytorch.linear('encoder.0', '0'))
  const good = exportTo({
    encoder: [{ weight: ndarray(new Float32Array(12), [3, 4]), bias: ndarray(new Float32Array(4), [4]) }],
  })
  const but = (changes: Readonly<Record<string, NDArray | undefined>>) => {
    const tensors = new Map<string, NDArray | undefined>([...good, ...Object.entries(changes)])
    const result = importFrom('model.safetensors')(
      new Map([...tensors].filter((entry): entry is [string, NDArray] => entry[1] !== undefined)),
    )
    if (E.isRight(result)) throw new Error('it was imported')
    return result.left
  }

  it.each([
    [
      'of another shape',
      { '0.weight': ndarray(new Float32Array(12), [3, 4]) },
      { _tag: 'WrongLeaf', path: '0.weight', expected: 'f32[4, 3]', found: 'f32[3, 4]' },
      'model.safetensors: "0.weight" (for encoder.0.weight) is f32[3, 4]; the model has f32[4, 3]. It belongs to another model.',
    ],
    [
      'of another type',
      { '0.bias': ndarray(new Int32Array(4), [4], 'i32') },
      { _tag: 'WrongLeaf', path: '0.bias', expected: 'f32[4]', found: 'i32[4]' },
      'model.safetensors: "0.bias" (for encoder.0.bias) is i32[4]; the model has f32[4]. It belongs to another model.',
    ],
    [
      'with a leaf too few',
      { '0.bias': undefined },
      { _tag: 'MissingLeaf', path: '0.bias', expected: 'f32[4]' },
      'model.safetensors has no "0.bias" (for encoder.0.bias), where f32[4] was expected. It belongs to another model.',
    ],
    [
      'with a leaf too many',
      { '2.bias': ndarray([1], [1]) },
      { _tag: 'UnexpectedLeaf', path: '2.bias', found: 'f32[1]' },
      'model.safetensors holds "2.bias", f32[1], for which the model has no place. It belongs to another model.',
    ],
  ])('is a Left that names the leaf: %s', (_, changes, expected, message) => {
    const error = but(changes)
    expect(error).toMatchObject(expected)
    expect(error.message).toBe(message)
  })
})

describe('rules that cannot be followed', () => {
  const specs = { a: spec([2, 3]), b: spec([2, 3]), c: spec([4], 'i32') }
  const whole: readonly Rule[] = [
    { ours: 'a', theirs: 'x' },
    { ours: 'b', theirs: 'y' },
    { ours: 'c', theirs: 'z' },
  ]
  const instead = (at: number, rule: Partial<Rule>): readonly Rule[] =>
    whole.map((each, i) => (i === at ? { ...each, ...rule } : each))

  it.each<[string, readonly Rule[]]>([
    ['no rule says where c stands there', whole.slice(0, 2)],
    ['there is no leaf d here', [...whole, { ours: 'd', theirs: 'w' }]],
    ['two rules name a here', instead(1, { ours: 'a' })],
    ['two rules name x there', instead(1, { theirs: 'x' })],
    ['a: the rule names nothing there', instead(0, { theirs: [] })],
    ['a: axes [0, 0] do not order the axes of [2, 3]', instead(0, { axes: [0, 0] })],
    ['a: axes [1] do not order the axes of [2, 3]', instead(0, { axes: [1] })],
    ['a: [2, 3] cannot take the form [5]', instead(0, { shape: [5] })],
    ['a: 3 along axis 1 is not 2 equal parts', instead(0, { theirs: ['x', 'w'], axis: 1 })],
    ['a: 2 along axis 0 is not 3 equal parts', instead(0, { blocks: [2, 1, 0] })],
    ['a: blocks [0, 2] do not order 2 blocks', instead(0, { blocks: [0, 2] })],
    ['a: [2, 3] has no axis 2', instead(0, { blocks: [0, 1], axis: 2 })],
    [
      'a, c: f32[2, 3] and i32[4] do not join along axis 0 there',
      [{ ours: ['a', 'c'], theirs: 'x' }, whole[1]],
    ],
  ])('throw: %s', (message, rules) => {
    expect(() => exchange<Record<string, Spec>>(specs, rules)).toThrow(new RangeError(`exchange: ${message}`))
  })
})

describe('a layer without bias', () => {
  it.each([
    ['PyTorch', pytorch.linear('a', 'x', { bias: false }), ['x.weight']],
    ['Keras', keras.conv2d('a', 'x', { bias: false }), ['x/kernel']],
    [
      'attention of PyTorch',
      pytorch.attention('a', 'x', { bias: false }),
      ['x.in_proj_weight', 'x.out_proj.weight'],
    ],
    [
      'attention of Keras',
      keras.attention('a', 'x', { bias: false, heads: 1, width: 2 }),
      ['x/query/kernel', 'x/key/kernel', 'x/value/kernel', 'x/attention_output/kernel'],
    ],
  ])('has no rule for one: %s', (_, rules, names) => {
    expect(rules.map(({ theirs }) => theirs)).toEqual(names)
  })
})
