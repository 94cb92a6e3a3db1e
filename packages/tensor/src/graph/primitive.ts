import type { AnyTensor, Body, Node, Spec } from './tensor.js'

/** Numbers in the reference interpreter: the host arrays, or doubles where it runs without rounding to f32. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** A value in the reference interpreter. */
export interface Value extends Spec {
  readonly data: Numbers
}

/** A cotangent, or `undefined` where none arrives: a structural zero. */
export type Cotangent = AnyTensor | undefined

/** Carries cotangents of `results` back to the `leaves` (each a point where the walk stops). */
export type Pullback = (
  results: readonly AnyTensor[],
  cotangents: readonly Cotangent[],
  leaves: readonly AnyTensor[],
) => readonly Cotangent[]

/** The cotangents that reach a node's outputs → those of its inputs. `pullback` differentiates a body. */
export type GradientRule<P extends object> = (
  cotangents: readonly Cotangent[],
  node: Node<P>,
  pullback: Pullback,
) => readonly Cotangent[]

/** The derivative is zero wherever it exists (`floor`, `sign`), or is defined to be zero (`stopGradient`). */
export const zeroGradient = 'zero gradient'
/** No derivative exists; asking for one is a mistake, and is named. */
export const nonDifferentiable = 'non-differentiable'

/**
 * A row of the table of primitives: everything that one primitive means, in one place. Backends add a kernel each.
 * Methods, so that rows of differing parameter types share one table.
 */
export interface Primitive<P extends object = object> {
  readonly name: string
  /** Each output element depends on the input elements at its own place alone: such rows fuse. */
  readonly elementwise?: true
  /** The shape rule: specs of the outputs. Throws `ShapeError`. */
  outputs(inputs: readonly Spec[], params: P, body?: Body): readonly Spec[]
  readonly gradient: GradientRule<P> | typeof zeroGradient | typeof nonDifferentiable
  /**
   * The plain meaning, one obvious loop in double precision. Outputs come zero-filled; storing into them rounds.
   * `run` executes the body (of `scan`, `fused`).
   */
  evaluate(inputs: readonly Value[], params: P, outputs: readonly Value[], run: Run): void
}

/** Executes a node's body on the given values. */
export type Run = (inputs: readonly Value[]) => readonly Value[]

/** Parameters of a primitive that has none. */
export type None = Record<never, never>
export const none: None = {}
