import type { Shape } from '../shape/index.js'
import type { DType } from './dtype.js'
import type { Primitive } from './primitive.js'

/** What is known of a value before it exists. */
export interface Spec {
  readonly shape: Shape
  readonly dtype: DType
}

/** A sub-graph with its own placeholders: the body of a `scan`. */
export interface Body {
  readonly parameters: readonly Tensor[]
  readonly results: readonly Tensor[]
}

/** One application of a primitive. Ids rise with construction, so that a node's inputs always have smaller ids than its own. */
export interface Node<P extends object = object> {
  readonly id: number
  readonly primitive: Primitive<P>
  readonly params: P
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Spec[]
  readonly body?: Body
}

/**
 * A tensor is a description: an output of a node of an immutable expression graph. Building one does no arithmetic, allocates no buffer
 * and needs no backend; there is nothing to dispose.
 */
export class Tensor<out S extends Shape = Shape, out D extends DType = DType> {
  readonly node: Node
  readonly output: number
  readonly shape: S
  readonly dtype: D

  constructor(node: Node, output: number) {
    this.node = node
    this.output = output
    const spec = node.outputs[output] as Spec
    this.shape = spec.shape as S
    this.dtype = spec.dtype as D
  }

  toString(): string {
    return `${this.dtype}[${this.shape.join(', ')}] = ${this.node.primitive.name} #${this.node.id}`
  }
}

let nextId = 0

/**
 * Applies a primitive: checks shapes and element types by the primitive's own rule and yields all outputs of the new node.
 * @throws ShapeError on the line of the caller's mistake.
 */
export const applyAll = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
  body?: Body,
): readonly Tensor[] => {
  const outputs = primitive.outputs(inputs, params, body)
  const node: Node<P> = {
    id: nextId++,
    primitive,
    params,
    inputs,
    outputs,
    ...(body === undefined ? {} : { body }),
  }
  return outputs.map((_, index) => new Tensor(node as unknown as Node, index))
}

/** Tells one value of the graph from every other. */
export const keyOf = ({ node, output }: Tensor): string => `${node.id}.${output}`

/** `applyAll` for a primitive with one output. */
export const apply = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): Tensor => applyAll(primitive, inputs, params)[0] as Tensor
