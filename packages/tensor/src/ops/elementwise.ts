import {
  broadcastShapes,
  type Broadcast,
  type BroadcastAll,
  type Requires,
  type Shape,
  type ShapeOf,
} from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import * as arithmetic from '../primitives/arithmetic.js'
import * as logic from '../primitives/logic.js'
import { full } from '../primitives/leaves.js'
import { broadcast } from '../primitives/reduce.js'
import * as transcendental from '../primitives/transcendental.js'

type Node = (a: AnyTensor, b: AnyTensor) => AnyTensor

/**
 * `add(b)(a)`: the second operand first, so that operations `pipe`. A number stands for a scalar of the other operand's type.
 * Shapes broadcast by NumPy's rule; element types must agree.
 */
export interface Binary<Op extends string> {
  (b: number): <A extends Shape, D extends DType>(a: Tensor<A, D>) => Tensor<A, D>
  <B extends Shape, D extends DType>(
    b: Tensor<B, D>,
  ): <A extends Shape>(
    a: Tensor<A, D> & Requires<Broadcast<Op, A, B>>,
  ) => Tensor<ShapeOf<Broadcast<Op, A, B>>, D>
}

/** As `Binary`, with a truth value as the result. */
export interface Comparison<Op extends string> {
  (b: number): <A extends Shape>(a: Tensor<A, DType>) => Tensor<A, 'bool'>
  <B extends Shape, D extends DType>(
    b: Tensor<B, D>,
  ): <A extends Shape>(
    a: Tensor<A, D> & Requires<Broadcast<Op, A, B>>,
  ) => Tensor<ShapeOf<Broadcast<Op, A, B>>, 'bool'>
}

const broadcasting =
  (name: string, node: Node) =>
  (b: number | AnyTensor) =>
  (a: AnyTensor): AnyTensor => {
    if (typeof b === 'number') return node(a, full(a.shape, a.dtype, b))
    const shape: Shape = broadcastShapes<string, readonly Shape[]>(name, a.shape, b.shape)
    return node(broadcast(a, shape), broadcast(b, shape))
  }

const binary = <const Op extends string>(name: Op, node: Node): Binary<Op> =>
  broadcasting(name, node) as Binary<Op>
const comparison = <const Op extends string>(name: Op, node: Node): Comparison<Op> =>
  broadcasting(name, node) as Comparison<Op>

/** a + b. */
export const add = binary('add', arithmetic.add)
/** a − b. */
export const sub = binary('sub', arithmetic.sub)
/** a · b. */
export const mul = binary('mul', arithmetic.mul)
/** a / b; floors for integers. */
export const div = binary('div', arithmetic.div)
/** a − b·⌊a/b⌋: the sign of the divisor. */
export const mod = binary('mod', arithmetic.mod)
/** aᵇ, f32. */
export const pow = binary('pow', transcendental.pow)
/** The larger; NaN where either is NaN. */
export const maximum = binary('maximum', arithmetic.max)
/** The smaller; NaN where either is NaN. */
export const minimum = binary('minimum', arithmetic.min)
/** `atan2(x)(y)`: the angle of the point (x, y), in (−π, π]. */
export const atan2 = binary('atan2', transcendental.atan2)
/** Logical for bool, bitwise for integers. */
export const and = binary('and', logic.and)
export const or = binary('or', logic.or)
export const xor = binary('xor', logic.xor)
/** By b mod 32 places. */
export const shiftLeft = binary('shiftLeft', logic.shiftLeft)
/** By b mod 32 places; keeps the sign of i32. */
export const shiftRight = binary('shiftRight', logic.shiftRight)

export const eq = comparison('eq', logic.eq)
export const ne = comparison('ne', (a, b) => logic.not(logic.eq(a, b)))
export const lt = comparison('lt', logic.lt)
export const le = comparison('le', logic.le)
export const gt = comparison('gt', (a, b) => logic.lt(b, a))
export const ge = comparison('ge', (a, b) => logic.le(b, a))

/** `where(a, b)(condition)`: a where the condition holds, b elsewhere. */
export const where =
  <A extends Shape, B extends Shape, D extends DType>(a: Tensor<A, D>, b: Tensor<B, D>) =>
  <C extends Shape>(
    condition: Tensor<C, 'bool'> & Requires<BroadcastAll<'where', [C, A, B]>>,
  ): Tensor<ShapeOf<BroadcastAll<'where', [C, A, B]>>, D> => {
    const shape = broadcastShapes('where', condition.shape, a.shape, b.shape) as Shape
    return logic.select(broadcast(condition, shape), broadcast(a, shape), broadcast(b, shape)) as Tensor<
      ShapeOf<BroadcastAll<'where', [C, A, B]>>,
      D
    >
  }

/** Changes the element type: to bool, whether it is not zero; f32 to integers truncates and saturates, NaN reads 0. */
export const cast =
  <D extends DType>(dtype: D) =>
  <S extends Shape>(x: Tensor<S, DType>): Tensor<S, D> =>
    logic.cast(x, dtype) as Tensor<S, D>

/** Holds x between two bounds; NaN stays NaN. */
export const clip =
  (low: number, high: number) =>
  <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
    minimum(high)(maximum(low)(x))
