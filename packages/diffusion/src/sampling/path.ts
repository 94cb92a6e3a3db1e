import type { Level } from '../process/level.js'
import { SamplingError } from './sampling-error.js'

/** Where a sampler goes: levels of noise in double precision, on the host, from the noisiest to the data. */
export type Path = readonly Level[]

/** σ/α: the noise of z/α, which a variance-exploding process would have at the same signal-to-noise ratio. */
export const noiseRatio = ({ logSnr }: Level): number => Math.exp(-logSnr / 2)

/** ln α/σ, the time in which DPM-Solver counts (Lu et al. 2022). */
export const halfLogSnr = ({ logSnr }: Level): number => logSnr / 2

/**
 * The path itself, where it falls: in noise and in time, through at least two levels.
 * @throws SamplingError elsewhere
 */
export const fallingPath = (what: string, path: Path): Path => {
  if (path.length < 2)
    throw new SamplingError(`${what}: a path has at least two levels, this one has ${path.length}`)
  for (let i = 1; i < path.length; i++) {
    const [from, to] = [path[i - 1], path[i]]
    if (!(from.logSnr < to.logSnr && from.time > to.time))
      throw new SamplingError(
        `${what}: a path falls: level ${i} (time ${to.time}, ln SNR ${to.logSnr}) follows time ${from.time}, ln SNR ${from.logSnr}`,
      )
  }
  return path
}

/**
 * The path itself, where it falls to the data.
 * @throws SamplingError elsewhere
 */
export const wholePath = (what: string, path: Path): Path => {
  const { sigma, time } = fallingPath(what, path)[path.length - 1]
  if (sigma !== 0)
    throw new SamplingError(`${what}: a path ends without noise, this one at σ = ${sigma} (time ${time})`)
  return path
}

/**
 * The path itself, where it keeps some of the data everywhere: for samplers that count in σ/α.
 * @throws SamplingError where α is 0
 */
export const withSignal = (what: string, path: Path): Path => {
  if (fallingPath(what, path)[0].alpha === 0)
    throw new SamplingError(
      `${what}: counts in σ/α, and this path starts at α = 0; ddim or dpmSolver2m can start there`,
    )
  return path
}

/**
 * The path itself, where α + σ = 1 all along: for samplers of rectified flows.
 * @throws SamplingError elsewhere
 */
export const rectifiedPath = (what: string, path: Path): Path => {
  const bent = fallingPath(what, path).find(({ alpha, sigma }) => Math.abs(alpha + sigma - 1) > 1e-9)
  if (bent !== undefined)
    throw new SamplingError(
      `${what}: is for rectified flows, where α + σ = 1; this path has ${bent.alpha} + ${bent.sigma} at time ${bent.time}`,
    )
  return path
}

/** One stretch of a path. */
export interface Stretch {
  readonly from: Level
  readonly to: Level
  /** The levels before `from`, the latest first. */
  readonly before: readonly Level[]
}

/** The stretches of a path, in the order in which they are walked. */
export const stretches = (path: Path): readonly Stretch[] =>
  path.slice(1).map((to, i) => ({ from: path[i], to, before: path.slice(0, i).reverse() }))
