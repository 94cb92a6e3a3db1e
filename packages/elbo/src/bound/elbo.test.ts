import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  grad,
  key,
  matmul,
  mean,
  ones,
  transpose,
  type AnyTensor,
  type Key,
  type Tensor,
  zeros,
} from '@elbo/tensor'
import {
  Bernoulli,
  Logistic,
  MultivariateNormal,
  Normal,
  toEvent,
  type AnyDistribution,
} from '@elbo/distributions'
import { condition } from '../interpret.js'
import { expectMeans, overKeys, statistics } from '../estimates.testing.js'
import {
  expectClose,
  fixture,
  inDoubles,
  matrix,
  numbers,
  onCpu,
  ppca,
  ppcaData,
  ppcaGuide,
  ppcaModel,
  ppcaParameters,
  ppcaPosterior,
  type PpcaParameters,
} from '../models.testing.js'
import { Do, site } from '../program.js'
import { ProgramError } from '../sentence.js'
import { elbo } from './elbo.js'

const observed = pipe(ppcaModel(ppcaParameters), condition({ x: ppcaData }))

describe('probabilistic PCA', () => {
  it('is ln P(x) at the posterior, whatever is drawn', async () => {
    for (const seed of [1, 2, 3]) {
      const bound = pipe(observed, elbo(ppcaPosterior))(key(seed))
      expectClose(await numbers(bound.elbo), ppca.logMarginal, 1e-5)
    }
  })

  it('is ln P(x) less KL[q ‖ P(z | x)] elsewhere', async () => {
    const bound = pipe(observed, elbo(ppcaGuide(ppcaParameters), { draws: 4000 }))(key(1))
    expectClose(await numbers(bound.kl), ppca.kl, 1e-5)
    const gaps = ppca.logMarginal.map((value, i) => value - ppca.guideGap[i])
    const found = await numbers(bound.elbo)
    // The spread of one draw's bound is below 3 nats here.
    found.forEach((value, i) => expect(Math.abs(value - gaps[i])).toBeLessThan((4 * 3) / Math.sqrt(4000)))
  })

  it('is reconstruction less KL in both forms, which agree', async () => {
    const program = ppcaGuide(ppcaParameters)
    const rows = (divergences: 'closed' | 'sampled') =>
      overKeys(1000, k => [pipe(observed, elbo(program, { divergences }))(k).elbo])
    const exact = ppca.reconstruction.map((value, i) => value - ppca.kl[i])
    expectMeans(await rows('closed'), exact)
    expectMeans(await rows('sampled'), exact)
    const bound = pipe(observed, elbo(program, { draws: 3 }))(key(5))
    const parts = await onCpu({ ...bound, difference: bound.reconstruction })
    parts.elbo.data.forEach((value, i) =>
      expect(value).toBeCloseTo(parts.reconstruction.data[i] - parts.kl.data[i], 5),
    )
    expect(parts.likelihoods.x).toEqual(parts.reconstruction)
    expect(parts.divergences.z).toEqual(parts.kl)
    expect(parts.objective).toEqual(parts.elbo)
  })

  const loss =
    (options: { readonly divergences: 'closed' | 'sampled'; readonly draws: number }) =>
    (p: PpcaParameters, k: Key): Tensor<[]> =>
      mean()(pipe(ppcaModel(p), condition({ x: ppcaData }), elbo(ppcaGuide(p), options))(k).elbo)

  const flat = (p: PpcaParameters) =>
    [p.loc, p.logScale, p.w, p.sigma] as const satisfies readonly AnyTensor[]
  const exactGradient = [
    ...ppca.gradient.loc.flat(),
    ...ppca.gradient.logScale.flat(),
    ...ppca.gradient.w.flat(),
    ppca.gradient.sigma,
  ]

  it.each(['closed', 'sampled'] as const)(
    '%s: the gradient is the exact one in the mean',
    async divergences => {
      const slopes = await overKeys(1000, k => flat(grad(loss({ divergences, draws: 1 }))(ppcaParameters, k)))
      expectMeans(slopes, exactGradient)
    },
  )

  it.each(['closed', 'sampled'] as const)(
    '%s: the gradient is the slope of the value for given draws',
    async divergences => {
      const f = loss({ divergences, draws: 3 })
      const slopes = grad(f)(ppcaParameters, key(4))
      const step = 1e-3
      const at = async (p: PpcaParameters) => (await numbers(f(p, key(4)), inDoubles))[0]
      for (const [name, index] of [
        ['loc', 3],
        ['logScale', 0],
        ['w', 5],
        ['sigma', 0],
      ] as const) {
        const moved = (by: number): PpcaParameters => {
          const own = ppcaParameters[name] as Tensor<readonly number[]>
          const size = own.shape.reduce((a, b) => a * b, 1)
          const change = matrix(
            Array.from({ length: size }, (_, i) => (i === index ? by : 0)),
            own.shape,
          )
          return { ...ppcaParameters, [name]: add(change)(own as Tensor<number[]>) }
        }
        const difference = ((await at(moved(step))) - (await at(moved(-step)))) / (2 * step)
        const slope = (await numbers(slopes[name], inDoubles))[index]
        expect(Math.abs(slope - difference)).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)))
      }
    },
  )
})

