import { describe, expect, it } from '@jest/globals'
import { exp, key, ShapeError, sum, tensor, vjp, scalar, type Tensor } from '@elbo/tensor'
import {
  Beta,
  Categorical,
  DiscretisedLogistic,
  expand,
  Gamma,
  mask,
  Mixture,
  MixtureSameFamily,
  MultivariateNormal,
  Normal,
  onUnitInterval,
  Poisson,
  toEvent,
  transformed,
  transforms,
} from '../index.js'
import { numbers } from '../laws/evaluate.testing.js'

describe('expand', () => {
  const narrow = Normal({ loc: [[0], [10]], scale: 0.5 })
  const wide = expand([3, 2, 4])(narrow)

  it('draws anew for every element, from the distribution of its place', async () => {
    const x = wide.sample([500])(key(5))
    expect(x.shape).toEqual([500, 3, 2, 4])
    const found = await numbers(x)
    expect(new Set(found).size).toBeGreaterThan(0.98 * found.length)
    const averages = Array.from({ length: 24 }, (_, place) =>
      found.filter((__, i) => i % 24 === place).reduce((a, b) => a + b / 500, 0),
    )
    // The place's row decides the mean; 4.5 standard errors of it.
    averages.forEach((average, place) =>
      expect(Math.abs(average - (Math.floor(place / 4) % 2) * 10)).toBeLessThan((4.5 * 0.5) / Math.sqrt(500)),
    )
  })

  it('keeps vectors whole', async () => {
    const vectors = expand([2, 3])(
      MultivariateNormal({
        loc: [1, 100],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      }),
    )
    const x = await numbers(vectors.sample()(key(5)))
    expect(vectors.mean().shape).toEqual([2, 3, 2])
    x.forEach((value, i) => expect(Math.abs(value - (i % 2 === 0 ? 1 : 100))).toBeLessThan(6))
  })

  it('has the numbers of the base in a larger batch', async () => {
    const x = tensor([1, 2, 3, 4])
    const [own, base] = [await numbers(wide.logProb(x)), await numbers(narrow.logProb(x))]
    expect(own).toEqual([...base, ...base, ...base])
    for (const moment of [wide.mean(), wide.variance(), wide.entropy(), wide.icdf(scalar(0.3))])
      expect(moment.shape).toEqual([3, 2, 4])
    const values = expand([2, 2])(Categorical({ probs: [[0.5, 0.25, 0.25]] })).enumerateSupport()
    expect(await numbers(values)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
  })

  it('does not make a batch smaller', () => {
    expect(() => expand([2])(Normal({ loc: [0, 1, 2], scale: 1 }))).toThrow(
      new ShapeError('expand: the batch [3] does not broadcast to [2]'),
    )
  })
})

describe('mask', () => {
  const base = Gamma({ concentration: [2, 3, 4], rate: 1 })
  const d = mask(tensor([1, 0, 1], [3], 'bool'))(base)

  it('counts nothing where the condition is false, whatever the value', async () => {
    const [own, of] = [
      await numbers(d.logProb(tensor([0.5, -7, 2]))),
      await numbers(base.logProb(tensor([0.5, 1, 2]))),
    ]
    expect(own).toEqual([of[0], 0, of[2]])
    expect(await numbers(d.logProb(tensor([-1, NaN, 2])))).toEqual([-Infinity, 0, of[2]])
  })

  it('lets no gradient through there', async () => {
    const [, back] = vjp(({ x }: { readonly x: Tensor<number[]> }) => sum()(d.logProb(x as Tensor<[3]>)), {
      x: tensor<number[]>([0.5, NaN, 2], [3]),
    })
    const [first, second] = await numbers(back(scalar(1)).x)
    // (α − 1)/x − β.
    expect(first).toBeCloseTo(1, 5)
    expect(second).toBe(0)
  })

  it('draws and averages as its base does', async () => {
    expect(await numbers(d.sample([5])(key(1)))).toEqual(await numbers(base.sample([5])(key(1))))
    expect(await numbers(d.mean())).toEqual([2, 3, 4])
    expect(() => mask(tensor([1, 0], [2], 'bool'))(base)).toThrow(ShapeError)
  })
})

describe('transformed', () => {
  it('maps each element of an event', async () => {
    const base = toEvent(1)(Normal({ loc: [0, 1], scale: [1, 2] }))
    const d = transformed(transforms.exp)(base)
    expect([d.batchShape, d.eventShape]).toEqual([[], [2]])
    const x = tensor([0.3, -0.2])
    const [own] = await numbers(d.logProb(transforms.exp.forward(x)))
    const [of] = await numbers(base.logProb(x))
    expect(own).toBeCloseTo(of - (0.3 - 0.2), 5)
  })

  it('takes vectors to shapes of their own', async () => {
    const d = transformed(transforms.stickBreaking)(toEvent(1)(Normal({ loc: [0, 0], scale: 1 })))
    const x = d.sample([4])(key(2))
    expect([d.eventShape, x.shape]).toEqual([[3], [4, 3]])
    const shares = await numbers(sum(-1)(x as Tensor<[4, 3]>))
    for (const total of shares) expect(total).toBeCloseTo(1, 5)
    // Logistic-normal (Aitchison and Shen 1980): ∏ 1/xᵢ times the normal density of the logits, here of ⅓, ⅓, ⅓.
    const [found] = await numbers(d.logProb(tensor([1 / 3, 1 / 3, 1 / 3])))
    expect(found).toBeCloseTo(3 * Math.log(3) - Math.log(2 * Math.PI), 4)
  })

  it('draws matrices, the same bits after exact maps', async () => {
    const d = transformed(transforms.corrCholesky)(toEvent(1)(Normal({ loc: [0, 0, 0], scale: 1 })))
    expect(d.sample([2])(key(1)).shape).toEqual([2, 3, 3])
    expect(d.logProb(d.sample([2])(key(1))).shape).toEqual([2])
  })

  it('says what it cannot map', () => {
    expect(() => transformed(transforms.stickBreaking)(Normal({ loc: 0, scale: 1 }))).toThrow(
      new ShapeError('transformed: stickBreaking takes values of 1 axes, but Normal has the event []'),
    )
    expect(() => transformed(transforms.exp)(Poisson({ rate: 1 }))).toThrow(
      new RangeError('transformed: Poisson is discrete and has no density to transform'),
    )
  })
})

describe('onUnitInterval', () => {
  const base = DiscretisedLogistic({ loc: [3, 200], scale: [2, 30], levels: 256 })
  const d = onUnitInterval(base)

  it('has the probabilities of the levels, and none between them', async () => {
    const levels = [0, 1, 3, 100, 254, 255]
    const found = await numbers(
      d.logProb(
        tensor(
          levels.flatMap(k => [k / 255, k / 255]),
          [6, 2],
        ),
      ),
    )
    expect(found).toEqual(
      await numbers(
        base.logProb(
          tensor(
            levels.flatMap(k => [k, k]),
            [6, 2],
          ),
        ),
      ),
    )
    for (const x of [-1 / 255, 0.5 / 255, 1.2 / 255, 256 / 255])
      expect(await numbers(d.logProb(scalar(x)))).toEqual([-Infinity, -Infinity])
  })

  it('has the moments of the levels, each in its unit, and draws them', async () => {
    const scaled = async (x: Tensor<[2]>, by: number): Promise<readonly number[]> =>
      (await numbers(x)).map(value => Math.fround(value / by))
    expect(await numbers(d.mean())).toEqual(await scaled(base.mean(), 255))
    expect(await numbers(d.variance())).toEqual(await scaled(base.variance(), 255 ** 2))
    expect(await numbers(d.mode())).toEqual(await scaled(base.mode(), 255))
    expect(await numbers(d.entropy())).toEqual(await numbers(base.entropy()))
    const draws = await numbers(base.sample([7])(key(3)))
    expect(await numbers(d.sample([7])(key(3)))).toEqual(draws.map(k => Math.fround(k / 255)))
    expect('cdf' in d).toBe(false)
  })

  it('makes numbers of indices', async () => {
    const shades = onUnitInterval(Categorical({ probs: [0.5, 0.25, 0.125, 0.125, 0] }))
    expect([shades.dtype, shades.sample([4])(key(1)).dtype]).toEqual(['f32', 'f32'])
    expect(await numbers(shades.enumerateSupport())).toEqual([0, 0.25, 0.5, 0.75, 1])
    const found = await numbers(shades.logProb(tensor([0, 0.25, 0.5, 0.75, 1])))
    ;[0.5, 0.25, 0.125, 0.125].forEach((p, i) => expect(found[i]).toBeCloseTo(Math.log(p), 6))
    expect(found[4]).toBe(-Infinity)
    // ¼·¼ + ⅛·½ + ⅛·¾, and ¼·1/16 + ⅛·¼ + ⅛·9/16 less its square.
    expect((await numbers(shades.mean()))[0]).toBeCloseTo(0.21875, 6)
    expect((await numbers(shades.variance()))[0]).toBeCloseTo(0.1171875 - 0.21875 ** 2, 6)
  })

  it('needs levels', () => {
    expect(() => onUnitInterval(Poisson({ rate: 1 }))).toThrow(
      new RangeError('onUnitInterval: Poisson has no levels 0 … n − 1'),
    )
    expect(() => onUnitInterval(Beta({ alpha: 1, beta: 1 }))).toThrow(RangeError)
  })
})

describe('mixtures', () => {
  const mixing = Categorical({ probs: [0.25, 0.75] })

  it('mix vectors, and choose whole ones', async () => {
    const components = toEvent(1)(
      Normal({
        loc: [
          [0, 0],
          [50, 70],
        ],
        scale: 0.1,
      }),
    )
    const d = MixtureSameFamily({ mixing, components })
    const x = await numbers(d.sample([2000])(key(4)))
    const first = Array.from({ length: 2000 }, (_, i) => x.slice(2 * i, 2 * i + 2)).filter(([a, b]) => {
      expect(Math.abs(a) < 1 ? Math.abs(b) < 1 : Math.abs(a - 50) < 1 && Math.abs(b - 70) < 1).toBe(true)
      return a < 1
    })
    expect(Math.abs(first.length / 2000 - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2000))
    expect(d.variance().shape).toEqual([2])
  })

  it('keep the batches of their weights', async () => {
    const d = MixtureSameFamily({
      mixing: Categorical({
        logits: [
          [0, 20],
          [20, 0],
          [0, 0],
        ],
      }),
      components: Normal({
        loc: [
          [0, 9],
          [0, 9],
          [0, 10],
        ],
        scale: 1,
      }),
    })
    const means = await numbers(d.mean())
    expect(means.map(Math.round)).toEqual([9, 0, 5])
    expect(d.sample([4])(key(1)).shape).toEqual([4, 3])
  })

  it('are equal whichever way they are written', async () => {
    const same = MixtureSameFamily({ mixing, components: Beta({ alpha: [2, 3], beta: [5, 1] }) })
    const any = Mixture({ mixing, components: [Beta({ alpha: 2, beta: 5 }), Beta({ alpha: 3, beta: 1 })] })
    const x = tensor([-1, 0.2, 0.9, 2, NaN])
    expect(await numbers(any.logProb(x))).toEqual(await numbers(same.logProb(x)))
    expect(await numbers(any.cdf(x))).toEqual(await numbers(same.cdf(x)))
  })

  it('mix counts', async () => {
    const d = Mixture({ mixing, components: [Poisson({ rate: 1 }), Poisson({ rate: 6 })] })
    const [found] = await numbers(d.logProb(scalar(0)))
    expect(found).toBeCloseTo(Math.log(0.25 * Math.exp(-1) + 0.75 * Math.exp(-6)), 6)
    expect(await numbers(d.logProb(scalar(0.5)))).toEqual([-Infinity])
  })

  it('say what does not fit', () => {
    const wide = Normal({ loc: [0, 1], scale: 1 })
    expect(() =>
      MixtureSameFamily({ mixing: Categorical({ probs: [[0.5, 0.5]] }), components: wide }),
    ).toThrow(new ShapeError('MixtureSameFamily: components have the batch [2], mixing has [1]'))
    expect(() => MixtureSameFamily({ mixing: Categorical({ probs: [1] }), components: wide })).toThrow(
      new ShapeError('MixtureSameFamily: mixing has 1 weights for 2 components'),
    )
    expect(() => Mixture({ mixing, components: [Normal({ loc: 0, scale: 1 }), wide] })).toThrow(
      new ShapeError('Mixture: Normal has the batch [2], the event [] and f32, not [], [] and f32'),
    )
    expect(() =>
      Mixture({ mixing, components: [Poisson({ rate: 1 }), Normal({ loc: 0, scale: 1 })] }),
    ).toThrow(new RangeError('Mixture: components are all discrete, or none of them is'))
  })

  it('hand on what could not be checked', () => {
    const components = Normal({ loc: [0, 1], scale: exp(tensor([0, 1])) })
    expect(MixtureSameFamily({ mixing, components }).checks.map(({ parameter }) => parameter)).toEqual([
      'scale',
    ])
  })
})
