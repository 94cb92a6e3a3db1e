import { none, nonDifferentiable, zeroGradient, type None, type Primitive } from '../graph/primitive.js'
import { type AnyTensor, apply } from '../graph/tensor.js'

/** Rows that pass their value on and speak to autodiff alone; compiling a program removes them. */

/** The value, held constant under differentiation. */
export const stopGradientPrimitive: Primitive<None> = {
  name: 'stopGradient',
  outputs: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  gradient: zeroGradient,
  evaluate: ([x], _, [out]) => out.data.set(x.data),
}

export interface CustomGradientParams {
  /** From the cotangent of the value to those of the arguments. */
  readonly backward: (g: AnyTensor) => readonly (AnyTensor | undefined)[]
}

/** The first input's value, with a gradient of the user's own for the others: they are what it was computed from. */
export const customGradientPrimitive: Primitive<CustomGradientParams> = {
  name: 'customGradient',
  outputs: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  gradient: ([g], { params }) => [undefined, ...params.backward(g as AnyTensor)],
  evaluate: ([x], _, [out]) => out.data.set(x.data),
}

/** A run of elementwise instructions that a backend executes in one pass; made by the fusing pass, after differentiation. */
export const fusedPrimitive: Primitive<None> = {
  name: 'fused',
  outputs: () => {
    throw new Error('fused: only the fusing pass makes these')
  },
  gradient: nonDifferentiable,
  evaluate: (inputs, _, outputs, run) => {
    run(inputs).forEach(({ data }, i) => outputs[i].data.set(data))
  },
}

export const stopGradient = (x: AnyTensor): AnyTensor => apply(stopGradientPrimitive, [x], none)

export const customGradient = (
  value: AnyTensor,
  args: readonly AnyTensor[],
  backward: CustomGradientParams['backward'],
): AnyTensor => apply(customGradientPrimitive, [value, ...args], { backward })
