import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { chainBound, condition, elbo, unrolled, unrolledChain, type ChainBound } from '@elbo/elbo'
import { Normal, toEvent } from '@elbo/distributions'
import { abs, concat, key, max, reshape, sigmoid, tanh, zeros, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { data, inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import {
  closedBound,
  cosineBetas,
  discretise,
  encoder,
  fromBetas,
  karras,
  linear,
  rectifiedFlow,
  reverse,
  scaledLinear,
  sigmoid as sigmoidSchedule,
  subVariancePreserving,
  toEstimate,
  varianceExploding,
  type DiscreteProcess,
  type Estimate,
  type LevelTensors,
  type Reverse,
} from '../index.js'

const rows = [
  [0.1, 1.4],
  [0.7, 0.7],
  [-0.9, 2.2],
]
const x = data(rows.flat(), [3, 2])
type Points = [3, 2]

/**
 * Some network, good at nothing: it depends on z and on the level. Its errors are as large as the data. Of one with far smaller errors the chain, which
 * takes the difference of two means that are singles near z, would keep fewer digits than are compared here; the sum of closed forms would not.
 */
const said = (z: Real, { time, alpha, sigma }: LevelTensors): Real => {
  const deviation = plus(times(sigma, 1), alpha)
  return plus(times(tanh(over(z, deviation)), plus(times(time, -0.3), 0.4)), 0.1)
}
const denoiserOf = (process: DiscreteProcess) => (z: Tensor<Points>, level: LevelTensors) =>
  toEstimate(process.family, 'x')(z, level, said(z, level) as unknown as Tensor<Points>)

const likelihood = ({ x: loc }: Estimate<Points>) => pipe(Normal({ loc, scale: 0.3 }), toEvent(1))

const processes: readonly (readonly [string, (length: number) => DiscreteProcess])[] = [
  ['linear', length => discretise(length)(linear())],
  ['scaled-linear', length => discretise(length)(scaledLinear())],
  ['cosine', length => cosineBetas(length)],
  ['sigmoid, which ends without signal', length => discretise(length)(sigmoidSchedule())],
  ['sub-variance-preserving', length => discretise(length)(subVariancePreserving())],
  ['variance-exploding', length => discretise(length)(varianceExploding({ least: 0.01, most: 20 }))],
  ['karras', length => discretise(length)(karras({ least: 0.01 }))],
  ['rectified flow', length => discretise(length)(rectifiedFlow())],
]

const parts = ({ elbo: bound, reconstruction, kl, top }: Omit<ChainBound<number[]>, 'steps'>): Real =>
  (concat(0) as (all: readonly Real[]) => Real)([bound, reconstruction, kl, top])

/** The largest difference, relative to the other value where that is above 1: computed where they are, since results are read as singles. */
const apart = (a: Real, b: Real): Real => {
  const flat: Real = reshape([-1])(over(minus(a, b), plus(abs(b), 1e-3)))
  return max()(abs(flat) as never)
}

type AnyBound = ChainBound<number[]>

const both = (model: Reverse<Points>) => {
  const chain = reverse(model, 1, likelihood)(x.shape)
  const generic = chainBound(encoder(model.process, 1)(x), { from: 'marginals', divergences: 'closed' })
  return {
    generic: generic(chain, x)(key(4)) as AnyBound,
    closed: closedBound(model, 1, likelihood)(x)(key(4)),
  }
}

describe.each(processes)('%s', (_, processOf) => {
  it.each([1, 2, 3, 10, 100, 1000])(
    'the chain’s bound is the sum of closed forms: %i levels',
    async length => {
      const process = processOf(length)
      const { generic, closed } = both({ process, denoiser: denoiserOf(process) })
      const difference = apart(parts(generic), parts(closed))
      expect((await numbers(difference, onCpu))[0]).toBeLessThan(1e-5)
      expect((await numbers(difference, inDoubles))[0]).toBeLessThan(1e-9)
    },
  )
})

describe('the variance of a step down', () => {
  const models = (process: DiscreteProcess): readonly (readonly [string, Reverse<Points>])[] => {
    const denoiser = denoiserOf(process)
    return [
      ['transition', { process, denoiser, variances: 'transition' }],
      [
        'learned',
        {
          process,
          denoiser: (z, level) => ({ ...denoiser(z, level), share: sigmoid(z) }),
          variances: 'learned',
        },
      ],
    ]
  }
  it.each(processes)('enters both bounds alike: %s', async (_, processOf) => {
    for (const length of [2, 10, 100])
      for (const [, model] of models(processOf(length))) {
        const { generic, closed } = both(model)
        const difference = apart(parts(generic), parts(closed))
        expect((await numbers(difference, onCpu))[0]).toBeLessThan(1e-5)
        expect((await numbers(difference, inDoubles))[0]).toBeLessThan(1e-9)
      }
  })

  it('lies between the posterior’s, share 0, and the transition’s, share 1', async () => {
    const process = discretise(10)(linear())
    const denoiser = denoiserOf(process)
    const ofShare = (share: number): Reverse<Points> => ({
      process,
      denoiser: (z, level) => ({
        ...denoiser(z, level),
        share: plus(zeros([3, 2]), share) as Tensor<Points>,
      }),
      variances: 'learned',
    })
    for (const [share, variances] of [
      [0, 'posterior'],
      [1, 'transition'],
    ] as const)
      for (const which of ['generic', 'closed'] as const) {
        const difference = apart(
          parts(both(ofShare(share))[which]),
          parts(both({ process, denoiser, variances })[which]),
        )
        expect((await numbers(difference, inDoubles))[0]).toBeLessThan(1e-9)
      }
  })
})

describe('one level', () => {
  it('is a variational autoencoder: the bound of a program of two sites, and its formula', async () => {
    // z₁ = √(1 − β₁) x + √β₁ ε₁, and KL[Norm[√(1 − β₁) x, β₁] ‖ Norm[0, 1]] = ½ Σ (β₁ + (1 − β₁) x² − 1 − ln β₁).
    const beta = 0.3
    const model: Reverse<Points> = { process: fromBetas([beta]), denoiser: denoiserOf(fromBetas([beta])) }
    const { generic, closed } = both(model)
    const program = unrolledChain(reverse(model, 1, likelihood)(x.shape))
    const two = pipe(program, condition({ x }), elbo(unrolled(encoder(model.process, 1)(x))))(key(4))
    expect(Object.keys(two.divergences)).toEqual(['z1'])
    for (const bound of [generic, closed]) {
      const difference = apart(
        concat(0)([bound.elbo, bound.reconstruction, bound.kl] as never),
        concat(0)([two.elbo, two.reconstruction, two.kl] as never),
      )
      expect((await numbers(difference, onCpu))[0]).toBeLessThan(1e-5)
      expect((await numbers(difference, inDoubles))[0]).toBeLessThan(1e-9)
      const expected = [0, 1, 2].map(row =>
        rows[row].reduce((all, v) => all + 0.5 * (beta + (1 - beta) * v * v - 1 - Math.log(beta)), 0),
      )
      const found = await numbers(bound.kl)
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5)
      })
    }
  })
})
