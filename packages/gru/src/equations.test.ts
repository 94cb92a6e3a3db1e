import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  add,
  constant,
  evaluate,
  fromNested,
  grad,
  leavesOf,
  mul,
  ndarray,
  sum,
  type NDArray,
  type Nested,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { gru, type GruOptions, type GruParameters, type GruStates } from './gru.js'
import { maskOf, type Sequence } from './sequence.js'
import { distance } from './distance.testing.js'

type Tree = Nested | null | { readonly [name: string]: Tree } | readonly Tree[]
interface Case {
  readonly name: string
  readonly options: GruOptions
  readonly lengths: readonly number[] | null
  readonly parameters: Tree
  readonly x: Nested
  readonly states: readonly Nested[] | null
  readonly weigh: { readonly outputs: Nested; readonly states: readonly Nested[] }
  readonly expected: {
    readonly outputs: Nested
    readonly states: readonly Nested[]
    readonly gates: readonly { readonly reset: Nested; readonly update: Nested }[]
    readonly slopes: {
      readonly parameters: Tree
      readonly x: Nested
      readonly states: readonly Nested[] | null
    }
  }
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/gru.json', import.meta.url), 'utf8')) as Case[]

type AnyParameters = GruParameters<2, 3, GruOptions>
type States = GruStates<3, GruOptions>

const isNested = (tree: unknown): tree is Nested =>
  typeof tree === 'number' || (Array.isArray(tree) && isNested(tree[0]))

/** The arrays of a tree by their paths. */
const arraysOf = (tree: Tree, path = ''): (readonly [path: string, Nested])[] =>
  isNested(tree)
    ? [[path, tree]]
    : Object.entries(tree as object).flatMap(([name, part]) =>
        arraysOf(part as Tree, path === '' ? name : `${path}.${name}`),
      )

/** The arrays of a tree as tensors. */
const lifted = (tree: Tree): unknown =>
  isNested(tree)
    ? constant(fromNested(tree))
    : Array.isArray(tree)
      ? tree.map(lifted)
      : Object.fromEntries(Object.entries(tree as object).map(([name, part]) => [name, lifted(part as Tree)]))

/** Layer by layer, forward before backward. */
const inLayers = (states: readonly Nested[], { bidirectional = false }: GruOptions): States =>
  Array.from({ length: states.length / (bidirectional ? 2 : 1) }, (_, layer) => ({
    forward: constant(fromNested(states[bidirectional ? 2 * layer : layer])),
    ...(bidirectional ? { backward: constant(fromNested(states[2 * layer + 1])) } : {}),
  })) as unknown as States

describe.each(cases)('gru: $name', ({ options, lengths, parameters, x, states, weigh, expected }) => {
  const layer = gru(2, 3, options)
  const mask = lengths === null ? undefined : constant(maskOf(lengths))
  const p = lifted(parameters) as AnyParameters
  const given = states === null ? undefined : inLayers(states, options)
  const sequence = constant(fromNested(x)) as unknown as Sequence<2>
  const weighed = (value: Tensor, weights: Nested) =>
    sum()(mul<Shape, 'f32'>(constant(fromNested(weights)))(value))
  const loss = (p: AnyParameters, x: Sequence<2>, from: States): Tensor<[]> => {
    const { outputs, states } = layer.apply(p)(x, { mask, states: given === undefined ? undefined : from })
    return leavesOf<Tensor>(states)
      .map(({ leaf }, i) => weighed(leaf, weigh.states[i]))
      .reduce((a, b) => add(b)(a), weighed(outputs, weigh.outputs))
  }

  it('has the outputs and the states', async () => {
    const made = await evaluate(layer.apply(p)(sequence, { mask, states: given }))
    expect(distance(made.outputs, expected.outputs)).toBeLessThanOrEqual(1e-5)
    leavesOf<NDArray>(made.states).forEach(({ leaf }, i) =>
      expect(distance(leaf, expected.states[i])).toBeLessThanOrEqual(1e-5),
    )
    expect(leavesOf(made.states)).toHaveLength(expected.states.length)
    expect(made.outputs.shape[2]).toBe(layer.width)
    // The last layer's states, side by side.
    const tops = expected.states.slice(options.bidirectional === true ? -2 : -1)
    const batch = made.outputs.shape[1]
    const beside = Array.from({ length: batch }, (_, b) =>
      tops.flatMap(top => (top as readonly Nested[])[b] as number[]),
    )
    expect(distance(made.last, beside)).toBeLessThanOrEqual(1e-5)
  })

  it('has all gradients', async () => {
    const slopes = (await evaluate(
      grad((all: { p: AnyParameters; x: Sequence<2>; from: States }) => loss(all.p, all.x, all.from))({
        p,
        x: sequence,
        from: given ?? [],
      }),
    )) as unknown as { p: unknown; x: NDArray; from: unknown }
    expect(distance(slopes.x, expected.slopes.x)).toBeLessThanOrEqual(1e-5)
    const wanted = new Map(arraysOf(expected.slopes.parameters))
    const found = leavesOf<NDArray>(slopes.p)
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(wanted.keys()))
    const distances = found.map(
      ({ path, leaf }) => [path, distance(leaf, wanted.get(path) as Nested)] as const,
    )
    expect(distances.filter(([, far]) => !(far <= 1e-5))).toEqual([])
    leavesOf<NDArray>(slopes.from).forEach(({ leaf }, i) =>
      expect(distance(leaf, (expected.slopes.states as readonly Nested[])[i])).toBeLessThanOrEqual(1e-5),
    )
  })

  it('traces its gates', async () => {
    const { gates } = await evaluate(layer.apply(p)(sequence, { mask, states: given }))
    const first = gates[0].forward
    expected.gates.forEach((step, t) => {
      for (const name of ['reset', 'update'] as const) {
        const [, batch, hidden] = first[name].shape
        const row = first[name].data.slice(t * batch * hidden, t * batch * hidden + hidden)
        expect(distance(ndarray(row, [hidden]), step[name])).toBeLessThanOrEqual(1e-5)
      }
    })
    expect(expected.gates).toHaveLength(
      options.resetAfter === true ? 0 : (lengths?.[0] ?? first.reset.shape[0]),
    )
  })
})