interface Level {
  readonly mean: readonly (readonly number[])[]
  readonly tril: readonly (readonly number[])[]
}
interface Conditional {
  readonly gain: readonly (readonly number[])[]
  readonly offset: readonly (readonly number[])[] | readonly number[]
  readonly tril: readonly (readonly number[])[]
}
const hierarchy = fixture<{
  readonly a: readonly (readonly number[])[]
  readonly aOffset: readonly number[]
  readonly s1: number
  readonly c: readonly (readonly number[])[]
  readonly cOffset: readonly number[]
  readonly s0: number
  readonly x: readonly (readonly number[])[]
  readonly logMarginal: readonly number[]
  readonly top: Level
  readonly belowTop: Conditional
  readonly bottom: Level
  readonly aboveBottom: Conditional
}>('hierarchy')

const affine = <N extends number>(
  rows: readonly (readonly number[])[],
  offset: Tensor<number[]>,
  outputs: N,
) => {
  const m = transpose([1, 0])(matrix(rows, [outputs, 2]))
  return (z: Tensor<[3, 2]>) => pipe(z, matmul(m), add(offset)) as Tensor<[3, N]>
}

describe('a linear-Gaussian hierarchy', () => {
  const { a, aOffset, s1, c, cOffset, s0, x, logMarginal, top, belowTop, bottom, aboveBottom } = hierarchy
  const model = pipe(
    Do,
    site('z2', pipe(Normal({ loc: zeros([3, 2]), scale: 1 }), toEvent(1))),
    site('z1', ({ z2 }) =>
      pipe(Normal({ loc: affine(a, matrix(aOffset, [2]), 2)(z2), scale: s1 }), toEvent(1)),
    ),
    site('x', ({ z1 }) =>
      pipe(Normal({ loc: affine(c, matrix(cOffset, [3]), 3)(z1), scale: s0 }), toEvent(1)),
    ),
  )
  const conditioned = pipe(model, condition({ x: matrix(x, [3, 3]) }))
  const level = ({ mean: loc, tril }: Level) =>
    MultivariateNormal({ loc: matrix(loc, [3, 2]), scaleTril: matrix(tril, [2, 2]) })
  const given = ({ gain, offset, tril }: Conditional, shape: readonly number[]) => {
    const of = affine(gain, matrix(offset, shape), 2)
    return (z: Tensor<[3, 2]>) => MultivariateNormal({ loc: of(z), scaleTril: matrix(tril, [2, 2]) })
  }
  const downwards = pipe(
    Do,
    site('z2', level(top)),
    site('z1', ({ z2 }) => given(belowTop, [3, 2])(z2)),
  )
  const upwards = pipe(
    Do,
    site('z1', level(bottom)),
    site('z2', ({ z1 }) => given(aboveBottom, [2])(z1)),
  )

  it.each([
    ['from the top', downwards],
    ['from the bottom', upwards],
  ])('is ln P(x) at the posterior, drawn %s', async (_, guide) => {
    for (const seed of [1, 2]) {
      expectClose(await numbers(pipe(conditioned, elbo(guide))(key(seed)).elbo), logMarginal, 1e-5)
    }
  })

  // Both guides have independent coordinates, so that the divergences have closed forms where the order admits them.
  const spread = pipe(Normal({ loc: matrix(bottom.mean, [3, 2]), scale: 0.6 }), toEvent(1))
  const wide = pipe(Normal({ loc: matrix(top.mean, [3, 2]), scale: 0.8 }), toEvent(1))
  const down = pipe(Do, site('z2', wide), site('z1', spread))
  const up = pipe(Do, site('z1', spread), site('z2', wide))

  it('takes exact divergences only where the guide has drawn what the model depends on', async () => {
    const bound = async (guide: typeof down | typeof up, divergences: 'best' | 'sampled') =>
      statistics(await overKeys(1000, k => [pipe(conditioned, elbo(guide, { divergences }))(k).elbo]))
    const all = [
      await bound(down, 'best'),
      await bound(down, 'sampled'),
      await bound(up, 'best'),
      await bound(up, 'sampled'),
    ]
    for (const found of all.slice(1))
      found.forEach(({ average, error }, i) => {
        const reference = all[0][i]
        expect(Math.abs(average - reference.average)).toBeLessThan(4 * Math.hypot(error, reference.error))
      })
    // The top depends on nothing: its divergence is a number in either order.
    for (const guide of [down, up]) {
      const found = await overKeys(20, k => [pipe(conditioned, elbo(guide))(k).divergences.z2])
      for (const { variance } of statistics(found)) expect(variance).toBe(0)
    }
    expect(() => pipe(conditioned, elbo(up, { divergences: 'closed' }))(key(1))).toThrow(
      new ProgramError(
        'elbo: site z1 has no closed form: the model draws it after a site that the guide draws later',
      ),
    )
    expect(() => pipe(conditioned, elbo(down, { divergences: 'closed' }))(key(1))).not.toThrow()
  })
})

