import type { Shape } from '../shape/index.js'
import type { DType } from './dtype.js'
import type { Primitive } from './primitive.js'

/** What is known of a value before it exists. */
export interface Spec<out S extends Shape = Shape, out D extends DType = DType> {
  readonly shape: S
  readonly dtype: D
}

/** What a program is told of an input or a state value: `spec([128, 784])`. */
export const spec = <const S extends Shape, D extends DType = 'f32'>(
  shape: S,
  dtype: D = 'f32' as D,
): Spec<[...S], D> => ({ shape: [...shape], dtype })

/** A sub-graph with its own placeholders: the body of a `scan`. */
export interface Body {
  readonly parameters: readonly AnyTensor[]
  readonly results: readonly AnyTensor[]
}

/** One application of a primitive. Ids rise with construction, so that a node's inputs always have smaller ids than its own. */
export interface Node<P extends object = object> {
  readonly id: number
  readonly primitive: Primitive<P>
  readonly params: P
  readonly inputs: readonly AnyTensor[]
  readonly outputs: readonly Spec[]
  readonly body?: Body
}

/**
 * A tensor is a description: an output of a node of an immutable expression graph. Building one does no arithmetic, allocates no buffer
 * and needs no backend; there is nothing to dispose.
 */
export class Tensor<out S extends Shape = Shape, out D extends DType = 'f32'> {
  readonly node: Node
  readonly output: number
  readonly shape: S
  readonly dtype: D

  constructor(node: Node, output: number) {
    this.node = node
    this.output = output
    const spec = node.outputs[output]
    this.shape = spec.shape as S
    this.dtype = spec.dtype as D
  }

  toString(): string {
    return `${this.dtype}[${this.shape.join(', ')}] = ${this.node.primitive.name} #${this.node.id}`
  }
}

/** A tensor of which nothing is known before it is asked. */
export type AnyTensor = Tensor<Shape, DType>

let nextId = 0

/**
 * Applies a primitive: checks shapes and element types by the primitive's own rule and yields all outputs of the new node.
 * @throws ShapeError on the line of the caller's mistake.
 */
export const applyAll = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly AnyTensor[],
  params: P,
  body?: Body,
): readonly AnyTensor[] => {
  const outputs = primitive.outputs(inputs, params, body)
  const parts = { id: nextId++, primitive, params, inputs, outputs }
  const node: Node<P> = body === undefined ? parts : { ...parts, body }
  return outputs.map((_, index) => new Tensor(node as unknown as Node, index))
}

/** The most outputs that one node can have. */
const mostOutputs = 2 ** 16

/** Tells the value of a node's output from every other. A number, because large graphs look up many. */
export const keyAt = (node: Pick<Node, 'id'>, output: number): number => node.id * mostOutputs + output

/** `keyAt` for a tensor. */
export const keyOf = ({ node, output }: AnyTensor): number => keyAt(node, output)

/** `applyAll` for a primitive with one output. */
export const apply = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly AnyTensor[],
  params: P,
): AnyTensor => applyAll(primitive, inputs, params)[0]
