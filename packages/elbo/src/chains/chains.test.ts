import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  concat,
  constant,
  grad,
  key,
  mean,
  mul,
  ndarray,
  scalar,
  sum,
  take,
  zeros,
  type AnyTensor,
  type Tensor,
} from '@elbo/tensor'
import { Normal, StudentT, toEvent } from '@elbo/distributions'
import { elbo } from '../bound/elbo.js'
import { expectMeans, overKeys, statistics } from '../estimates.testing.js'
import { condition, logJoint, sample } from '../interpret.js'
import { expectClose, inDoubles, matrix, numbers } from '../models.testing.js'
import { ProgramError } from '../sentence.js'
import { chainBound, stepDivergence, type ChainBoundOptions } from './chain-bound.js'
import { gaussianEncoder, marginalsOf, type GaussianProcess } from './gaussian-encoder.js'
import { hierarchy, level, unrolled, unrolledChain, type Chain, type Level } from './markov.js'

/** The noise of a diffusion with βₜ from `first` to `last` in a straight line. */
const noise = (length: number, first: number, last: number): GaussianProcess => {
  const variances = Array.from({ length }, (_, i) =>
    length === 1 ? last : first + ((last - first) * i) / (length - 1),
  )
  return { scales: variances.map(b => Math.sqrt(1 - b)), variances }
}

