import { scalar, vjp } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { inside } from '../distribution.js'
import { expectClose } from './closeness.testing.js'
import { differences, total } from './differences.testing.js'
import { drawn } from './draws.testing.js'
import { numbers, fixed } from './evaluate.testing.js'
import { lifted } from './fixtures.testing.js'
import type { Law } from './law.testing.js'

/** The slopes of distribution functions, of which implicit gradients are quotients, each carry some 1e-6. */
const tolerance = 2e-5

export const drawsHaveGradient: Law = {
  applies: d => d.reparameterized && d.icdf !== undefined,
  holds: async ({ build }, fixture) => {
    // At a fixed level of the distribution function a draw is the quantile, whose differences are known.
    const count = 6
    const parameters = lifted(fixture.parameters)
    const d = inside(build(parameters))
    const x = await fixed(drawn(d, count))
    const level = await fixed((d.cdf as (x: Real) => Real)(x))
    const [, back] = vjp((p: typeof parameters) => total(drawn(inside(build(p)), count)), parameters)
    const slopes = back(scalar(1))
    const [, through] = vjp(
      (p: typeof parameters) => total((inside(build(p)).icdf as (p: Real) => Real)(level)),
      parameters,
    )
    const expected = await differences(parameters, p =>
      total((inside(build(p)).icdf as (p: Real) => Real)(level)),
    )
    for (const [name, slope] of Object.entries(slopes)) {
      const scale = Math.max(...expected[name].map(Math.abs), 0.1)
      expectClose(await numbers(slope), expected[name], scale, tolerance)
      expectClose(await numbers(through(scalar(1))[name]), expected[name], scale, tolerance)
    }
  },
}
