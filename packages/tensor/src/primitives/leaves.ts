import type { Shape } from '../shape/index.js'
import { ShapeError } from '../shape/index.js'
import { holds, type DType } from '../graph/dtype.js'
import type { NDArray } from '../graph/ndarray.js'
import { nonDifferentiable, type Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply } from '../graph/tensor.js'

/** Where a value enters from outside: an input or a state slot of a program, a parameter of a body. */
export const placeholderPrimitive: Primitive<{
  readonly shape: Shape
  readonly dtype: DType
  readonly name: string
}> = {
  name: 'placeholder',
  outputs: (_, { shape, dtype }) => [{ shape, dtype }],
  gradient: nonDifferentiable,
  evaluate: (_, { name }) => {
    throw new Error(
      `placeholder: "${name}" has no value; a placeholder means something only inside the function that was traced`,
    )
  },
}

export const placeholder = (shape: Shape, dtype: DType, name: string): AnyTensor =>
  apply(placeholderPrimitive, [], { shape, dtype, name })

/** Host data inside an expression. */
export const constantPrimitive: Primitive<{ readonly value: NDArray }> = {
  name: 'constant',
  outputs: (_, { value }) => [{ shape: value.shape, dtype: value.dtype }],
  gradient: nonDifferentiable,
  evaluate: (_, { value }, [out]) => out.data.set(value.data),
}

export const constant = (value: NDArray): AnyTensor => apply(constantPrimitive, [], { value })

/** One number, everywhere. */
export const fullPrimitive: Primitive<{
  readonly shape: Shape
  readonly dtype: DType
  readonly value: number
}> = {
  name: 'full',
  outputs: (_, { shape, dtype, value }) => {
    if (!holds(dtype, value)) throw new ShapeError(`full: ${value} is not a number that ${dtype} has`)
    return [{ shape, dtype }]
  },
  gradient: nonDifferentiable,
  evaluate: (_, { value }, [out]) => out.data.fill(value),
}

export const full = (shape: Shape, dtype: DType, value: number): AnyTensor =>
  apply(fullPrimitive, [], { shape, dtype, value })

/** 0, 1, …, length − 1. */
export const iotaPrimitive: Primitive<{ readonly length: number; readonly dtype: DType }> = {
  name: 'iota',
  outputs: (_, { length, dtype }) => {
    if (dtype === 'bool') throw new ShapeError('iota: counting needs f32, i32 or u32, not bool')
    return [{ shape: [length], dtype }]
  },
  gradient: nonDifferentiable,
  evaluate: (_, { length }, [out]) => {
    for (let i = 0; i < length; i++) out.data[i] = i
  },
}

export const iota = (length: number, dtype: DType): AnyTensor => apply(iotaPrimitive, [], { length, dtype })
