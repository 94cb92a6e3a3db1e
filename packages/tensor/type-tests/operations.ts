/*
 * Operations with the least tensor that shows their types: a shape and a dtype. Each is written as an operation of
 * the package is, from a shape rule, and runs: what the compiler says can be held against what is thrown.
 */
import {
  type Broadcast,
  type BroadcastAll,
  broadcastShapes,
  type BroadcastTo,
  broadcastToShape,
  type Checked,
  checkedShape,
  type Concat,
  concatShape,
  type Conv2d,
  conv2dShape,
  type ConvolutionOptions,
  type Einsum,
  einsumShape,
  type ExpandDims,
  expandDimsShape,
  type MatMul,
  matmulShape,
  type OneHot,
  oneHotShape,
  type Pad,
  type Padding,
  padShape,
  type Pair,
  type Pool,
  type PoolingOptions,
  poolShape,
  type Reduce,
  reduceShape,
  type Requires,
  type Reshape,
  reshapeShape,
  type Shape,
  type ShapeOf,
  type Slice,
  type SliceRange,
  sliceShape,
  type Squeeze,
  squeezeShape,
  type Stack,
  stackShape,
  type Take,
  type TakeAlongAxis,
  takeAlongAxisShape,
  takeShape,
  type Transpose,
  transposeShape,
} from '../src/shape/index.js'

export interface Tensor<out S extends Shape = Shape, out D extends string = 'f32'> {
  readonly shape: S
  readonly dtype: D
}

const tensor = <S extends Shape>(shape: S): Tensor<S> => ({ shape, dtype: 'f32' })

export const zeros = <const S extends Shape>(
  shape: S & Requires<Checked<'zeros', S>>,
): Tensor<ShapeOf<Checked<'zeros', S>>> => tensor(checkedShape('zeros', shape as S))

export const square = <S extends Shape>(x: Tensor<S>): Tensor<S> => tensor(x.shape)

export const add =
  <B extends Shape>(b: Tensor<B>) =>
  <A extends Shape>(a: Tensor<A> & Requires<Broadcast<'add', A, B>>): Tensor<ShapeOf<Broadcast<'add', A, B>>> =>
    tensor(broadcastShapes('add', a.shape, b.shape) as ShapeOf<Broadcast<'add', A, B>>)

export const where =
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B>) =>
  <C extends Shape>(
    condition: Tensor<C> & Requires<BroadcastAll<'where', [C, A, B]>>,
  ): Tensor<ShapeOf<BroadcastAll<'where', [C, A, B]>>> =>
    tensor(broadcastShapes<'where', [C, A, B]>('where', condition.shape, a.shape, b.shape))

export const broadcastTo =
  <const T extends Shape>(target: T) =>
  <S extends Shape>(x: Tensor<S> & Requires<BroadcastTo<S, T>>): Tensor<ShapeOf<BroadcastTo<S, T>>> =>
    tensor(broadcastToShape<S, T>(x.shape, target))

export const matmul =
  <B extends Shape>(b: Tensor<B>) =>
  <A extends Shape>(a: Tensor<A> & Requires<MatMul<A, B>>): Tensor<ShapeOf<MatMul<A, B>>> =>
    tensor(matmulShape<A, B>(a.shape, b.shape))

export const reshape =
  <const T extends Shape>(target: T) =>
  <S extends Shape>(x: Tensor<S> & Requires<Reshape<S, T>>): Tensor<ShapeOf<Reshape<S, T>>> =>
    tensor(reshapeShape<S, T>(x.shape, target))

export const transpose =
  <const P extends readonly number[] | undefined = undefined>(permutation?: P) =>
  <S extends Shape>(x: Tensor<S> & Requires<Transpose<S, P>>): Tensor<ShapeOf<Transpose<S, P>>> =>
    tensor(transposeShape<S, P>(x.shape, permutation))

export const expandDims =
  <const Axis extends number>(axis: Axis) =>
  <S extends Shape>(x: Tensor<S> & Requires<ExpandDims<S, Axis>>): Tensor<ShapeOf<ExpandDims<S, Axis>>> =>
    tensor(expandDimsShape<S, Axis>(x.shape, axis))

export const squeeze =
  <const Axes extends number | readonly number[] | undefined = undefined>(axes?: Axes) =>
  <S extends Shape>(x: Tensor<S> & Requires<Squeeze<S, Axes>>): Tensor<ShapeOf<Squeeze<S, Axes>>> =>
    tensor(squeezeShape<S, Axes>(x.shape, axes))

