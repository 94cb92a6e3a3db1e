import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { chainBound, condition, elbo, unrolled, unrolledChain, type ChainBound } from '@elbo/elbo'
import { Normal, toEvent } from '@elbo/distributions'
import { abs, concat, key, max, reshape, sigmoid, tanh, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { data, inDoubles, numbers, onCpu } from '../evaluate.testing.js'
import {
  closedBound,
  cosineBetas,
  discretise,
  encoder,
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

const x = data([0.1, 1.4, 0.7, 0.7, -0.9, 2.2], [3, 2])
type Points = readonly [3, 2]

/** Some network, good at nothing: it depends on z and on the level. */
const said = (z: Real, { time, alpha, sigma }: LevelTensors): Real => {
  const deviation = plus(times(sigma, 1), alpha)
  return plus(times(tanh(over(z, deviation)), plus(times(time, -0.5), 0.9)), 0.1)
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
  return max()(abs(flat) as never) as Real
}

const both = <S extends Points>(model: Reverse<S>) => {
  const chain = reverse(model, 1, likelihood as never)(x.shape as never)
  const guide = encoder(model.process, 1)(x)
  const generic = chainBound(guide, { from: 'marginals', divergences: 'closed' })(chain as never, x as never)
  return {
    generic: generic(key(4)) as unknown as ChainBound<number[]>,
    closed: closedBound(model, 1, likelihood as never)(x as never)(key(4)),
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