describe('sizes that the compiler does not know', () => {
  const bernoulli = <X extends number, Z extends number>(
    x: Tensor<[number, X]>,
    loc: Tensor<[number, Z]>,
    decode: (z: Tensor<[number, Z]>) => Tensor<[number, X]>,
  ) => {
    const normal = pipe(Normal({ loc, scale: 1 }), toEvent(1))
    const model = pipe(
      Do,
      site('z', normal),
      site('x', ({ z }) => pipe(Bernoulli({ logits: decode(z as Tensor<[number, Z]>) }), toEvent(1))),
    )
    return pipe(model, condition({ x }), elbo(pipe(Do, site('z', normal)), { divergences: 'closed' }))
  }
  const anything = (
    prior: AnyDistribution,
    q: AnyDistribution,
    likelihood: (z: Tensor<readonly number[]>) => AnyDistribution,
    x: AnyTensor,
  ) => {
    const model = pipe(
      Do,
      site('z', prior),
      site('x', ({ z }) => likelihood(z as Tensor<readonly number[]>)),
    )
    return pipe(model, condition({ x }), elbo(pipe(Do, site('z', q))))
  }

  it('are found when it runs', async () => {
    const [x, loc] = [ones([5, 3]), zeros([5, 2])]
    const w = matrix(
      [
        [1, -1, 0],
        [2, 0, 0.5],
      ],
      [2, 3],
    )
    const typed = bernoulli(x as Tensor<[number, 3]>, loc as Tensor<[number, 2]>, z => matmul(w)(z))(key(1))
    const normal = pipe(Normal({ loc, scale: 1 }), toEvent(1))
    const untyped = anything(
      normal,
      normal,
      z => pipe(Bernoulli({ logits: matmul(w)(z as Tensor<[5, 2]>) }), toEvent(1)),
      x,
    )(key(1))
    expect(typed.elbo.shape).toEqual([5])
    expect(await numbers(typed.elbo)).toEqual(await numbers(untyped.elbo))
    expect(await numbers(typed.kl)).toEqual([0, 0, 0, 0, 0])
  })
})

describe('what does not fit', () => {
  const guide = ppcaGuide(ppcaParameters)
  it.each([
    ['elbo: weights: there is no site y', { weights: { y: 1 } }],
    ['elbo: freeBits: there is no site x', { freeBits: { x: 1 } }],
  ])('%s', (sentence, options) => {
    expect(() => pipe(observed, elbo(guide, options))(key(1))).toThrow(new ProgramError(sentence))
  })

  it('is a program without sites', () => {
    expect(() => pipe(Do, condition({}), elbo(Do))(key(1))).toThrow(
      new ProgramError('elbo: the program has no sites'),
    )
  })

  it('is a number of draws below 1', () => {
    expect(() => pipe(observed, elbo(guide, { draws: 0 }))(key(1))).toThrow(
      new RangeError('elbo: 0 draws: the number is a positive integer'),
    )
  })

  it('is enumeration without a finite support', () => {
    expect(() => pipe(observed, elbo(guide, { enumerate: ['z' as never] }))(key(1))).toThrow(
      new ProgramError('elbo: site z: Independent has no finite support to enumerate'),
    )
    expect(() => pipe(observed, elbo(guide, { enumerate: ['y' as never] }))(key(1))).toThrow(
      new ProgramError('elbo: enumerate: there is no site y'),
    )
  })

  it('is a closed form that does not exist', () => {
    const logistic = pipe(Do, site('z', pipe(Logistic({ loc: zeros([4, 2]), scale: 1 }), toEvent(1))))
    const asked = elbo(logistic, { divergences: 'closed' }) as (model: unknown) => (k: Key) => unknown
    expect(() => asked(observed)(key(1))).toThrow(
      new ProgramError('elbo: site z: KL[Independent ‖ Independent] has no closed form'),
    )
    expect(() => pipe(observed, elbo(logistic))(key(1))).not.toThrow()
  })
})
