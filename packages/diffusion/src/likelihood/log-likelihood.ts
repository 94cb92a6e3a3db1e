import { full, scan, square, type Draw, type Shape, type Stacked, type Tensor } from '@elbo/tensor'
import { plus, sumLast, times, type Real } from '../arithmetic.js'
import { sizeOfExample } from '../sampling/examples.js'
import type { Row } from '../sampling/sampler.js'
import { tableOf } from '../sampling/table.js'
import type { Denoiser, LevelTensors } from '../process/denoiser.js'
import { levelAt, type Level, type Process } from '../process/level.js'
import { ProcessError } from '../process/process-error.js'
import { directionsOf, withDivergence, type Divergence } from './divergence.js'
import { flowOnCircle } from './flow.js'
import { rungeKutta4, type RungeKutta } from './runge-kutta.js'
import { timeAt } from './time.js'

export interface LikelihoodOptions<S extends Shape> {
  /** of equal length in ln SNR; 100 by default. */
  readonly steps?: number
  /** `rungeKutta4` by default. */
  readonly method?: RungeKutta
  /** 'exact' by default. */
  readonly divergence?: Divergence
  /** ln SNR where the path begins, with little noise: at time 0, and at most 18, by default. The density is that of data with so much noise. */
  readonly dataEnd?: number
  /** ln SNR where it ends: at time 1, and at least −24, by default. */
  readonly noiseEnd?: number
  /** ln density of z at that end, [n]: by default standard normal, or, where noise explodes, of deviation σ. */
  readonly prior?: (z: Tensor<S>, level: Level) => Tensor<readonly [number]>
}

const standardPrior =
  ({ family }: Process) =>
  (z: Real, { sigma }: Level): Real => {
    const scale = family === 'variance-exploding' ? sigma : 1
    const constants = -0.5 * sizeOfExample(z.shape) * Math.log(2 * Math.PI * scale * scale)
    return plus(times(sumLast(square(z), z.shape.length - 1), -0.5 / (scale * scale)), constants)
  }

/** A step's length in ln SNR, and the level at each of its stages. */
const rowsOf = (process: Process, method: RungeKutta, from: number, to: number, steps: number): Row[] => {
  const length = (to - from) / steps
  const time = timeAt(process)
  return Array.from({ length: steps }, (_, i) => ({
    length,
    ...Object.fromEntries(
      method.nodes.map((node, stage) => {
        const logSnr = from + (i + node) * length
        return [`stage${stage}`, levelAt(process.family)(logSnr, time(logSnr))]
      }),
    ),
  }))
}

interface Place {
  readonly y: Real
  /** ∫ of the trace so far, [n]. */
  readonly trace: Real
}

type Slice = { readonly length: Tensor<readonly []> } & { readonly [stage: `stage${number}`]: LevelTensors }

/**
 * ln p(x) in nats, for each example of a batch [n, …], of the model that a denoiser is: the density of what its probability-flow equation makes of
 * the prior, by the change of variables (Song et al. 2021, eq. 39), for any family. It begins at α x, without noise added, so that it is exactly the
 * density of data with the noise of `dataEnd`: a model's mean of it over data is at most minus their entropy. The key draws the
 * probes of the trace where there are such. One loop over the steps; each asks the denoiser, and its slopes, once for each stage of the method.
 * @throws ProcessError unless there is a positive whole number of steps and of probes, and the ends fall and are finite
 */
export const logLikelihood =
  <S extends Shape = Shape>(process: Process, options: LikelihoodOptions<S> = {}) =>
  <Z extends S>(denoise: Denoiser<Z>, x: Tensor<Z>): Draw<Tensor<readonly [number]>> => {
    const {
      steps = 100,
      method = rungeKutta4,
      divergence = 'exact',
      dataEnd = Math.min(process.logSnr(0), 18),
      noiseEnd = Math.max(process.logSnr(1), -24),
      prior = standardPrior(process),
    } = options
    for (const [what, value] of Object.entries({
      steps,
      probes: divergence === 'exact' ? 1 : divergence.probes,
    }))
      if (!Number.isSafeInteger(value) || value < 1)
        throw new ProcessError(`logLikelihood: ${what} is ${value}: a positive whole number`)
    if (!(Number.isFinite(dataEnd) && Number.isFinite(noiseEnd) && noiseEnd < dataEnd))
      throw new ProcessError(
        `logLikelihood: from a log-SNR of ${dataEnd} to ${noiseEnd}: it falls, and is finite`,
      )
    const rows = rowsOf(process, method, dataEnd, noiseEnd, steps)
    const [first, last] = [dataEnd, noiseEnd].map(logSnr => levelAt(process.family)(logSnr, 0))
    const size = sizeOfExample(x.shape)
    const flow = flowOnCircle(denoise)
    return key => {
      const directions = directionsOf(divergence, x.shape, key)
      const step = ({ y, trace }: Place, slice: Slice): Place => {
        const slopes: (readonly [Real, Real])[] = []
        method.stages.forEach((shares, stage) => {
          const at = advanced(y, slice.length, shares, slopes, 0)
          slopes.push(withDivergence(z => flow(z, slice[`stage${stage}`]), at, directions, divergence))
        })
        return {
          y: advanced(y, slice.length, method.weights, slopes, 0),
          trace: advanced(trace, slice.length, method.weights, slopes, 1),
        }
      }
      const start: Place = {
        y: times(x, first.alpha / Math.hypot(first.alpha, first.sigma)),
        trace: full([x.shape[0]], 0),
      }
      const [{ y, trace }] = scan<Place, Slice, object>((place, slice) => [step(place, slice), {}])(
        start,
        tableOf(rows) as unknown as Stacked<Slice>,
      )
      const lastRadius = Math.hypot(last.alpha, last.sigma)
      const ofPrior = prior(times(y, lastRadius) as never, last)
      // From z to y at the end, and from y to x at the beginning.
      const scales = size * (Math.log(lastRadius) - 0.5 * Math.log1p(Math.exp(-dataEnd)))
      return plus(ofPrior, trace, scales) as unknown as Tensor<readonly [number]>
    }
  }

/** from + length Σ shares slopes; shares of 0 are left out. */
const advanced = (
  from: Real,
  length: Tensor<readonly []>,
  shares: readonly number[],
  slopes: readonly (readonly [Real, Real])[],
  which: 0 | 1,
): Real => {
  const terms = shares.flatMap((share, i) => (share === 0 ? [] : [times(slopes[i][which], share)]))
  return terms.length === 0
    ? from
    : plus(
        from,
        times(
          terms.reduce((sum, term) => plus(sum, term)),
          length,
        ),
      )
}
