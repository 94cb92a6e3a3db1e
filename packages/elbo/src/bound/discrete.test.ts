import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cast,
  grad,
  key,
  mean,
  scalar,
  take,
  valueAndGrad,
  type AnyTensor,
  type Key,
  type Tensor,
  zeros,
} from '@elbo/tensor'
import { Bernoulli, Categorical, Normal } from '@elbo/distributions'
import { condition, logJoint } from '../interpret.js'
import { expectMeans, overKeys, statistics } from '../estimates.testing.js'
import {
  expectClose,
  matrix,
  mixture,
  mixtureData,
  mixtureGuide,
  mixtureModel,
  mixtureParameters,
  numbers,
  ppcaData,
  ppcaModel,
  ppcaParameters,
  type MixtureParameters,
} from '../models.testing.js'
import { Do, site } from '../program.js'
import { ProgramError } from '../sentence.js'
import { movingAverage, type Baseline } from './baseline.js'
import { elbo } from './elbo.js'
import { evidence } from './exact.js'

const observed = pipe(ppcaModel(ppcaParameters), condition({ x: ppcaData }))

describe('discrete sites', () => {
  const boundOf =
    (options: {
      readonly draws?: number
      readonly baseline?: Baseline
      readonly enumerate?: readonly 'z'[]
      readonly divergences?: 'best' | 'sampled'
    }) =>
    (p: MixtureParameters, k: Key): Tensor<[]> =>
      mean()(
        pipe(mixtureModel(p), condition({ x: mixtureData }), elbo(mixtureGuide(p.guide), options))(k).elbo,
      )
  const { gradient } = mixture
  const exact = [...gradient.logits, ...gradient.means, ...gradient.guide.flat()]
  const slopesOf = (f: ReturnType<typeof boundOf>) => (k: Key) => {
    const { logits, means, guide } = grad(f)(mixtureParameters, k)
    return [logits, means, guide]
  }

  it.each(['best', 'sampled'] as const)('are summed exactly, gradients too (%s)', async divergences => {
    const conditioned = pipe(mixtureModel(mixtureParameters), condition({ x: mixtureData }))
    const about = { enumerate: ['z'], divergences } as const
    const bound = pipe(conditioned, elbo(mixtureGuide(mixtureParameters.guide), about))(key(1))
    expectClose(await numbers(bound.elbo), mixture.elbo, 1e-6)
    expectClose((await overKeys(1, slopesOf(boundOf(about))))[0], exact, 1e-6)
    const posterior = mixtureGuide(matrix(mixture.posteriorLogits, [4, 3]))
    expectClose(
      await numbers(pipe(conditioned, elbo(posterior, about))(key(1)).elbo),
      mixture.logMarginal,
      1e-6,
    )
  })

  it('count nothing where the guide never goes', async () => {
    const conditioned = pipe(mixtureModel(mixtureParameters), condition({ x: mixtureData }))
    const sure = pipe(
      Do,
      site('z', Categorical({ probs: mixture.x.map(() => [1, 0, 0]) as unknown as [[1, 0, 0]] })),
    )
    const asked = elbo(sure, { enumerate: ['z'], divergences: 'sampled' }) as unknown as (
      model: unknown,
    ) => (k: Key) => { readonly elbo: AnyTensor }
    const first = pipe(
      mixtureModel(mixtureParameters),
      logJoint({ z: zeros([4], 'i32'), x: mixtureData }),
    ).total
    expectClose(await numbers(asked(conditioned)(key(1)).elbo), await numbers(first), 1e-6)
  })

  it('give the evidence itself, by summing over all of them', async () => {
    const conditioned = pipe(mixtureModel(mixtureParameters), condition({ x: mixtureData }))
    expectClose(await numbers(evidence(conditioned)), mixture.logMarginal, 1e-6)
    expect(() => evidence(observed as never)).toThrow(
      new ProgramError('evidence: site z: Independent has no finite support to enumerate'),
    )
    // Two sites, which depend on nothing.
    const coins = pipe(
      Do,
      site('a', Bernoulli({ probs: 0.3 })),
      site('c', Categorical({ probs: [0.2, 0.5, 0.3] })),
      site('x', ({ a, c }) => Normal({ loc: add(cast('f32')(c))(a), scale: 0.5 })),
    )
    const density = (x: number, loc: number): number =>
      Math.exp(-2 * (x - loc) ** 2) / (0.5 * Math.sqrt(2 * Math.PI))
    const sum = [0.7, 0.3].flatMap((pa, a) => [0.2, 0.5, 0.3].map((pc, c) => pa * pc * density(1.2, a + c)))
    const found = evidence(pipe(coins, condition({ x: scalar(1.2) })))
    expectClose(await numbers(found), [Math.log(sum.reduce((p, q) => p + q, 0))], 1e-6)
  })

  it('have the exact gradient in the mean by their score, and less variance with a baseline', async () => {
    const variances: number[] = []
    for (const baseline of [scalar(0), scalar(-2.5), 'leaveOneOut'] as const) {
      const slopes = await overKeys(1000, slopesOf(boundOf({ draws: 4, baseline })))
      variances.push(
        expectMeans(slopes, exact)
          .slice(6)
          .reduce((a, b) => a + b, 0),
      )
    }
    const [none, constant, leaveOneOut] = variances
    expect(constant).toBeLessThan(none)
    expect(leaveOneOut).toBeLessThan(none)
  })

  it('without another draw, are right without a baseline', async () => {
    expectMeans(await overKeys(2000, slopesOf(boundOf({}))), exact)
  })

  it('mix with reparameterised ones', async () => {
    // c ~ Cat, u ~ Norm[m_c, 1], x ~ Norm[u, 1]: the guide's u follows its c.
    const build = ({ logits, loc }: { readonly logits: Tensor<[2]>; readonly loc: Tensor<[2]> }) => {
      const model = pipe(
        Do,
        site('c', Categorical({ probs: [0.5, 0.5] })),
        site('u', ({ c }) => Normal({ loc: take(c, 0)(matrix([-1, 2], [2])), scale: 1 })),
        site('x', ({ u }) => Normal({ loc: u, scale: 1 })),
      )
      const guide = pipe(
        Do,
        site('c', Categorical({ logits })),
        site('u', ({ c }) => Normal({ loc: take(c, 0)(loc), scale: 0.7 })),
      )
      return { conditioned: pipe(model, condition({ x: scalar(0.8) })), guide }
    }
    const p = { logits: matrix([0.2, -0.1], [2]), loc: matrix([0, 1], [2]) }
    const slopes = (options: object) => (k: Key) => {
      const { logits, loc } = grad((q: typeof p) => {
        const { conditioned, guide } = build(q)
        return pipe(conditioned, elbo(guide, options))(k).elbo
      })(p)
      return [logits, loc]
    }
    const exactly = statistics(await overKeys(1000, slopes({ enumerate: ['c'] })))
    const scored = statistics(await overKeys(1000, slopes({ draws: 4 })))
    exactly.forEach(({ average, error }, i) =>
      expect(Math.abs(average - scored[i].average)).toBeLessThan(4 * Math.hypot(error, scored[i].error)),
    )
    // ELBO = Σ q_c [−½(0.8 − l_c)² − ½(l_c − m_c)² − …]: its slope in l_c is q_c[(0.8 − l_c) − (l_c − m_c)].
    const odds = Math.exp(0.3)
    const q = [odds / (1 + odds), 1 / (1 + odds)]
    const inLoc = [q[0] * (0.8 - 0 - (0 + 1)), q[1] * (0.8 - 1 - (1 - 2))]
    inLoc.forEach((slope, i) => {
      const { average, error } = exactly[2 + i]
      expect(Math.abs(average - slope)).toBeLessThan(4 * error + 1e-6)
    })
  })

  it('follow the bound by a moving average', async () => {
    const next = movingAverage(0.9)(scalar(-10), matrix([-2, -4], [2]))
    expect(await numbers(next)).toEqual([Math.fround(-9.3)].map(value => expect.closeTo(value, 5)))
    const [, slope] = valueAndGrad((x: Tensor<[2]>) => movingAverage(0.9)(scalar(0), x))(matrix([1, 2], [2]))
    expect(await numbers(slope)).toEqual([0, 0])
  })
})
