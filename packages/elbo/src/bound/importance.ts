import {
  cast,
  exp,
  foldIn,
  logSoftmax,
  sqrt,
  square,
  stopGradient,
  vjp,
  onesLike,
  type AnyTensor,
  type Draw,
  type Key,
  type Requires,
  type Tensor,
} from '@elbo/tensor'
import {
  gradientOnly,
  logSumExpOver,
  minus,
  over,
  plus,
  sumFrom,
  sumOver,
  times,
  total,
  type Real,
} from '../arithmetic.js'
import type { BatchOfSites, Conditioned } from '../interpret.js'
import type { Program } from '../program.js'
import { ProgramError, type Spelt, type Unless } from '../sentence.js'
import { drawing, scores, trace, type Trace } from '../trace.js'
import { modelAt, unknownSites, valuesOf, type Guides } from './pairing.js'
import { repeated, requireDraws } from './repeat.js'

/**
 * How the gradient of an importance-weighted bound is estimated: by the doubly reparameterised estimator, by differentiating the value, or not
 * at all.
 */
export type ImportanceGradient = 'doublyReparameterized' | 'plain' | 'none'

export interface ImportanceOptions<K extends ImportanceGradient = ImportanceGradient> {
  /** k, the number of draws of the guide. */
  readonly draws: number
  /** `doublyReparameterized` by default. */
  readonly gradient?: K
}

export interface ImportanceBound<B extends readonly number[]> {
  /** ln (1/k) Σ w of the k weights w = P(x, z)/q(z): at most ln P(x) in the mean, and nearer to it the larger k is. */
  readonly bound: Tensor<B>
  /** ln w of each draw, along a new first axis. */
  readonly logWeights: Tensor<[number, ...B]>
  /** (Σ w)²/Σ w², from 1 to k: how many draws count. */
  readonly effectiveSampleSize: Tensor<B>
  /** Of `bound` as an estimate of ln P(x), from the spread of the weights; NaN for one draw. */
  readonly standardError: Tensor<B>
}

/** The sites of a guide through whose draws no gradient passes. A family that is known says `true` where one does. */
type Stiff<G> = {
  readonly [N in keyof G]: G[N] extends { readonly family: infer F; readonly reparameterized: infer R }
    ? [R] extends [true]
      ? never
      : string extends F
        ? never
        : `importanceWeighted: site ${Spelt<N>}: no gradient passes through draws of ${Spelt<F>}; see elbo, or gradient: none`
    : never
}[keyof G]

/** Gradients pass through the guide's draws, or none is asked for, as a rule. */
export type Passes<K extends ImportanceGradient, G> = K extends 'none'
  ? Unless<never>
  : string extends keyof G
    ? Unless<never>
    : Unless<Stiff<G>>

type Reals = Readonly<Record<string, Real>>

const totalOf = (walked: Trace): Real => total(Object.values(scores(walked)))

const requirePassing = ({ sites }: Trace): void => {
  const stiff = sites.find(({ distribution }) => !distribution.reparameterized)
  if (stiff !== undefined)
    throw new ProgramError(
      `importanceWeighted: site ${stiff.name}: no gradient passes through draws of ${stiff.distribution.family}; see elbo, or gradient: none`,
    )
}

/** What one draw gives. */
interface Weighing {
  readonly logWeight: Real
  /** The draws, and the slopes of ln w in them. */
  readonly draws: Reals
  readonly slopes: Reals
  /** ln P(x, z) with the draws held. */
  readonly joint: Real
}

const weigh =
  (model: ReturnType<typeof unknownSites>, guide: Program<unknown, unknown>, gradient: ImportanceGradient) =>
  (key: Key): Weighing => {
    const drawn = trace('importanceWeighted', guide, drawing('importanceWeighted', key))
    if (gradient !== 'none') requirePassing(drawn)
    const values = valuesOf(drawn)
    const jointAt = (latent: Readonly<Record<string, AnyTensor>>): Real =>
      totalOf(modelAt('importanceWeighted', model, latent))
    const guideAt = (latent: Readonly<Record<string, AnyTensor>>): Real =>
      totalOf(trace('importanceWeighted', guide, name => latent[name]))
    if (gradient !== 'doublyReparameterized') {
      const joint = jointAt(values)
      return { logWeight: minus(joint, totalOf(drawn)), draws: {}, slopes: {}, joint }
    }
    const held = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, stopGradient(value)]),
    ) as Reals
    const [logWeight, back] = vjp((latent: Reals) => minus(jointAt(latent), guideAt(latent)), held)
    const slopes = back(onesLike(logWeight))
    return { logWeight, draws: values as Reals, slopes, joint: jointAt(held) }
  }

/**
 * 0 in value, with the doubly reparameterised gradient (Tucker et al. 2018): Σ w̃ ∂ ln P(x, z)/∂θ for what the model depends on, and
 * Σ w̃² (∂ ln w/∂z)(∂z/∂φ) for what draws depend on, w̃ = w/Σw. The guide's density has no gradient of its own here: it is 0 in the mean.
 */
const doublyReparameterized = ({ logWeight, draws, slopes, joint }: Weighing): Real => {
  const share = stopGradient(exp(logSoftmax(0)(logWeight)))
  const ofModel = times(share, joint)
  const ofDraws = Object.entries(draws).map(([name, z]) =>
    times(square(share), sumFrom(share.shape.length, times(stopGradient(slopes[name]), z))),
  )
  return gradientOnly(sumOver(0, total([ofModel, ...ofDraws])))
}

/**
 * The importance-weighted bound of k draws (Burda et al. 2016), ln (1/k) Σᵢ P(x, zᵢ)/q(zᵢ) with zᵢ ~ q, for each of the batch, in nats. With
 * one draw it is the bound itself, and its gradient the one of Roeder et al. 2017. The draws are one loop: k costs time, and no memory but that
 * of gradients.
 * @throws ProgramError unless the guide draws the model's latent sites, and gradients pass through its draws.
 */
export const importanceWeighted =
  <G, const K extends ImportanceGradient = 'doublyReparameterized'>(
    guide: Program<G, unknown>,
    { draws, gradient = 'doublyReparameterized' as K }: ImportanceOptions<K>,
  ) =>
  <S, O>(
    conditioned: Conditioned<S, O> & Requires<Guides<'importanceWeighted', S, O, G>> & Requires<Passes<K, G>>,
  ): Draw<ImportanceBound<BatchOfSites<S>>> =>
  key => {
    requireDraws('importanceWeighted', draws)
    const weighing = weigh(unknownSites(conditioned), guide, gradient)
    const found = repeated(draws, n => weighing(foldIn(cast('u32')(n))(key)))
    const plain = minus(logSumExpOver(0, found.logWeight), Math.log(draws))
    const bound =
      gradient === 'plain'
        ? plain
        : gradient === 'none'
          ? stopGradient(plain)
          : plus(stopGradient(plain), doublyReparameterized(found))
    const logWeights = stopGradient(found.logWeight)
    const logShares = logSoftmax(0)(logWeights)
    const squares = logSumExpOver(0, times(logShares, 2))
    // Σ(k w̃ − 1)²/(k(k − 1)), the variance of the mean weight by the square of that mean.
    const deviations = sumOver(0, square(minus(times(exp(logShares), draws), 1)))
    return {
      bound,
      logWeights,
      effectiveSampleSize: exp(times(squares, -1)),
      standardError: sqrt(over(deviations, draws * (draws - 1))),
    } as never
  }
