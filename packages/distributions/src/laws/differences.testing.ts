import { add, constant, ndarray, scalar, stack, sum, vjp } from '@elbo/tensor'
import { minus, over, times, type Real } from '../arithmetic.js'
import { expectClose } from './closeness.testing.js'
import { inDoubles, numbers } from './evaluate.testing.js'

/** Relative to a number: larger ones leave the support at its ends, smaller ones see where two approximations of a function meet. */
const usualStep = 1e-4

/** Central differences of two steps in double precision, from which what is of the second order is taken away (Richardson). */
export const differences = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
  step = usualStep,
): Promise<Record<string, readonly number[]>> => {
  const found: Record<string, readonly number[]> = {}
  for (const [name, x] of Object.entries(parameters)) {
    const size = x.shape.reduce((a, b) => a * b, 1)
    const values = await numbers(x)
    const slopes = Array.from({ length: size }, (_, at) => {
      const shifted = (by: number): Real => {
        const shift = Array.from({ length: size }, (__, i) => (i === at ? by : 0))
        return f({ ...parameters, [name]: add(constant(ndarray(shift, x.shape)))(x) })
      }
      const central = (h: number): Real => over(minus(shifted(h), shifted(-h)), times(scalar(h), 2))
      const h = step * (Math.abs(values[at]) || 1)
      return over(minus(times(central(h / 2), 4), central(h)), 3)
    })
    found[name] = await numbers(stack(0)(slopes), inDoubles)
  }
  return found
}

/** Most gradients are within 1e-6; the worst, where slopes of terms nearly cancel, are off by 2.3e-5. */
const tolerance = 3e-5

/** Gradients in single precision against differences, relative to the largest number of each, and absolutely where all are below 0.1. */
export const expectGradient = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
  step?: number,
): Promise<void> => {
  const expected = await differences(parameters, f, step)
  const [, back] = vjp(f, parameters)
  const slopes = back(scalar(1))
  for (const [name, slope] of Object.entries(slopes)) {
    const scale = Math.max(...expected[name].map(Math.abs), 0.1)
    expectClose(await numbers(slope), expected[name], scale, tolerance)
  }
}

export const total = (x: Real): Real => sum()(x)
