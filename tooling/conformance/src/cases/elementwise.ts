import type { DType, NDArray, Shape, AnyTensor } from '@elbo/tensor'
import { apply, primitives, type Primitive, type PrimitiveName } from '@elbo/tensor/internals'
import type { Agreement } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, listed, oddLengths, pairs, special, stream, type Kind } from '../values.js'

const dtypes: readonly DType[] = ['f32', 'i32', 'u32', 'bool']

const row = (name: PrimitiveName): Primitive => primitives[name] as unknown as Primitive

/** The element types that a row admits, asked of its own shape rule. */
const admitted = (name: PrimitiveName, inputs: number, params: object): readonly DType[] =>
  dtypes.filter(dtype => {
    try {
      row(name).outputs(new Array<NDArray>(inputs).fill(draw([1], 0, 'ordinary', dtype)), params)
      return true
    } catch {
      return false
    }
  })

/** Empty axes, axes of length 1, every rank to 5. */
const shapes: readonly Shape[] = [
  [],
  [0],
  [1],
  [3, 0, 2],
  [1, 1],
  [2, 3],
  [1, 5, 1],
  [2, 1, 3, 2],
  [2, 1, 3, 1, 2],
]

/** Shapes that broadcast to one another: left, right. */
const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[], [5]],
  [[7], []],
  [
    [2, 3],
    [1, 3],
  ],
  [[3], [2, 3]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [33, 1],
    [1, 17],
  ],
  [
    [1, 0],
    [3, 1],
  ],
  [
    [2, 1, 2, 1, 3],
    [3, 1, 5, 1],
  ],
]

const broadcastOf = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  const at = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) =>
    at(a, axis) === 1 ? at(b, axis) : at(a, axis) === 0 ? 0 : at(a, axis),
  )
}

const spread = (x: AnyTensor, shape: Shape): AnyTensor =>
  x.shape.join() === shape.join() ? x : apply(primitives.broadcast, [x], { shape })

interface Options {
  readonly agreement: Agreement
  readonly params?: object
  /** More arguments, of f32: where formulas change. */
  readonly points?: readonly number[]
}