const [m, s] = [0.7, 0.6]
const x = matrix(
  [
    [0.1, 1.4],
    [0.7, 0.7],
    [-0.9, 2.2],
  ],
  [3, 2],
)
const data = [
  [0.1, 1.4],
  [0.7, 0.7],
  [-0.9, 2.2],
]
/** ln Norm[x; m, s²], summed over the two coordinates. */
const evidence = data.map(row =>
  row.reduce((all, v) => all - 0.5 * ((v - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI), 0),
)

const table = (values: readonly number[]) => {
  const all = constant(ndarray(values, [values.length])) as Tensor<number[]>
  return (t: Level) => take(add(-1)(t), 0)(all) as Tensor<[]>
}

/**
 * The exact reversal of the noise for data from Norm[m, s²]: its P(z | x) is the encoder itself, so that the bound is ln P(x). `wrong` multiplies
 * its standard deviations.
 */
const reversal = (process: GaussianProcess, wrong = 1) => {
  const { scales, variances } = process
  const marginals = marginalsOf(process)
  const length = scales.length
  /** The mean and the variance of z_t, from t = 0 on. */
  const means = [1, ...marginals.scales].map(a => a * m)
  const spreads = [s * s, ...marginals.scales.map((a, i) => a * a * s * s + marginals.variances[i])]
  const precision = scales.map((a, i) => 1 / spreads[i] + (a * a) / variances[i])
  const gain = table(scales.map((a, i) => a / variances[i] / precision[i]))
  const offset = table(means.slice(0, -1).map((mu, i) => mu / spreads[i] / precision[i]))
  const deviation = table(precision.map(p => wrong / Math.sqrt(p)))
  const back = (t: Level, z: Tensor<[3, 2]>) =>
    pipe(Normal({ loc: pipe(z, mul(gain(t)), add(offset(t))), scale: deviation(t) }), toEvent(1))
  const top = pipe(
    Normal({ loc: add(means[length])(zeros([3, 2])), scale: wrong * Math.sqrt(spreads[length]) }),
    toEvent(1),
  )
  return {
    latents: { length, top, next: back },
    likelihood: (z: Tensor<[3, 2]>) => back(level(1), z),
  } satisfies Chain<typeof top, ReturnType<typeof back>, ReturnType<typeof back>>
}

const lengths = [1, 2, 10, 1000]

describe.each(lengths)('a chain of %i levels', length => {
  const process = noise(length, 1e-3, Math.min(0.6, 20 / length))
  const guide = gaussianEncoder(process, 1)(x)
  const chain = reversal(process)

  it('is ln P(x) at the exact reversal, whatever is drawn', async () => {
    const { elbo: bound } = chainBound(guide, { divergences: 'sampled' })(chain, x)(key(1))
    // Each level is a difference of two log-densities of several nats, rounded.
    expectClose(await numbers(bound), evidence, length > 100 ? 5e-5 : 1e-5)
    expectClose(await numbers(bound, inDoubles), evidence, 1e-5)
  })

  it('is ln P(x) in the mean of its sum of closed divergences, by trajectory or by level', async () => {
    for (const from of ['trajectory', 'marginals'] as const) {
      const rows = await overKeys(200, k => [
        chainBound(guide, { divergences: 'closed', from })(chain, x)(k).elbo,
      ])
      expectMeans(rows, evidence)
    }
  })

  it('is less by any other model, in either form alike', async () => {
    const wrong = reversal(process, 1.2)
    const bounds = (options: ChainBoundOptions) =>
      overKeys(200, k => [chainBound(guide, options)(wrong, x)(k).elbo]).then(statistics)
    const [closed, sampled, apart] = await Promise.all([
      bounds({ divergences: 'closed' }),
      bounds({ divergences: 'sampled' }),
      bounds({ divergences: 'sampled', from: 'marginals' }),
    ])
    closed.forEach(({ average, error }, i) => {
      expect(Math.abs(average - sampled[i].average)).toBeLessThan(4 * Math.hypot(error, sampled[i].error))
      expect(Math.abs(average - apart[i].average)).toBeLessThan(4 * Math.hypot(error, apart[i].error))
    })
  })
})

describe('a chain and its unrolled program', () => {
  it.each([
    [1, 'closed'],
    [1, 'sampled'],
    [3, 'closed'],
    [3, 'sampled'],
    [30, 'closed'],
    [30, 'sampled'],
    [1000, 'closed'],
  ] as const)(
    'of %i levels have one bound on the same draws (%s)',
    async (length, divergences) => {
      const process = noise(length, 1e-3, Math.min(0.6, 20 / length))
      const guide = gaussianEncoder(process, 1)(x)
      const chain = reversal(process, 1.1)
      const short = chainBound(guide, { divergences })(chain, x)(key(3))
      const long = pipe(
        unrolledChain(chain),
        condition({ x }),
        elbo(unrolled(guide), { divergences: divergences as 'best' }),
      )(key(3))
      const terms = (bound: typeof short | typeof long) =>
        concat(0)([bound.elbo, bound.reconstruction] as readonly Tensor<number[]>[])
      expectClose(await numbers(terms(short)), await numbers(terms(long)), 1e-5)
      // The interpreter of double precision takes its time for a thousand levels that are not a loop.
      if (length <= 30)
        expectClose(await numbers(terms(short), inDoubles), await numbers(terms(long), inDoubles), 1e-9)
    },
    180_000,
  )

  it('tells each level’s divergence', async () => {
    const process = noise(3, 0.1, 0.5)
    const guide = gaussianEncoder(process, 1)(x)
    const chain = reversal(process, 1.3)
    const short = chainBound(guide)(chain, x)(key(3))
    const long = pipe(unrolledChain(chain), condition({ x }), elbo(unrolled(guide)))(key(3))
    const { z1, z2, z3 } = long.divergences as Readonly<Record<string, AnyTensor>>
    expect(short.steps.shape).toEqual([2, 3])
    expectClose(await numbers(short.steps), [...(await numbers(z1)), ...(await numbers(z2))], 1e-6)
    expectClose(await numbers(short.top), await numbers(z3), 1e-6)
    expectClose(await numbers(short.kl), await numbers(long.kl), 1e-6)
    const z = sample(unrolled(guide))(key(9)).values
    const step = stepDivergence(chain, guide)(level(2), z['z2'], z['z1'], 'sampled')
    expect(step.shape).toEqual([3])
  })

  it('has gradients through its loop', async () => {
    const process = noise(20, 0.01, 0.4)
    const guide = gaussianEncoder(process, 1)(x)
    const chain = reversal(process, 1.3)
    const shifted = (by: Tensor<[]>) => ({
      latents: {
        ...chain.latents,
        next: (t: Level, z: Tensor<[3, 2]>) => chain.latents.next(t, add(by)(z)),
      },
      likelihood: chain.likelihood,
    })
    const loss = (by: Tensor<[]>): Tensor<[]> => mean()(chainBound(guide)(shifted(by), x)(key(2)).elbo)
    const at = async (by: number) => (await numbers(loss(scalar(by)), inDoubles))[0]
    const difference = ((await at(0.1001)) - (await at(0.0999))) / 2e-4
    expectClose(await numbers(grad(loss)(scalar(0.1))), [difference], 1e-3)
  })
})

describe('one level', () => {
  it('is the bound of a variational autoencoder', async () => {
    const process = noise(1, 0.3, 0.3)
    const chain = reversal(process, 1.2)
    const { kl, top } = chainBound(gaussianEncoder(process, 1)(x))(chain, x)(key(1))
    expect(await numbers(kl)).toEqual(await numbers(top))
    // KL of Norm[√.7 x, .3] from Norm[√.7 m, 1.44(.7 s² + .3)], by coordinate.
    const variance = 1.44 * (0.7 * s * s + 0.3)
    const expected = data.map(row =>
      row.reduce(
        (all, v) =>
          all + 0.5 * (0.3 / variance + (0.7 * (v - m) ** 2) / variance - 1 - Math.log(0.3 / variance)),
        0,
      ),
    )
    expectClose(await numbers(kl), expected, 1e-5)
  })
})

describe('the encoder', () => {
  it('keeps the divergence from the prior that the mixture of Prince’s notebook 18.3 has: .143 nats', async () => {
    const beta = 0.01511
    const process = {
      scales: Array.from({ length: 100 }, () => Math.sqrt(1 - beta)),
      variances: Array.from({ length: 100 }, () => beta),
    }
    expect(marginalsOf(process).scales[99] ** 2).toBeCloseTo(0.218, 3)
    const [mu, sd, w] = [
      [1.5, -0.216, 0.45, -1.875],
      [0.3, 0.15, 0.525, 0.075],
      [0.2, 0.3, 0.35, 0.15],
    ]
    // The divergence depends on x by its square alone: at the mean square it has its mean.
    const square = mu.reduce((all, value, i) => all + w[i] * (value * value + sd[i] * sd[i]), 0)
    const guide = gaussianEncoder(process, 0)(scalar(Math.sqrt(square)))
    const model = {
      latents: { length: 100, top: toEvent(0)(Normal({ loc: 0, scale: 1 })), next: guide.next },
      likelihood: (z: Tensor<[]>) => Normal({ loc: z, scale: 1 }),
    }
    const { top } = chainBound(guide)(model, scalar(0))(key(1))
    expect((await numbers(top))[0]).toBeCloseTo(0.143, 3)
  })

  it('has the posteriors of its own joint', async () => {
    // q(z₁ | x) q(z₂ | z₁) = q(z₂ | x) q(z₁ | z₂, x), at any values.
    const process = { scales: [0.9, 0.7], variances: [0.3, 0.8] }
    const guide = gaussianEncoder(process, 0)(scalar(1.3))
    const log = (v: number, loc: number, variance: number) =>
      -0.5 * ((v - loc) ** 2 / variance + Math.log(2 * Math.PI * variance))
    for (const [z1, z2] of [
      [0.2, -0.4],
      [2, 1],
    ]) {
      const joint = pipe(unrolled(guide), logJoint({ z1: scalar(z1), z2: scalar(z2) })).total
      expectClose(await numbers(joint), [log(z1, 0.9 * 1.3, 0.3) + log(z2, 0.7 * z1, 0.8)], 1e-6)
    }
  })

  it.each([
    [{ scales: [], variances: [] }, '0 scales and 0 variances: one of each for every level'],
    [{ scales: [1], variances: [1, 2] }, '1 scales and 2 variances: one of each for every level'],
    [
      { scales: [1, 1], variances: [1, 0] },
      'level 2: a scale of 1 and a variance of 0: finite, and the variance positive',
    ],
  ])('refuses %j', (process, sentence) => {
    expect(() => gaussianEncoder(process, 0)).toThrow(new ProgramError(`gaussianEncoder: ${sentence}`))
  })
})

describe('hierarchy', () => {
  it('is a program of any conditionals, from the top down', async () => {
    const program = hierarchy(Normal({ loc: [0, 1], scale: 1 }), [
      (z: Tensor<[2]>) => StudentT({ df: 4, loc: z, scale: 1 }),
      (z: Tensor<[2]>) => Normal({ loc: mul(2)(z), scale: 0.1 }),
    ])
    const { values, result } = sample(program)(key(1))
    expect(Object.keys(values)).toEqual(['z3', 'z2', 'z1'])
    expect(await numbers(result)).toEqual(await numbers(values['z1']))
    const spread = await numbers(
      sum()(add(mul(-2)(values['z2'] as Tensor<[2]>))(values['z1'] as Tensor<[2]>)),
    )
    expect(Math.abs(spread[0])).toBeLessThan(1)
  })
})

describe('what does not fit', () => {
  const process = noise(3, 0.1, 0.3)
  const guide = gaussianEncoder(process, 1)(x)
  const chain = reversal(process)
  it('is another length', () => {
    expect(() => chainBound(gaussianEncoder(noise(2, 0.1, 0.3), 1)(x))(chain, x)(key(1))).toThrow(
      new ProgramError('chainBound: the guide has 2 levels, the chain 3'),
    )
    expect(() => unrolled({ ...chain.latents, length: 0 })).toThrow(
      new ProgramError('chain: a length of 0: it is a positive integer'),
    )
  })

  it('is a guide without marginals, where they are asked for', () => {
    const { marginal: _, ...walking } = guide
    expect(() => chainBound(walking, { from: 'marginals' })(chain, x)(key(1))).toThrow(
      new ProgramError('chainBound: marginals: the guide does not tell its q(z_t | x)'),
    )
  })
})
