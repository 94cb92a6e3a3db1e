import type { Shape } from '@elbo/tensor'
import { hostArray, type PrimitiveName } from '@elbo/tensor/internals'
import { plain, type Operand, type Rule, type Writing } from '../writing.js'

/** Elements from `starts` up to `ends` (not included) by `steps`, of each axis. */
const cut = (
  { graph }: Writing,
  name: string,
  { starts, ends, steps }: Readonly<Record<'starts' | 'ends' | 'steps', readonly number[]>>,
): string =>
  graph.node('Slice', [
    ...[name, graph.integers(starts), graph.integers(ends)],
    ...[graph.integers(starts.map((_, axis) => axis)), graph.integers(steps)],
  ])

const slice: Rule<'slice'> = ([x], { starts, sizes, steps }, writing, { outputs: [out] }) => {
  const ends = starts.map((start, axis) => start + sizes[axis] * steps[axis])
  // A step that reaches past the end is cut there, which ONNX wants said as it is.
  const within = ends.map((end, axis) => Math.min(end, x.spec.shape[axis]))
  return plain(cut(writing, writing.whole(x), { starts, ends: within, steps }), out)
}

const reverse: Rule<'reverse'> = ([x], { axes }, { graph, whole }, { outputs: [out] }) => {
  const each = (value: number): string => graph.integers(axes.map(() => value))
  // From the last element down past the first, which is where an end of −∞ stands.
  return plain(
    graph.node('Slice', [whole(x), each(-1), each(-(2 ** 31)), graph.integers(axes), each(-1)]),
    out,
  )
}

/** Zeros, or another value, around the elements. */
const surround = (
  { graph }: Writing,
  name: string,
  [before, after]: readonly [readonly number[], readonly number[]],
  value: string,
): string =>
  [...before, ...after].every(n => n === 0)
    ? name
    : graph.node('Pad', [name, graph.integers([...before, ...after]), value])

/** Values put between neighbours: each element gets an axis of its own, which is padded at its end. */
const part = (writing: Writing, x: Operand, interior: readonly number[], value: string): string => {
  const { shape, dtype } = x.spec
  const whole = writing.whole(x)
  if (interior.every(n => n === 0)) return whole
  const apart = writing.reshaped(
    x,
    shape.flatMap(n => [n, 1]),
  )
  const none = shape.flatMap(() => [0, 0])
  const wide = surround(writing, apart.name, [none, interior.flatMap(n => [0, n])], value)
  const spread = shape.map((n, axis) => n * (interior[axis] + 1))
  const joined = writing.reshaped(
    {
      ...{ name: wide, shape: shape.flatMap((n, axis) => [n, interior[axis] + 1]) },
      spec: { shape: shape.flatMap((n, axis) => [n, interior[axis] + 1]), dtype },
    },
    spread,
  )
  // Nothing follows the last element.
  return cut(writing, joined.name, {
    starts: shape.map(() => 0),
    ends: shape.map((n, axis) => Math.max(0, n - 1) * (interior[axis] + 1) + Math.min(n, 1)),
    steps: shape.map(() => 1),
  })
}

const pad: Rule<'pad'> = ([x], { low, high, interior, value }, writing, { outputs: [out] }) => {
  const { dtype } = out
  const data = hostArray(dtype, 1)
  data[0] = value
  const filler = writing.graph.constant(dtype, [], data)
  return plain(surround(writing, part(writing, x, interior, filler), [low, high], filler), out)
}

export const layout = {
  reshape: ([x]: readonly Operand[], { shape }: { readonly shape: Shape }, writing: Writing) => [
    writing.reshaped(x, shape),
  ],
  transpose: (([x], { permutation }, { graph, whole }, { outputs: [out] }) =>
    plain(graph.node('Transpose', [whole(x)], { perm: permutation }), out)) as Rule<'transpose'>,
  slice,
  pad,
  concat: ((inputs, { axis }, { graph, whole }, { outputs: [out] }) =>
    plain(graph.node('Concat', inputs.map(whole), { axis }), out)) as Rule<'concat'>,
  reverse,
} satisfies { readonly [N in PrimitiveName]?: Rule<N> }
