import { equalShapes, ShapeError } from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import {
  none,
  type nonDifferentiable,
  type zeroGradient,
  type GradientRule,
  type None,
  type Primitive,
} from '../graph/primitive.js'
import { type AnyTensor, apply, Tensor, type Spec } from '../graph/tensor.js'

/**
 * Elementwise primitives take inputs of one shape: broadcasting is a node of its own (`broadcast`), so that its gradient, a sum, stands
 * in one place only.
 */
export type Slope = (
  g: AnyTensor,
  inputs: readonly AnyTensor[],
  output: AnyTensor,
) => readonly (AnyTensor | undefined)[]

const dtypesOf = (name: string, inputs: readonly Spec[], allowed: readonly DType[]): void => {
  const [first] = inputs as readonly [Spec]
  for (const { shape, dtype } of inputs) {
    if (!equalShapes(shape, first.shape)) {
      throw new ShapeError(`${name}: [${first.shape.join(', ')}] and [${shape.join(', ')}] differ`)
    }
    if (dtype !== first.dtype)
      throw new ShapeError(`${name}: element types ${first.dtype} and ${dtype} differ; cast one of them`)
    if (!allowed.includes(dtype))
      throw new ShapeError(`${name}: element type ${dtype} is not one of ${allowed.join(', ')}`)
  }
}

const rule =
  (slope: Slope): GradientRule<None> =>
  ([g], node) => {
    return slope(g as AnyTensor, node.inputs, new Tensor(node, 0))
  }

export interface Elementwise {
  readonly dtypes: readonly DType[]
  /** The element type of the result; the inputs' own when absent. */
  readonly result?: DType
  readonly slope: Slope | typeof zeroGradient | typeof nonDifferentiable
}

export const elementwise = (
  name: string,
  { dtypes, result, slope }: Elementwise,
  evaluate: Primitive<None>['evaluate'],
): Primitive<None> => ({
  name,
  elementwise: true,
  outputs: inputs => {
    dtypesOf(name, inputs, dtypes)
    const [first] = inputs as readonly [Spec]
    return [{ shape: first.shape, dtype: result ?? first.dtype }]
  },
  gradient: typeof slope === 'string' ? slope : rule(slope),
  evaluate,
})

export const unary = (name: string, meaning: (x: number) => number, about: Elementwise): Primitive<None> =>
  elementwise(name, about, ([a], _, [out]) => {
    for (let i = 0; i < out.data.length; i++) out.data[i] = meaning(a.data[i])
  })

/** `whole` is the meaning on i32 and u32 where it differs; storing into the host array wraps modulo 2³². */
export const binary = (
  name: string,
  meaning: (a: number, b: number) => number,
  about: Elementwise,
  whole: (a: number, b: number) => number = meaning,
): Primitive<None> =>
  elementwise(name, about, ([a, b], _, [out]) => {
    const f = a.dtype === 'f32' ? meaning : whole
    for (let i = 0; i < out.data.length; i++) out.data[i] = f(a.data[i], b.data[i])
  })

/** The function that builds nodes of a one-input row. */
export const unaryNode =
  (primitive: Primitive<None>) =>
  (x: AnyTensor): AnyTensor =>
    apply(primitive, [x], none)

/** The function that builds nodes of a two-input row. */
export const binaryNode =
  (primitive: Primitive<None>) =>
  (a: AnyTensor, b: AnyTensor): AnyTensor =>
    apply(primitive, [a, b], none)
