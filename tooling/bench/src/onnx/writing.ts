import type { Program, Shape, Spec } from '@elbo/tensor'
import type { ParamsOf, PrimitiveName } from '@elbo/tensor/internals'
import type { Graph } from './graph.js'

/**
 * A value as the graph holds it: under a name, in a shape that broadcasts to the value's own. ONNX broadcasts operands by the rules of
 * NumPy, so that a repeated value need not be written out until someone reads all of it.
 */
export interface Stored {
  readonly name: string
  readonly shape: Shape
}

/** A value that an instruction reads. */
export interface Operand extends Stored {
  /** The value's own shape and element type. */
  readonly spec: Spec
}

/** Where rules write to. */
export interface Writing {
  readonly graph: Graph
  /** The name of the value with all of its elements. */
  whole(operand: Operand): string
  /** Its elements in their order under another shape. */
  reshaped(operand: Operand, shape: Shape): Stored
  /** The elements of a constant, where the operand is one; its stored shape's. */
  known(operand: Stored): ArrayLike<number> | undefined
  /** Remembers what a name holds. */
  learn(name: string, elements: ArrayLike<number>): void
  /** Writes a program's instructions with the operands as its inputs; yields its outputs. */
  inline(body: Program, inputs: readonly Stored[]): readonly Operand[]
  /** The same, inside a graph of its own. */
  inside(graph: Graph): Writing
}

/** How the instructions of one primitive are written: from what they read to their outputs as the graph holds them. */
export type Rule<N extends PrimitiveName> = (
  operands: readonly Operand[],
  params: ParamsOf<N>,
  writing: Writing,
  about: { readonly outputs: readonly Spec[]; readonly body?: Program },
) => readonly Stored[]

/** One output that is stored as it is. */
export const plain = (name: string, { shape }: Spec): readonly Stored[] => [{ name, shape }]

/** A program that has no ONNX graph: what it holds, and why. */
export class NoGraph extends Error {
  override readonly name = 'NoGraph'
}
