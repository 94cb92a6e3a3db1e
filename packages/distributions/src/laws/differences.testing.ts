import { add, constant, ndarray, scalar, stack, sum, vjp } from '@elbo/tensor'
import { minus, over, times, type Real } from '../arithmetic.js'
import { expectClose } from './closeness.testing.js'
import { inDoubles, numbers } from './evaluate.testing.js'

/** Central differences in double precision, with one step for each number of each parameter. */
export const differences = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
  step: number,
): Promise<Record<string, readonly number[]>> => {
  const found: Record<string, readonly number[]> = {}
  for (const [name, x] of Object.entries(parameters)) {
    const size = x.shape.reduce((a, b) => a * b, 1)
    const values = await numbers(x)
    const slopes = Array.from({ length: size }, (_, at) => {
      const h = step * (Math.abs(values[at]) || 1)
      const shifted = (by: number): Real => {
        const shift = Array.from({ length: size }, (__, i) => (i === at ? by : 0))
        return f({ ...parameters, [name]: add(constant(ndarray(shift, x.shape)))(x) })
      }
      return over(minus(shifted(h), shifted(-h)), times(scalar(h), 2))
    })
    found[name] = await numbers(stack(0)(slopes), inDoubles)
  }
  return found
}

/**
 * Gradients in single precision against differences in double precision: within 1e-5 of the largest number of each, and absolutely where all
 * are below 0.1, which is what is left of larger terms.
 */
export const expectGradient = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
): Promise<void> => {
  const expected = await differences(parameters, f, 1e-6)
  const [, back] = vjp(f, parameters)
  const slopes = back(scalar(1))
  for (const [name, slope] of Object.entries(slopes)) {
    const scale = Math.max(...expected[name].map(Math.abs), 0.1)
    expectClose(await numbers(slope), expected[name], scale)
  }
}

export const total = (x: Real): Real => sum()(x)
