import { describe, expect, it } from '@jest/globals'
import {
  exp,
  key,
  log,
  max,
  reshape,
  softmax,
  square,
  sum,
  tensor,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { data, inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import {
  bitsPerDim,
  cosine,
  dequantised,
  dormandPrince,
  heunMethod,
  karras,
  linear,
  logLikelihood,
  meanOf,
  natsOfBin,
  ProcessError,
  rectifiedFlow,
  rungeKutta4,
  sigmoid,
  subVariancePreserving,
  varianceExploding,
  type Denoiser,
  type LikelihoodOptions,
  type Process,
} from '../index.js'

/** A mixture of normal densities [n, 2], each isotropic; one component is a Gaussian. */
interface Mixture {
  readonly weights: readonly number[]
  readonly means: readonly (readonly [number, number])[]
  readonly deviations: readonly number[]
}

const gaussian: Mixture = { weights: [1], means: [[0.4, -0.7]], deviations: [0.6] }
const mixture: Mixture = {
  weights: [0.2, 0.5, 0.3],
  means: [
    [-1, 0.5],
    [0.3, -0.2],
    [1.2, 1],
  ],
  deviations: [0.3, 0.5, 0.4],
}

interface Noise {
  readonly alpha: Real | number
  readonly sigma: Real | number
}

/** ln(weight · density) of each component at z [n, 2]: [n, k]; and the variances [k]. */
const componentsAt = ({ weights, means, deviations }: Mixture, z: Real, { alpha, sigma }: Noise) => {
  const k = weights.length
  const row = (values: readonly number[]): Real => tensor(values, [k])
  const signal: Real = times(row(weights.map(() => 1)), alpha)
  const noise: Real = times(row(weights.map(() => 1)), sigma)
  const variance = plus(times(square(signal), row(deviations.map(d => d * d))), square(noise))
  const apart = [0, 1].map(axis => {
    const picked: Real = sumLast(times(z, tensor([1 - axis, axis], [2])), 1)
    return minus(reshape([-1, 1])(picked), times(signal, row(means.map(m => m[axis]))))
  })
  const squares = plus(square(apart[0]), square(apart[1]))
  const logs = minus(
    plus(over(times(squares, -0.5), variance), row(weights.map(w => Math.log(w / 2 / Math.PI)))),
    log(variance),
  )
  return { logs, variance, signal, apart, row }
}

const logDensity = (of: Mixture, z: Real, noise: Noise): Real => {
  const { logs } = componentsAt(of, z, noise)
  const top: Real = max(1, { keepDims: true })(logs)
  return plus(log(sumLast(exp(minus(logs, top)), 1)), reshape([-1])(top))
}

/** E[x | z], and ε by the score: E[ε | z] = −σ ∇ ln q(z), which asks for no division by α or σ. */
const exactDenoiser =
  (of: Mixture): Denoiser<Shape> =>
  (z, level) => {
    const { logs, variance, signal, apart, row } = componentsAt(of, z, level)
    const share: Real = softmax(1)(logs)
    const spread = row(of.deviations.map(d => d * d))
    const mean = (values: readonly Real[]): Real => {
      const [x, y] = values.map(value => reshape([-1, 1])(sumLast(times(share, value), 1)) as Real)
      return plus(times(x, tensor([1, 0], [2])), times(y, tensor([0, 1], [2])))
    }
    const x = mean(
      apart.map((each, axis) =>
        plus(times(over(times(each, signal), variance), spread), row(of.means.map(m => m[axis]))),
      ),
    )
    const epsilon = times(mean(apart.map(each => over(each, variance))), level.sigma)
    return { x, epsilon }
  }

const families: readonly (readonly [string, Process])[] = [
  ['linear', linear()],
  ['cosine, which ends without signal', cosine()],
  ['sigmoid', sigmoid()],
  ['sub-variance-preserving', subVariancePreserving()],
  ['variance-exploding', varianceExploding({ least: 1e-4, most: 30 })],
  ['karras', karras({ least: 1e-4, most: 30 })],
  ['rectified flow', rectifiedFlow()],
]

const points = [0.4, -0.7, -1, 0.5, 0.9, 0.9, 0.1, 0.1, 2, -1, -0.4, 1.5]
const x = data(points, [6, 2]) as unknown as Real

/** The law of z at the end of a process is known here, and is not quite normal. */
const exactPrior =
  (of: Mixture): NonNullable<LikelihoodOptions<Shape>['prior']> =>
  (z, level) =>
    logDensity(of, z, level) as never

const largest = async (a: Real, b: Real, on = inDoubles): Promise<number> =>
  Math.max(...(await numbers(minus(a, b), on)).map(Math.abs))

describe.each([
  ['a Gaussian', gaussian],
  ['a mixture', mixture],
])('ln p by the flow of the exact denoiser of %s', (_, of) => {
  it.each(families)('is the density: %s', async (_, process) => {
    const found = logLikelihood(process, { prior: exactPrior(of) })(exactDenoiser(of), x)(key(0)) as Real
    expect(await largest(found, logDensity(of, x, { alpha: 1, sigma: 0 }), onCpu)).toBeLessThan(1e-4)
  })
})

it('has a standard normal density for its prior unless told', async () => {
  const found = logLikelihood(cosine())(exactDenoiser(mixture), x)(key(0)) as Real
  expect(await largest(found, logDensity(mixture, x, { alpha: 1, sigma: 0 }))).toBeLessThan(1e-4)
  const exploding = varianceExploding({ least: 1e-4, most: 3000 })
  const far = logLikelihood(exploding)(exactDenoiser(mixture), x)(key(0)) as Real
  expect(await largest(far, logDensity(mixture, x, { alpha: 1, sigma: 0 }))).toBeLessThan(1e-3)
})

it('is of data with the noise of its beginning', async () => {
  const found = logLikelihood(cosine(), { dataEnd: 2 })(exactDenoiser(mixture), x)(key(0)) as Real
  const smooth = logDensity(mixture, x, { alpha: 1, sigma: Math.exp(-1) })
  expect(await largest(found, smooth)).toBeLessThan(1e-4)
})

describe('the order of convergence', () => {
  it.each([
    ['heun', heunMethod, [16, 32, 64]],
    ['rungeKutta4', rungeKutta4, [8, 16, 32]],
    ['dormandPrince', dormandPrince, [6, 12]],
  ] as const)('of %s', async (_, method, counts) => {
    const [dataEnd, noiseEnd] = [4, -4]
    const exact = logDensity(mixture, x, { alpha: 1, sigma: Math.exp(-dataEnd / 2) })
    const errors: number[] = []
    for (const steps of counts) {
      const found = logLikelihood(rectifiedFlow(), {
        ...{ steps, method, dataEnd, noiseEnd },
        prior: exactPrior(mixture),
      })(
        exactDenoiser(mixture),
        x,
      )(key(0)) as Real
      const [error] = await numbers(sum()(square(minus(found, exact)) as never), inDoubles)
      errors.push(Math.sqrt(error))
    }
    const slopes = errors.slice(1).map((error, i) => Math.log2(errors[i] / error))
    expect(Math.abs((slopes.at(-1) ?? 0) - method.order)).toBeLessThan(0.25)
  })
})

it.each([1, 3])('Hutchinson’s trace with %i probes is unbiased within four standard errors', async probes => {
  const count = 600
  const place = [-0.4, 0.35]
  const many = data(Array.from({ length: count }, () => place).flat(), [count, 2]) as unknown as Real
  const options = { steps: 24, dataEnd: 6, prior: exactPrior(mixture) }
  const found = meanOf(
    await numbers(
      logLikelihood(linear(), { ...options, divergence: { probes } })(exactDenoiser(mixture), many)(
        key(probes),
      ),
    ),
  )
  const [exact] = await numbers(
    logLikelihood(linear(), options)(exactDenoiser(mixture), data(place, [1, 2]) as unknown as Real)(key(0)),
  )
  expect(found.standardError).toBeGreaterThan(0.001)
  expect(found.standardError).toBeLessThan(0.05)
  expect(Math.abs(found.mean - exact)).toBeLessThan(4 * found.standardError)
})

it.each([
  [{ steps: 0 }, /steps is 0: a positive whole number/],
  [{ divergence: { probes: 1.5 } }, /probes is 1.5/],
  [{ dataEnd: Infinity }, /from a log-SNR of Infinity to -/],
  [{ dataEnd: -3, noiseEnd: 3 }, /from a log-SNR of -3 to 3: it falls/],
])('refuses %j', (options, reason) => {
  const ask = () => logLikelihood(linear(), options)(exactDenoiser(gaussian), x)
  expect(ask).toThrow(ProcessError)
  expect(ask).toThrow(reason)
})

describe('bits per dimension', () => {
  it('are nats over ln 2 and the number of dimensions, with their standard error', () => {
    const nats = meanOf([1, 2, 3, 6])
    expect(nats).toEqual({ mean: 3, standardError: Math.sqrt(14 / 3 / 4) })
    expect(bitsPerDim(4)({ mean: 8 * Math.LN2, standardError: Math.LN2 })).toEqual({
      mean: 2,
      standardError: 0.25,
    })
  })

  it('of dequantised levels are at least those of the levels, and the same where the density is flat in a bin', async () => {
    // A level of probability q, as a flat density over its bin.
    const images: Tensor<[1000]> = tensor(new Array<number>(1000).fill(51 * (2 / 255) - 1), [1000])
    const spread = await numbers(dequantised(images)(key(3)))
    const bin = (value: number) => Math.round(((value + 1) / 2) * 255)
    expect(new Set(spread.map(bin))).toEqual(new Set([51]))
    expect(meanOf(spread).mean).toBeCloseTo(51 * (2 / 255) - 1, 3)
    expect(natsOfBin).toBeCloseTo(Math.log(2 / 255), 12)
  })
})
