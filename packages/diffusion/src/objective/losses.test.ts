import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { chainBound } from '@elbo/elbo'
import { Normal, toEvent } from '@elbo/distributions'
import { grad, key, mean, mul, normal, sum, tanh, tensor, type Tensor } from '@elbo/tensor'
import { minus, plus, times, type Real } from '../arithmetic.js'
import { data, numbers } from '../evaluate.testing.js'
import {
  boundTerms,
  closedBound,
  discretise,
  divergenceWeight,
  emptyHistory,
  encoder,
  fromEstimate,
  hybridLoss,
  imageLikelihood,
  levelsOfImage,
  levelTensors,
  linear,
  linearBetas,
  lossWeights,
  pointLikelihood,
  predictions,
  proposalOf,
  proposedSteps,
  remember,
  reverse,
  rectifiedFlow,
  spreadSteps,
  tensorsOf,
  uniformSteps,
  type Prediction,
  type Proposal,
  type Reverse,
  type Steps,
  type Weighting,
} from '../index.js'
import { schedules } from '../processes.testing.js'

const weightings: readonly Weighting[] = [
  ...predictions.map(error => ({ error })),
  { error: 'min-snr' },
  { error: 'min-snr', gamma: 1 },
  { error: 'bound' },
]

describe.each(schedules)('weights of losses: %s', (_, processOf) => {
  const process = processOf(12)
  it.each(weightings)('are one loss, whatever the network says: %j', async weighting => {
    // Of x̂ and the ε̂ that goes with it at one z, the weighted square errors of all predictions are the same.
    for (const t of [1, 5, 12]) {
      const level = process.levels[t]
      const said = predictions.filter(p => level.alpha > 0 || !['epsilon', 'score'].includes(p))
      const [dx, tensors] = [0.3, tensorsOf(level)]
      const error = { x: data([dx], [1]), epsilon: data([(-level.alpha * dx) / level.sigma], [1]) }
      const losses = await Promise.all(
        said.map(async prediction => {
          const [e] = await numbers(fromEstimate(process.family, prediction)(error, tensors))
          return e * e * lossWeights(process, weighting, prediction)[t - 1]
        }),
      )
      for (const loss of losses) expect(Math.abs(loss - losses[0])).toBeLessThanOrEqual(1e-5 * losses[0])
    }
  })
})

describe('weights of losses', () => {
  it('are those of their papers', () => {
    const process = linearBetas(100)
    const of = (weighting: Weighting, prediction: Prediction) => lossWeights(process, weighting, prediction)
    const snr = process.levels.slice(1).map(({ alpha, sigma }) => (alpha / sigma) ** 2)
    expect(of({ error: 'epsilon' }, 'epsilon')).toEqual(snr.map(() => 1))
    of({ error: 'min-snr' }, 'epsilon').forEach((w, i) => {
      expect(w).toBeCloseTo(Math.min(snr[i], 5) / snr[i], 10)
    })
    of({ error: 'min-snr' }, 'v').forEach((w, i) => {
      expect(w).toBeCloseTo(Math.min(snr[i], 5) / (snr[i] + 1), 10)
    })
    of({ error: 'v' }, 'x').forEach((w, i) => {
      expect(w / (snr[i] + 1)).toBeCloseTo(1, 10)
    })
    const flow = discretise(10)(rectifiedFlow())
    lossWeights(flow, { error: 'velocity' }, 'epsilon').forEach((w, i) => {
      // ε − x at an error of ε: 1 + σ/α = 1/α.
      if (i < 9) expect(w).toBeCloseTo(1 / flow.levels[i + 1].alpha ** 2, 8)
    })
    // β²/(2σ²α(1 − ᾱ)), the factor of Ho et al.'s eq. 12, with σ² = β̃.
    of({ error: 'bound' }, 'epsilon').forEach((w, i) => {
      if (i === 0) return
      const [{ sigma: before }, { alpha, sigma }] = [process.levels[i], process.levels[i + 1]]
      const beta = 1 - (alpha / process.levels[i].alpha) ** 2
      const variance = (beta * before ** 2) / sigma ** 2
      expect(w / (beta ** 2 / (2 * variance * (1 - beta) * sigma ** 2))).toBeCloseTo(1, 8)
    })
    expect(of({ error: 'bound' }, 'x')[4]).toBe(divergenceWeight(process.levels[4], process.levels[5]))
  })
})

