import {
  reducedAxes,
  reduceShape,
  resolveAxis,
  ShapeError,
  type Reduce,
  type Requires,
  type Shape,
  type ShapeOf,
  sizeOf,
} from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { abs, add, div, like, mul, neg, sub } from '../primitives/arithmetic.js'
import { stopGradient } from '../primitives/identity.js'
import { full } from '../primitives/leaves.js'
import { concat as concatNode, reshape, slice } from '../primitives/layout.js'
import { cast, lt, not, select } from '../primitives/logic.js'
import * as reduce from '../primitives/reduce.js'
import { exp, log, sqrt } from '../primitives/transcendental.js'

type Axes = number | readonly number[] | undefined

/** `sum(axes?, { keepDims? })(x)`: without axes, over all of them. */
export type Reduction<Op extends string, D extends DType, R extends DType = D> = <
  const A extends Axes = undefined,
  const KeepDims extends boolean = false,
>(
  axes?: A,
  options?: { readonly keepDims?: KeepDims },
) => <S extends Shape, T extends D>(
  x: Tensor<S, T> & Requires<Reduce<Op, S, A, KeepDims>>,
) => Tensor<ShapeOf<Reduce<Op, S, A, KeepDims>>, [R] extends [D] ? T : R>

const reduction =
  <Op extends string, D extends DType, R extends DType = D>(
    name: Op,
    node: (x: AnyTensor, axes: readonly number[]) => AnyTensor,
  ): Reduction<Op, D, R> =>
  (axes, { keepDims } = {}) =>
  x => {
    const shape = reduceShape(name, x.shape as Shape, axes, keepDims ?? false) as Shape
    return reshape(node(x, reducedAxes(name, x.shape, axes)), shape) as never
  }

type Numeric = 'f32' | 'i32' | 'u32'

/** The number of elements that are reduced to one. */
const countOf = (x: AnyTensor, axes: readonly number[]): number => sizeOf(axes.map(axis => x.shape[axis]))

const withOnes = (x: AnyTensor, kept: AnyTensor, axes: readonly number[]): AnyTensor =>
  reduce.broadcast(
    reshape(
      kept,
      x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
    ),
    x.shape,
  )

const meanOf = (x: AnyTensor, axes: readonly number[]): AnyTensor => {
  const total = reduce.sum(x, axes)
  return div(total, like(total, countOf(x, axes)))
}

const varianceOf = (x: AnyTensor, axes: readonly number[], correction: number): AnyTensor => {
  const distance = sub(x, withOnes(x, meanOf(x, axes), axes))
  const total = reduce.sum(mul(distance, distance), axes)
  return div(total, like(total, countOf(x, axes) - correction))
}

/** Order turned round without loss: by the sign for f32, by the complement for integers. */
const opposite = (x: AnyTensor): AnyTensor => (x.dtype === 'f32' ? neg(x) : not(x))

const productOf = (x: AnyTensor, axes: readonly number[]): AnyTensor => {
  let value = x
  for (const axis of axes) {
    // Halves multiply until one is left: the gradient is exact at zeros, and log₂ n nodes do.
    for (let n = value.shape[axis]; n > 1; n = value.shape[axis]) {
      const half = Math.floor(n / 2)
      const part = (start: number, size: number): AnyTensor =>
        slice(value, {
          starts: value.shape.map((_, i) => (i === axis ? start : 0)),
          sizes: value.shape.map((m, i) => (i === axis ? size : m)),
          steps: value.shape.map(() => 1),
        })
      const product = mul(part(0, half), part(half, half))
      value = n % 2 === 0 ? product : appended(product, part(n - 1, 1), axis)
    }
    if (value.shape[axis] === 0)
      value = full(
        value.shape.map((m, i) => (i === axis ? 1 : m)),
        value.dtype,
        1,
      )
  }
  return reshape(
    value,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  )
}

/** The first slice of `product` times the one left over; the others as they are. */
const appended = (product: AnyTensor, rest: AnyTensor, axis: number): AnyTensor => {
  const n = product.shape[axis]
  if (n === 1) return mul(product, rest)
  const ones = full(
    product.shape.map((m, i) => (i === axis ? n - 1 : m)),
    product.dtype,
    1,
  )
  return mul(product, concatNode([rest, ones], axis))
}