export const sum =
  <
    const Axes extends number | readonly number[] | undefined = undefined,
    const KeepDims extends boolean = false,
  >(
    axes?: Axes,
    { keepDims }: { readonly keepDims?: KeepDims } = {},
  ) =>
  <S extends Shape>(
    x: Tensor<S> & Requires<Reduce<'sum', S, Axes, KeepDims>>,
  ): Tensor<ShapeOf<Reduce<'sum', S, Axes, KeepDims>>> =>
    tensor(reduceShape<'sum', S, Axes, KeepDims>('sum', x.shape, axes, keepDims))

/** The shapes of a list of tensors. */
type ShapesOf<T extends readonly Tensor[]> = { -readonly [I in keyof T]: T[I]['shape'] }

export const concat =
  <const Axis extends number>(axis: Axis) =>
  <const T extends readonly Tensor[]>(
    tensors: T & Requires<Concat<ShapesOf<T>, Axis>>,
  ): Tensor<ShapeOf<Concat<ShapesOf<T>, Axis>>> =>
    tensor(concatShape<ShapesOf<T>, Axis>((tensors as T).map(x => x.shape) as ShapesOf<T>, axis))

export const stack =
  <const Axis extends number>(axis: Axis) =>
  <const T extends readonly Tensor[]>(
    tensors: T & Requires<Stack<ShapesOf<T>, Axis>>,
  ): Tensor<ShapeOf<Stack<ShapesOf<T>, Axis>>> =>
    tensor(stackShape<ShapesOf<T>, Axis>((tensors as T).map(x => x.shape) as ShapesOf<T>, axis))

export const slice =
  <const Ranges extends readonly SliceRange[]>(...ranges: Ranges) =>
  <S extends Shape>(x: Tensor<S> & Requires<Slice<S, Ranges>>): Tensor<ShapeOf<Slice<S, Ranges>>> =>
    tensor(sliceShape<S, Ranges>(x.shape, ranges))

export const pad =
  <const P extends readonly Padding[]>(padding: P) =>
  <S extends Shape>(x: Tensor<S> & Requires<Pad<S, P>>): Tensor<ShapeOf<Pad<S, P>>> =>
    tensor(padShape<S, P>(x.shape, padding))

export const take =
  <I extends Shape, const Axis extends number>(indices: Tensor<I>, axis: Axis) =>
  <S extends Shape>(x: Tensor<S> & Requires<Take<S, I, Axis>>): Tensor<ShapeOf<Take<S, I, Axis>>> =>
    tensor(takeShape<S, I, Axis>(x.shape, indices.shape, axis))

export const takeAlongAxis =
  <I extends Shape, const Axis extends number>(indices: Tensor<I>, axis: Axis) =>
  <S extends Shape>(
    x: Tensor<S> & Requires<TakeAlongAxis<S, I, Axis>>,
  ): Tensor<ShapeOf<TakeAlongAxis<S, I, Axis>>> =>
    tensor(takeAlongAxisShape<S, I, Axis>(x.shape, indices.shape, axis))

export const oneHot =
  <const Depth extends number>(depth: Depth) =>
  <S extends Shape>(x: Tensor<S> & Requires<OneHot<S, Depth>>): Tensor<ShapeOf<OneHot<S, Depth>>> =>
    tensor(oneHotShape<S, Depth>(x.shape, depth))

export const einsum =
  <const Subscripts extends string>(subscripts: Subscripts) =>
  <const T extends readonly Tensor[]>(
    ...tensors: T & Requires<Einsum<Subscripts, ShapesOf<T>>>
  ): Tensor<ShapeOf<Einsum<Subscripts, ShapesOf<T>>>> =>
    tensor(einsumShape<Subscripts, ShapesOf<T>>(subscripts, (tensors as T).map(x => x.shape) as ShapesOf<T>))

export const conv2d =
  <K extends Shape, const O extends ConvolutionOptions = Record<never, never>>(kernel: Tensor<K>, options?: O) =>
  <I extends Shape>(x: Tensor<I> & Requires<Conv2d<I, K, O>>): Tensor<ShapeOf<Conv2d<I, K, O>>> =>
    tensor(conv2dShape<I, K, O>(x.shape, kernel.shape, options))

export const maxPool =
  <const W extends Pair, const O extends PoolingOptions = Record<never, never>>(window: W, options?: O) =>
  <S extends Shape>(
    x: Tensor<S> & Requires<Pool<'maxPool', S, W, O>>,
  ): Tensor<ShapeOf<Pool<'maxPool', S, W, O>>> => tensor(poolShape<'maxPool', S, W, O>('maxPool', x.shape, window, options))