const count = 4000
const drawn = async (proposal: Proposal, seed = 1) => {
  const { steps, weights } = proposal(count)(key(seed))
  return { steps: await numbers(steps), weights: await numbers(weights) }
}
const shares = [5, 1, 3, 0.5]

describe.each<readonly [string, Proposal]>([
  ['uniform', uniformSteps(4)],
  ['spread', spreadSteps(4)],
  ['proposed', proposedSteps(shares)],
])('levels of a batch: %s', (_, proposal) => {
  it('weigh all levels alike', async () => {
    const { steps, weights } = await drawn(proposal)
    expect(new Set(steps)).toEqual(new Set([1, 2, 3, 4]))
    for (const t of [1, 2, 3, 4]) {
      const mass = steps.reduce((all, s, i) => all + (s === t ? weights[i] : 0), 0) / count
      expect(Math.abs(mass - 0.25)).toBeLessThan(0.05)
    }
  })
  it('are the same for the same key', async () => {
    expect(await drawn(proposal, 3)).toEqual(await drawn(proposal, 3))
    expect(await drawn(proposal, 3)).not.toEqual(await drawn(proposal, 4))
  })
})

describe('levels of a batch', () => {
  it('that are spread come as often as each other, in every batch', async () => {
    for (const seed of [1, 2, 3]) {
      const { steps } = spreadSteps(10)(20)(key(seed))
      const counts = new Map<number, number>()
      for (const t of await numbers(steps)) counts.set(t, (counts.get(t) ?? 0) + 1)
      expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      for (const times of counts.values()) expect(Math.abs(times - 2)).toBeLessThanOrEqual(1)
    }
  })

  it('come in proportion to what is proposed', async () => {
    const { steps } = await drawn(proposedSteps(shares))
    shares.forEach((share, i) => {
      const found = steps.filter(t => t === i + 1).length / count
      const p = share / 9.5
      expect(Math.abs(found - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count))
    })
  })

  it('come by the roots of mean squared losses, once each level has its losses', async () => {
    let history = emptyHistory(2, 2)
    history = remember([1, 1, 1], [9, 3, 4])(history)
    expect(history.squares).toEqual([[9, 16], []])
    expect((await drawn(proposalOf(history))).weights.every(w => w === 1)).toBe(true)
    history = remember([2, 2], [1, 1])(history)
    // √12.5 to 1.
    const { steps } = await drawn(proposalOf(history))
    const p = Math.sqrt(12.5) / (Math.sqrt(12.5) + 1)
    expect(Math.abs(steps.filter(t => t === 1).length / count - p)).toBeLessThan(0.03)
    expect(() => proposedSteps([1, 0])).toThrow('proposedSteps: a positive number for each level')
  })
})

const x = data([0.1, 1.4, 0.7, 0.7, -0.9, 2.2], [3, 2])
type Points = [3, 2]
const process = discretise(3)(linear())
const learned = (scale: Real | number, share: Real | number) =>
  ({
    process,
    denoiser: (z: Tensor<Points>, level: { readonly alpha: Real; readonly sigma: Real }) => {
      const guess = times(tanh(z as Real), scale)
      const zeros = times(z, 0)
      const epsilon = minus(z, times(guess, level.alpha))
      return {
        x: guess as Tensor<Points>,
        epsilon: times(epsilon, 1) as Tensor<Points>,
        share: plus(zeros, share) as Tensor<Points>,
      }
    },
    variances: 'learned',
  }) satisfies Reverse<Points>
const likelihood = pointLikelihood(process, 1)