/** Dense over the magnitudes of f32, both signs, and over the middle. */
const grid = (seed: number): readonly NDArray[] => {
  const next = stream(seed)
  const wide = Array.from(
    { length: 1500 },
    (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** (-149 + (277 * i) / 1500 + next() / 8),
  )
  const middle = Array.from({ length: 1500 }, (_, i) => (i / 750 - 1) * 12 + next() / 64)
  const inner = Array.from({ length: 500 }, (_, i) => (i / 250 - 1) * 1.01)
  return [listed([...wide, ...middle, ...inner])]
}

/** Functions of one tensor, element by element. */
export const unaryCases = (name: PrimitiveName, { agreement, params = {}, points = [] }: Options): Cases => ({
  agreement,
  cases: () =>
    admitted(name, 1, params).flatMap(dtype => {
      const build = ([x]: readonly AnyTensor[]): readonly AnyTensor[] => [apply(row(name), [x], params)]
      const of = (about: string, x: NDArray): Case => ({ about: `${dtype}, ${about}`, inputs: [x], build })
      return [
        of('special numbers', listed(special[dtype], undefined, dtype)),
        ...(dtype === 'f32' ? grid(11).map(x => of('every magnitude', x)) : []),
        ...(dtype === 'f32' && points.length > 0 ? [of('turning points', listed(points))] : []),
        ...oddLengths.map(n => of(`length ${n}`, draw([n], n, n % 2 === 0 ? 'special' : 'ordinary', dtype))),
        ...shapes.map((shape, i) => of(`shape [${shape.join(', ')}]`, draw(shape, i, 'ordinary', dtype))),
      ]
    }),
})

/** Functions of two tensors, element by element, alone and with an operand that broadcasts. */
export const binaryCases = (name: PrimitiveName, { agreement, params = {} }: Options): Cases => ({
  agreement,
  cases: () =>
    admitted(name, 2, params).flatMap(dtype => {
      const build = ([a, b]: readonly AnyTensor[]): readonly AnyTensor[] => {
        const shape = broadcastOf(a.shape, b.shape)
        return [apply(row(name), [spread(a, shape), spread(b, shape)], params)]
      }
      const of = (about: string, inputs: readonly NDArray[]): Case => ({
        about: `${dtype}, ${about}`,
        inputs,
        build,
      })
      const two = (a: Shape, b: Shape, seed: number, kind: Kind = 'ordinary'): readonly NDArray[] => [
        draw(a, seed, kind, dtype),
        draw(b, seed + 1000, kind, dtype),
      ]
      return [
        of('special numbers with each other', pairs(dtype)),
        of('every magnitude', two([2000], [2000], 5, 'wide')),
        of('moderate numbers', two([2000], [2000], 6)),
        ...oddLengths.map(n => of(`length ${n}`, two([n], [n], n, n % 2 === 0 ? 'special' : 'ordinary'))),
        ...shapes.map((shape, i) => of(`shape [${shape.join(', ')}]`, two(shape, shape, i))),
        ...broadcasts.flatMap(([a, b], i) => [
          of(`[${a.join(', ')}] with [${b.join(', ')}]`, two(a, b, i)),
          of(`[${b.join(', ')}] with [${a.join(', ')}]`, two(b, a, i, 'special')),
        ]),
        {
          about: `${dtype}, a number with itself`,
          inputs: [draw([37], 3, 'special', dtype)],
          build: ([x]) => [apply(row(name), [x, x], params)],
        },
      ]
    }),
})

/** `select`, on every element type. */
export const selectCases = (agreement: Agreement): Cases => ({
  agreement,
  cases: () =>
    dtypes.flatMap(dtype => {
      const build = (inputs: readonly AnyTensor[]): readonly AnyTensor[] => {
        const shape = inputs.map(x => x.shape).reduce(broadcastOf)
        return [
          apply(
            primitives.select,
            inputs.map(x => spread(x, shape)),
            {},
          ),
        ]
      }
      const of = (condition: Shape, a: Shape, b: Shape, seed: number): Case => ({
        about: `${dtype}, [${condition.join(', ')}] ? [${a.join(', ')}] : [${b.join(', ')}]`,
        inputs: [
          draw(condition, seed, 'ordinary', 'bool'),
          draw(a, seed + 1, 'special', dtype),
          draw(b, seed + 2, 'special', dtype),
        ],
        build,
      })
      return [
        ...oddLengths.map(n => of([n], [n], [n], n)),
        ...shapes.map((shape, i) => of(shape, shape, shape, i)),
        of([4, 1], [1, 5], [], 1),
        of([5], [4, 5], [4, 1], 2),
        of([], [3], [3], 3),
        of([3, 1], [0], [1], 4),
      ]
    }),
})

/** `cast`, from every element type to every other. */
export const castCases = (agreement: Agreement): Cases => ({
  agreement,
  cases: () =>
    dtypes.flatMap(from =>
      dtypes.flatMap(dtype => {
        const build = ([x]: readonly AnyTensor[]): readonly AnyTensor[] => [
          apply(primitives.cast, [x], { dtype }),
        ]
        const of = (about: string, x: NDArray): Case => ({
          about: `${from} → ${dtype}, ${about}`,
          inputs: [x],
          build,
        })
        return [
          of('special numbers', listed(special[from], undefined, from)),
          of('every magnitude', draw([1000], 4, 'wide', from)),
          of('ties', listed(from === 'f32' ? [0.5, -0.5, 0.99, -0.99, 254.5] : [0, 1], undefined, from)),
          of('length 17', draw([17], 17, 'special', from)),
          of('nothing', draw([0, 3], 1, 'special', from)),
          of('a scalar', draw([], 1, 'special', from)),
        ]
      }),
    ),
})
