import {
  arange,
  cast,
  constant,
  exp,
  foldIn,
  lt,
  mapTree,
  minimum,
  ndarray,
  normal,
  onesLike,
  scan,
  split,
  square,
  stopGradient,
  uniform,
  vjp,
  where,
  zipTrees,
  type AnyTensor,
  type Draw,
  type Key,
  type Requires,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { meanOver, minus, pick, plus, shaped, sumFrom, times, total, type Real } from '../arithmetic.js'
import { modelAt, unknownSites, valuesOf, type Guides } from '../bound/pairing.js'
import type { BatchOfSites, Conditioned, Latent } from '../interpret.js'
import type { Program, Values } from '../program.js'
import { ProgramError } from '../sentence.js'
import { drawing, scores, trace, type Trace } from '../trace.js'

export interface AnnealingOptions {
  /** T, the number of densities from the guide's to the posterior: the more, the tighter the bound. */
  readonly levels: number
  /** Of Hamiltonian dynamics; it should be small against the posterior's standard deviations. 0.2 by default. */
  readonly stepSize?: number
  /** Steps of Hamiltonian dynamics at each level; 5 by default. */
  readonly leapfrogs?: number
}

/** An estimate of ln P(x) from a walk between the guide and the posterior. */
export interface Annealed<B extends Shape> {
  /** In nats. */
  readonly bound: Tensor<B>
  /** The share of moves that were accepted. Below a half, the step size is too large. */
  readonly acceptance: Tensor<B>
}

type Latents = Readonly<Record<string, Real>>

/** ln w = ln P(x, z) − ln q(z), and ln q(z), by z. */
interface Path {
  readonly logRatio: (z: Latents) => Real
  readonly logGuide: (z: Latents) => Real
}

const totalOf = (walked: Trace): Real => total(Object.values(scores(walked)))

/** @throws ProgramError where a latent does not take every real value: there is no way to walk then. */
const requireLine = (guide: Trace): void => {
  for (const { name, distribution } of guide.sites) {
    if (distribution.dtype !== 'f32' || distribution.support.contains !== undefined)
      throw new ProgramError(
        `annealed: site ${name}: the values of ${distribution.family} are ${distribution.support.described}; they have to be any real numbers`,
      )
  }
}

/**
 * β from 0 to 1 along a logistic curve, slow at both ends (Grosse et al. 2015).
 */
const inverseTemperatures = (levels: number): readonly number[] => {
  const at = (t: number): number => 1 / (1 + Math.exp(-4 * ((2 * t) / levels - 1)))
  return Array.from({ length: levels + 1 }, (_, t) => (at(t) - at(0)) / (at(levels) - at(0)))
}

const combine = (f: (a: Real, b: Real) => Real, a: Latents, b: Latents): Latents =>
  zipTrees((x, y) => f(x as Real, y as Real), a, b)

const moved = (z: Latents, by: Latents, step: number): Latents =>
  combine((x, y) => plus(x, times(y, step)), z, by)

/** ½ Σ p², for each of the batch. */
const kinetic = (momentum: Latents, rank: number): Real =>
  total(Object.values(momentum).map(p => times(sumFrom(rank, square(p)), 0.5)))

/** One move of Hamiltonian Monte Carlo (Neal 2011), which leaves the density unchanged: for each of the batch on its own. */
const transition =
  (logDensity: (z: Latents) => Real, { stepSize, leapfrogs }: Required<AnnealingOptions>) =>
  (z: Latents, key: Key): readonly [Latents, accepted: Real] => {
    const [forMomentum, forChoice] = split(key, 2)
    const slopeAt = (at: Latents): readonly [Real, Latents] => {
      const [value, back] = vjp(logDensity, at)
      return [value, back(onesLike(value))]
    }
    const names = Object.keys(z)
    const momentum = Object.fromEntries(
      names.map((name, i) => [name, normal(z[name].shape)(foldIn(i)(forMomentum))]),
    ) as Latents
    const [before, slope] = slopeAt(z)
    const rank = before.shape.length
    interface Phase {
      readonly z: Latents
      readonly momentum: Latents
    }
    const [end] = scan<Phase, Tensor<[], 'i32'>, object>(phase => {
      const next = moved(phase.z, phase.momentum, stepSize)
      return [{ z: next, momentum: moved(phase.momentum, slopeAt(next)[1], stepSize) }, {}]
    })({ z, momentum: moved(momentum, slope, stepSize / 2) }, arange(leapfrogs, 'i32'))
    const [after, lastSlope] = slopeAt(end.z)
    const lastMomentum = moved(end.momentum, lastSlope, -stepSize / 2)
    const gain = plus(minus(after, before), minus(kinetic(momentum, rank), kinetic(lastMomentum, rank)))
    // A walk that diverged has no energy to compare: NaN is below nothing, so that it is refused.
    const isAccepted = lt(exp(minimum(0)(gain)))(uniform(gain.shape)(forChoice))
    const chosen = combine(
      (to, from) => {
        const own = shaped([...gain.shape, ...to.shape.slice(rank).map(() => 1)], isAccepted)
        return where(to, from)(own)
      },
      end.z,
      z,
    )
    return [chosen, cast('f32')(isAccepted)]
  }

/** Σ (βₜ − βₜ₋₁) ln w(z) along a walk: z is moved after it is weighed on the way up, and before on the way down. */
const walk = (
  { logRatio, logGuide }: Path,
  start: Latents,
  direction: 'up' | 'down',
  options: Required<AnnealingOptions>,
): Draw<Annealed<Shape>> => {
  const { levels } = options
  const betas = inverseTemperatures(levels)
  const [at, rise] = [betas.slice(1), betas.slice(1).map((beta, t) => beta - betas[t])].map(
    values => constant(ndarray(values, [levels])) as Real,
  )
  return key => {
    const step = (z: Latents, t: Tensor<[], 'i32'>) => {
      const beta = pick(t, at)
      const logDensity = (here: Latents): Real => plus(logGuide(here), times(logRatio(here), beta))
      const [next, accepted] = transition(logDensity, options)(z, foldIn(cast('u32')(t))(key))
      const weight = times(logRatio(direction === 'up' ? z : next), pick(t, rise))
      return [next, { weight, accepted }] as const
    }
    const [, all] = scan(step, { reverse: direction === 'down' })(start, arange(levels, 'i32'))
    const { weight, accepted } = all as unknown as { readonly weight: Real; readonly accepted: Real }
    return {
      bound: stopGradient(times(meanOver(0, weight), levels)),
      acceptance: stopGradient(meanOver(0, accepted)),
    }
  }
}

const checked = ({ levels, stepSize = 0.2, leapfrogs = 5 }: AnnealingOptions): Required<AnnealingOptions> => {
  for (const [name, value] of Object.entries({ levels, leapfrogs }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`annealed: ${name} is ${value}: it is a positive integer`)
  if (!(stepSize > 0)) throw new RangeError(`annealed: stepSize is ${stepSize}: it is positive`)
  return { levels, stepSize, leapfrogs }
}

const pathOf = (guide: Program<unknown, unknown>, conditioned: ReturnType<typeof unknownSites>): Path => {
  const logGuide = (z: Latents): Real => totalOf(trace('annealed', guide, name => z[name]))
  return {
    logGuide,
    logRatio: z => minus(totalOf(modelAt('annealed', conditioned, z)), logGuide(z)),
  }
}

/**
 * Annealed importance sampling (Neal 2001): ln w of a walk from a draw of the guide to the posterior, through q(z)^(1−β) P(x, z)^β for β from 0 to
 * 1. E[w] = P(x), so that the mean of ln w is at most ln P(x).
 * @throws ProgramError unless the guide draws the model's latent sites, and they take every real value
 */
export const annealed =
  <G>(guide: Program<G, unknown>, options: AnnealingOptions) =>
  <S, O>(
    conditioned: Conditioned<S, O> & Requires<Guides<'annealed', S, O, G>>,
  ): Draw<Annealed<BatchOfSites<S>>> =>
  key => {
    const about = checked(options)
    const [forStart, forWalk] = split(key, 2)
    const program = guide as Program<unknown, unknown>
    const drawn = trace('annealed', program, drawing('annealed', forStart))
    requireLine(drawn)
    const start = mapTree<AnyTensor, AnyTensor>(stopGradient)(valuesOf(drawn)) as Latents
    return walk(pathOf(program, unknownSites(conditioned)), start, 'up', about)(forWalk) as never
  }

/**
 * The same walk from the posterior down to the guide (Grosse et al. 2015): E[1/w] = 1/P(x), so that the mean is at least ln P(x). It needs an exact
 * draw of the posterior: for data that the model itself drew, the latents that they were drawn from.
 * @throws as `annealed`
 */
export const reverseAnnealed =
  <G>(guide: Program<G, unknown>, options: AnnealingOptions) =>
  <S, O>(
    conditioned: Conditioned<S, O> & Requires<Guides<'annealed', S, O, G>>,
    latent: Pick<Values<S>, Latent<S, O>>,
  ): Draw<Annealed<BatchOfSites<S>>> =>
  key => {
    const about = checked(options)
    const program = guide as Program<unknown, unknown>
    requireLine(trace('annealed', program, name => (latent as Latents)[name]))
    const start = mapTree<AnyTensor, AnyTensor>(stopGradient)(latent) as unknown as Latents
    return walk(pathOf(program, unknownSites(conditioned)), start, 'down', about)(key) as never
  }