/** ln Σ eˣ, shifted by the largest so that nothing overflows; −∞ over an empty axis. */
const logSumExpOf = (x: AnyTensor, axes: readonly number[]): AnyTensor => {
  const largest = stopGradient(reduce.reduceMax(x, axes))
  const shift = select(lt(abs(largest), like(largest, Infinity)), largest, like(largest, 0))
  return add(log(reduce.sum(exp(sub(x, withOnes(x, shift, axes))), axes)), shift)
}

export const sum = reduction<'sum', Numeric>('sum', reduce.sum)
export const mean = reduction<'mean', 'f32'>('mean', meanOf)
/** NaN where there is one; −∞ (the lowest integer) over an empty axis. */
export const max = reduction<'max', Numeric>('max', reduce.reduceMax)
export const min = reduction<'min', Numeric>('min', (x, axes) =>
  opposite(reduce.reduceMax(opposite(x), axes)),
)
export const prod = reduction<'prod', Numeric>('prod', productOf)
/** ln Σ eˣ without overflow. */
export const logSumExp = reduction<'logSumExp', 'f32'>('logSumExp', logSumExpOf)
export const any = reduction<'any', 'bool'>('any', (x, axes) =>
  cast(reduce.reduceMax(cast(x, 'u32'), axes), 'bool'),
)
export const all = reduction<'all', 'bool'>('all', (x, axes) =>
  not(cast(reduce.reduceMax(cast(not(x), 'u32'), axes), 'bool')),
)
/** Σ (x − mean)² / n. */
export const variance = reduction<'variance', 'f32'>('variance', (x, axes) => varianceOf(x, axes, 0))
/** Σ (x − mean)² / (n − 1). */
export const sampleVariance = reduction<'sampleVariance', 'f32'>('sampleVariance', (x, axes) =>
  varianceOf(x, axes, 1),
)
/** √variance. */
export const std = reduction<'std', 'f32'>('std', (x, axes) => sqrt(varianceOf(x, axes, 0)))
/** √Σ x². */
export const norm = reduction<'norm', 'f32'>('norm', (x, axes) => sqrt(reduce.sum(mul(x, x), axes)))

/** x − ln Σ eˣ along an axis (the last by default). */
export const logSoftmax =
  (axis = -1) =>
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const axes = [resolveAxis('logSoftmax', x.shape, axis)]
    return sub(x, withOnes(x, logSumExpOf(x, axes), axes)) as Tensor<S, 'f32'>
  }

/** eˣ / Σ eˣ along an axis (the last by default). */
export const softmax =
  (axis = -1) =>
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const axes = [resolveAxis('softmax', x.shape, axis)]
    const shifted = exp(sub(x, withOnes(x, stopGradient(reduce.reduceMax(x, axes)), axes)))
    return div(shifted, withOnes(x, reduce.sum(shifted, axes), axes)) as Tensor<S, 'f32'>
  }

/** Running sums along an axis; `reverse` runs from the end. */
export const cumsum =
  (axis: number, { reverse = false }: { readonly reverse?: boolean } = {}) =>
  <S extends Shape, D extends Numeric>(x: Tensor<S, D>): Tensor<S, D> =>
    reduce.cumsum(x, resolveAxis('cumsum', x.shape, axis), reverse) as Tensor<S, D>

type Position<Op extends string> = <const Axis extends number>(
  axis: Axis,
) => <S extends Shape, D extends DType>(
  x: Tensor<S, D> & Requires<Reduce<Op, S, Axis>>,
) => Tensor<ShapeOf<Reduce<Op, S, Axis>>, 'i32'>

const position =
  <Op extends string>(name: Op, turn: (x: AnyTensor) => AnyTensor): Position<Op> =>
  axis =>
  x => {
    if (x.shape[resolveAxis(name, x.shape, axis)] === 0)
      throw new ShapeError(`${name}: [${x.shape.join(', ')}]: axis ${axis} is empty`)
    return reduce.argmax(turn(x), resolveAxis(name, x.shape, axis)) as never
  }

/** The position of the first largest element along an axis; of the first NaN where there is one. */
export const argmax = position('argmax', x => x)
export const argmin = position('argmin', opposite)
