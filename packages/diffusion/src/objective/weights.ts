import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import type { Family, Level } from '../process/level.js'
import type { Prediction } from '../process/prediction.js'
import { divergenceWeight } from './closed.js'

/**
 * What a loss is the square error of, whatever the network says:
 *
 *   a prediction    its error: 'epsilon' is the simple loss (Ho et al. 2020, eq. 14); 'v' and 'velocity' those of Salimans and Ho 2022 and of flow matching
 *   min-snr         min(SNR, γ)·‖x − x̂‖², γ = 5 by default (Hang et al. 2023, section 3.4): less of the levels with hardly any noise
 *   bound           the term of the bound, in nats: ½ (SNR(t − 1) − SNR(t))·‖x − x̂‖², at t = 1 ‖x − x̂‖²/2σ₁², the reconstruction by a normal
 *                   distribution of variance σ₁². T times its mean over all t, and what no network changes, are the bound
 */
export type Weighting =
  | { readonly error: Prediction }
  | { readonly error: 'min-snr'; readonly gamma?: number }
  | { readonly error: 'bound' }

/** How much a prediction's error is, for an error of x of σ. */
const lever: Readonly<Record<Prediction, (level: Level, family: Family) => number>> = {
  epsilon: ({ alpha }) => alpha,
  x: ({ sigma }) => sigma,
  v: ({ alpha, sigma }) => alpha ** 2 + sigma ** 2,
  score: ({ alpha, sigma }) => alpha / sigma,
  velocity: ({ alpha }, family) => (family === 'sub-variance-preserving' ? 1 + alpha ** 2 : 1),
}

/** ‖error of `one`‖² over ‖error of `other`‖². */
const squareRatio = (family: Family, level: Level, one: Prediction, other: Prediction): number =>
  one === other ? 1 : (lever[one](level, family) / lever[other](level, family)) ** 2

/**
 * By what the square error of a network's prediction is multiplied, at the levels t = 1 … T: `lossWeights(process, weighting, prediction)[t − 1]`. Where
 * α = 0, a network that says ε has no finite weight in any loss of another error than its own: it knows nothing of x there.
 */
export const lossWeights = (
  process: DiscreteProcess,
  weighting: Weighting,
  prediction: Prediction,
): readonly number[] => {
  const { family, levels } = process
  return Array.from({ length: lengthOf(process) }, (_, i) => {
    const [before, level] = [levels[i], levels[i + 1]]
    const ofX = squareRatio(family, level, 'x', prediction)
    if (weighting.error === 'bound')
      return ofX * (i === 0 ? 0.5 / level.sigma ** 2 : divergenceWeight(before, level))
    if (weighting.error !== 'min-snr') return squareRatio(family, level, weighting.error, prediction)
    const { gamma = 5 } = weighting
    return Math.exp(level.logSnr) > gamma ? gamma * ofX : squareRatio(family, level, 'epsilon', prediction)
  })
}
