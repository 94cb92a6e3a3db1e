import { noiseRatio, stretches, withSignal, type Stretch } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface LmsOptions {
  /** How many slopes a step looks at: 1 to 4, which is the default. */
  readonly order?: 1 | 2 | 3 | 4
}

/** ∫ of the polynomial that is 1 at the j-th node and 0 at the others, from a to b. Two points of Gauss suffice for cubics. */
const integral = (nodes: readonly number[], j: number, a: number, b: number): number => {
  const basis = (x: number): number =>
    nodes.reduce((product, node, k) => (k === j ? product : (product * (x - node)) / (nodes[j] - node)), 1)
  const [middle, half] = [(a + b) / 2, (b - a) / 2]
  return half * (basis(middle - half / Math.sqrt(3)) + basis(middle + half / Math.sqrt(3)))
}

const weightsOf = ({ from, to, before }: Stretch, order: number): readonly number[] => {
  const nodes = [from, ...before.slice(0, order - 1)].map(noiseRatio)
  return [0, 1, 2, 3].map(j =>
    j < nodes.length ? to.alpha * integral(nodes, j, noiseRatio(from), noiseRatio(to)) : 0,
  )
}

/**
 * The linear multistep method of Adams and Bashforth for the probability-flow equation in the noise of z/α, on whatever levels the path has
 * (Crowson's k-diffusion, `sample_lms`): the slope d(z/α)/d(σ/α) = ε̂ is the polynomial through the last slopes. For any family where α > 0.
 * The first steps have fewer slopes to look at, which is not seen where a path starts at much more noise than the data are wide.
 * @throws SamplingError unless the order is 1, 2, 3 or 4
 */
export const lms = ({ order = 4 }: LmsOptions = {}): Sampler => {
  if (![1, 2, 3, 4].includes(order)) throw new SamplingError(`lms: the order is 1, 2, 3 or 4, not ${order}`)
  return sampler({
    name: 'lms',
    order,
    stochastic: false,
    evaluations: 1,
    remembers: order - 1,
    coefficients: path =>
      stretches(withSignal('lms', path)).map(stretch => {
        const [now, last, second, third] = weightsOf(stretch, order)
        return { level: stretch.from, z: stretch.to.alpha / stretch.from.alpha, now, last, second, third }
      }),
    step:
      (denoise, row) =>
      ({ z, history }) => {
        const { epsilon } = denoise(z, row.level)
        const weights = [row.last, row.second, row.third]
        return {
          z: weighted(
            [row.z, z],
            [row.now, epsilon],
            ...history.map((slope, i) => [weights[i], slope] as const),
          ),
          history: [epsilon, ...history].slice(0, order - 1),
        }
      },
  })
}
