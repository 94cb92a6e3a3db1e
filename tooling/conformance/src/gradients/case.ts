import { grad, type AnyTensor, type NDArray, type Program, type Tensor } from '@elbo/tensor'
import { apply, doubles, flatten, interpret, primitives, sizeOf, type Value } from '@elbo/tensor/internals'
import { placeholdersFor } from '../case.js'
import { draw } from '../values.js'

/** A function to differentiate by all its f32 inputs, at a point away from kinks. */
export interface GradientCase {
  readonly about: string
  readonly inputs: readonly NDArray[]
  readonly f: (inputs: readonly AnyTensor[]) => readonly AnyTensor[]
  /** The first derivative alone: the second does not exist here, or is not this graph's. */
  readonly once?: true
}

type Loss = (inputs: readonly AnyTensor[]) => AnyTensor

/** Σ over all f32 results of a fixed random projection: one number whose gradient mixes all of them. */
const projected =
  (seed: number, f: GradientCase['f']): Loss =>
  inputs => {
    const parts = f(inputs).flatMap((y, i) => {
      if (y.dtype !== 'f32') return []
      const weights = apply(primitives.constant, [], { value: draw(y.shape, seed + i) })
      const product = apply(primitives.mul, [y, weights], {})
      const axes = y.shape.map((_, axis) => axis)
      return [axes.length === 0 ? product : apply(primitives.sum, [product], { axes })]
    })
    return parts.reduce((a, b) => apply(primitives.add, [a, b], {}))
  }

/** The gradient of a loss by its f32 inputs. */
const slopes = (loss: Loss, inputs: readonly AnyTensor[]): readonly AnyTensor[] => {
  const real = inputs.filter(({ dtype }) => dtype === 'f32')
  return grad((variables: readonly Tensor[]) => {
    let next = 0
    return loss(inputs.map(input => (input.dtype === 'f32' ? variables[next++] : input)))
  })(real as readonly Tensor[])
}

/** A loss and its gradient, as graphs over the same parameters. */
export interface Derivative {
  readonly order: 'first' | 'second'
  readonly parameters: readonly AnyTensor[]
  readonly loss: AnyTensor
  readonly slopes: readonly AnyTensor[]
}

const derivative = (order: Derivative['order'], inputs: readonly NDArray[], loss: Loss): Derivative => {
  const parameters = placeholdersFor(inputs)
  return { order, parameters, loss: loss(parameters), slopes: slopes(loss, parameters) }
}

export const programOf = (parameters: readonly AnyTensor[], outputs: readonly AnyTensor[]): Program =>
  flatten({ state: [], inputs: parameters, nextState: [], outputs })

/** The gradient of a projection of the results; and the gradient of a projection of that gradient. */
export const derivativesOf = ({ inputs, f, once }: GradientCase): readonly Derivative[] => {
  const loss = projected(101, f)
  const first = derivative('first', inputs, loss)
  if (once === true) return [first]
  return [
    first,
    derivative(
      'second',
      inputs,
      projected(202, parameters => slopes(loss, parameters)),
    ),
  ]
}

export const inDoubles = (inputs: readonly NDArray[]): readonly Value[] =>
  inputs.map(({ shape, dtype, data }) => ({
    shape,
    dtype,
    data: dtype === 'f32' ? Float64Array.from(data as Float32Array) : data,
  }))

const step = 2 ** -17

/**
 * Central differences of a loss by every element of its f32 inputs, in doubles: (L(x + h) − L(x − h)) / 2h, with an error of h² L‴/6 and
 * of 10⁻¹⁶ L/h: about nine digits.
 */
const centralDifferences = (loss: Program, inputs: readonly NDArray[]): readonly Float64Array[] => {
  const values = inDoubles(inputs)
  const lossAt = (): number => interpret(loss, values, doubles).outputs[0].data[0]
  return values
    .filter(({ dtype }) => dtype === 'f32')
    .map(({ data, shape }) =>
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
        const x = data[i]
        const h = step * Math.max(1, Math.abs(x))
        data[i] = x + h
        const above = lossAt()
        data[i] = x - h
        const below = lossAt()
        data[i] = x
        return (above - below) / (2 * h)
      }),
    )
}

/** Where a gradient and central differences disagree, in words. */
export const unlikeDifferences = (
  { parameters, loss, slopes: gradient }: Derivative,
  inputs: readonly NDArray[],
): readonly string[] => {
  const real = inputs.filter(({ dtype }) => dtype === 'f32')
  const expected = centralDifferences(programOf(parameters, [loss]), inputs)
  return interpret(programOf(parameters, gradient), inDoubles(inputs), doubles).outputs.flatMap(
    (slope, i) => {
      if (slope.dtype !== 'f32' || slope.shape.join() !== real[i].shape.join())
        return [`input ${i}: the gradient is ${slope.dtype}[${slope.shape.join(', ')}]`]
      const scale = expected[i].reduce((a, b) => Math.max(a, Math.abs(b)), 1)
      return Array.from(slope.data).flatMap((got, at) =>
        Math.abs(got - expected[i][at]) <= 2e-6 * scale
          ? []
          : [`input ${i}, element ${at}: ${got}, by differences ${expected[i][at]}`],
      )
    },
  )
}