describe('terms at a level of each example', () => {
  it('are the divergences of two normal distributions, and at the first −ln P(x | z₁)', async () => {
    const model = learned(0.8, 0.3)
    const levelAt = levelTensors(process)
    const steps = tensor([1, 2, 3], [3], 'i32')
    const level = levelAt(tensor([1, 2, 3], [3, 1], 'i32'))
    const estimate = model.denoiser(x, level)
    const found = await numbers(boundTerms(model, likelihood)(steps, x, estimate))
    const point = pipe(Normal({ loc: estimate.x, scale: process.levels[1].sigma }), toEvent(1))
    expect(found[0]).toBeCloseTo(-(await numbers(point.logProb(x)))[0], 5)
    for (const t of [2, 3]) {
      // By the formula of two normal distributions, at the posterior of the process.
      const [before, now] = [process.levels[t - 1], process.levels[t]]
      const lost = 1 - Math.exp(now.logSnr - before.logSnr)
      const least = before.sigma ** 2 * lost
      const most = now.sigma ** 2 * lost
      const variance = most ** 0.3 * least ** 0.7
      const xs = await numbers(x)
      const guesses = await numbers(estimate.x)
      const expected = [0, 1].reduce((all, i) => {
        const at = 2 * (t - 1) + i
        const apart = before.alpha * lost * (xs[at] - guesses[at])
        return all + 0.5 * (least / variance - 1 - Math.log(least / variance) + apart ** 2 / variance)
      }, 0)
      expect(found[t - 1]).toBeCloseTo(expected, 4)
    }
  })

  it('the hybrid loss is both, and trains the variances by the bound alone', async () => {
    const steps = tensor([1, 2, 3], [3], 'i32') as Steps
    const level = levelTensors(process)(tensor([1, 2, 3], [3, 1], 'i32'))
    const epsilon: Tensor<Points> = normal([3, 2])(key(2))
    const total = (by: Real): Real => (sum() as (v: Real) => Real)(by)
    const loss = (scale: Real | number, share: Real | number, lambda: number): Tensor<[]> => {
      const model = learned(scale, share)
      const estimate = model.denoiser(x, level)
      return total(hybridLoss(model, likelihood, lambda)(steps, x, epsilon, estimate)) as Tensor<[]>
    }
    const slope = async (of: (by: Tensor<[]>) => Tensor<[]>, at: number) =>
      (await numbers(grad(of)(mul(at)(tensor(1, 'f32') as Tensor<[]>))))[0]
    const simpleOnly = await slope(by => loss(by, 0.4, 0), 0.8)
    expect(simpleOnly).not.toBe(0)
    expect(await slope(by => loss(by, 0.4, 0.5), 0.8)).toBeCloseTo(simpleOnly, 5)
    expect(await slope(by => loss(0.8, by, 0), 0.4)).toBe(0)
    const bound = (by: Tensor<[]>): Tensor<[]> => {
      const moved = learned(0.8, by)
      return total(boundTerms(moved, likelihood)(steps, x, moved.denoiser(x, level))) as Tensor<[]>
    }
    // Three levels, two elements each.
    expect(await slope(by => loss(0.8, by, 0.5), 0.4)).toBeCloseTo((await slope(bound, 0.4)) * 0.5 * 1.5, 4)
  })
})

describe('images', () => {
  it('have a mass at each of 256 levels, which sums to 1, and one bound by both routes', async () => {
    const fine = discretise(4)(linear())
    const images = data(
      [-1, 0.2, 1, -0.6].map(v => Math.round((v + 1) * 127.5) / 127.5 - 1),
      [2, 2],
    )
    const model: Reverse<[2, 2]> = {
      process: fine,
      denoiser: (z, level) => {
        const guess = tanh(z)
        return { x: guess, epsilon: minus(z, times(guess, level.alpha)) as Tensor<[2, 2]> }
      },
    }
    const of = imageLikelihood(fine, 1)
    const all = Array.from({ length: 256 }, (_, i) => i)
    const one = imageLikelihood(fine, 0)({ x: data([0.97], [1]), epsilon: data([0], [1]) })
    const logs = await Promise.all([numbers(one.logProb(data(all, [256]) as never))])
    expect(logs[0].reduce((a, b) => a + Math.exp(b), 0)).toBeCloseTo(1, 5)
    expect(await numbers(levelsOfImage(images))).toEqual([0, 153, 255, 51])
    const closed = closedBound(model, 1, of)(images, levelsOfImage(images))(key(1))
    const chain = reverse(model, 1, of)([2, 2])
    const generic = chainBound(encoder(fine, 1)(images), { from: 'marginals' })(chain, levelsOfImage(images))(
      key(1),
    )
    const [a, b] = [await numbers(closed.elbo), await numbers(generic.elbo)]
    a.forEach((value, i) => {
      expect(Math.abs(value / b[i] - 1)).toBeLessThan(1e-5)
    })
    expect((await numbers(mean()(closed.reconstruction)))[0]).toBeLessThan(0)
  })
})
