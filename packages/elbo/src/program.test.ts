import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { add, foldIn, key, scalar, tanh, zeros, type AnyTensor, type Tensor } from '@elbo/tensor'
import { Bernoulli, Categorical, Normal, toEvent } from '@elbo/distributions'
import { logJoint, sample } from './interpret.js'
import { matrix, numbers, onCpu, ppca, ppcaData, ppcaModel, ppcaParameters } from './models.testing.js'
import { bind, chain, Do, draw, map, Monad, of, site, type Program } from './program.js'
import { ProgramError } from './sentence.js'

type Anything = Program<unknown, AnyTensor>

/** What interpreters can tell of a program: its sites in order, their values, its result. */
const told = async (program: Anything) => {
  const { values, result } = sample(program as Program<Record<string, never>, AnyTensor>)(key(7))
  const named = Object.entries(values as Record<string, AnyTensor>)
  return {
    names: named.map(([name]) => name),
    values: await Promise.all(named.map(([, value]) => numbers(value))),
    result: await numbers(result),
  }
}

const first: Anything = draw('a', Normal({ loc: 1, scale: 0.5 }))
const second = (a: AnyTensor): Anything => draw('b', Normal({ loc: a as Tensor<[]>, scale: 2 }))
const third = (b: AnyTensor): Anything => draw('c', Bernoulli({ logits: b as Tensor<[]> }))

describe('the monad', () => {
  it('has `of` for its unit, on either side', async () => {
    const value = scalar(3)
    expect(await told(Monad.chain(Monad.of(value as AnyTensor), second))).toEqual(await told(second(value)))
    expect(await told(Monad.chain(first, a => Monad.of(a)))).toEqual(await told(first))
  })

  it('is associative', async () => {
    const [left, right] = [
      Monad.chain(Monad.chain(first, second), third),
      Monad.chain(first, a => Monad.chain(second(a), third)),
    ]
    const found = await told(left)
    expect(found).toEqual(await told(right))
    expect(found.names).toEqual(['a', 'b', 'c'])
  })

  it('maps: identity and composition', async () => {
    const f = (x: AnyTensor): AnyTensor => tanh(x as Tensor)
    expect(await told(Monad.map(first, x => x))).toEqual(await told(first))
    expect(await told(Monad.map(Monad.map(first, f), f))).toEqual(await told(Monad.map(first, x => f(f(x)))))
  })

  it('applies as it chains', async () => {
    const functions: Program<unknown, (x: AnyTensor) => AnyTensor> = map(
      (x: Tensor<[]>) => (y: AnyTensor) => add(x)(y as Tensor<[]>),
    )(draw('f', Normal({ loc: 0, scale: 1 })))
    expect(await told(Monad.ap(functions, first))).toEqual(
      await told(Monad.chain(functions, f => Monad.map(first, f))),
    )
  })

  it('does not grow the stack with a thousand sites', () => {
    let program: Anything = of(scalar(0))
    for (let i = 0; i < 1000; i++)
      program = pipe(
        program,
        chain(x => draw(`z${i}`, Normal({ loc: x as Tensor<[]>, scale: 1 })) as Anything),
      )
    expect(
      Object.keys(sample(program as Program<Record<string, never>, AnyTensor>)(key(1)).values),
    ).toHaveLength(1000)
  })
})

describe('sample', () => {
  it('draws each site after those it depends on, with keys of their own', async () => {
    const { values, result } = sample(ppcaModel(ppcaParameters))(key(5))
    const z = pipe(Normal({ loc: zeros([4, 2]), scale: 1 }), toEvent(1)).sample()(foldIn(0)(key(5)))
    expect(await numbers(values.z)).toEqual(await numbers(z))
    expect(await numbers(result.x)).toEqual(await numbers(values.x))
    expect(await numbers(sample(ppcaModel(ppcaParameters))(key(6)).values.x)).not.toEqual(
      await numbers(values.x),
    )
  })

  it('returns what the program returns', async () => {
    const program = pipe(
      Do,
      site('z', Normal({ loc: [0, 0], scale: 1 })),
      bind('w', ({ z }) => of(tanh(z))),
      map(({ z, w }) => [z, w] as const),
    )
    const { values, result } = sample(program)(key(1))
    expect(Object.keys(values)).toEqual(['z'])
    const [z, w] = await onCpu([...result])
    expect(w.data[0]).toBeCloseTo(Math.tanh(z.data[0]), 5)
  })
})

describe('logJoint', () => {
  it('is the sum of each site’s ln p', async () => {
    const z = matrix(ppca.posteriorMean, [4, 2])
    const { total, sites } = pipe(ppcaModel(ppcaParameters), logJoint({ z, x: ppcaData }))
    const found = await onCpu({ total, ...sites })
    ppca.posteriorMean.forEach((at, i) => {
      const prior = -0.5 * at.reduce((a, b) => a + b * b, 0) - Math.log(2 * Math.PI)
      const residual = ppca.x[i].map(
        (x, d) => x - ppca.b[d] - ppca.w[d].reduce((a, b, j) => a + b * at[j], 0),
      )
      const likelihood =
        (-0.5 * residual.reduce((a, b) => a + b * b, 0)) / ppca.sigma ** 2 -
        3 * (Math.log(ppca.sigma) + 0.5 * Math.log(2 * Math.PI))
      expect(found.z.data[i]).toBeCloseTo(prior, 4)
      expect(found.x.data[i]).toBeCloseTo(likelihood, 4)
      expect(found.total.data[i]).toBeCloseTo(prior + likelihood, 4)
    })
  })
})

describe('what does not fit', () => {
  it('is two sites of one name', () => {
    const twice = pipe(
      first,
      chain(() => first),
    )
    expect(() => sample(twice as Program<Record<string, never>, AnyTensor>)(key(1))).toThrow(
      new ProgramError('site a: there is a site of this name already'),
    )
  })

  it('is two batches', () => {
    const program = pipe(
      Do,
      site('z', Normal({ loc: [0, 0], scale: 1 })),
      site('x', Normal({ loc: [0, 0, 0], scale: 1 })),
    )
    expect(() => sample(program)(key(1))).toThrow(
      new ProgramError(
        'sample: site x has the batch [3], site z has [2]; the sites of a program share one: see toEvent and expand',
      ),
    )
  })

  it('is a site without draws', () => {
    const { sample: _, ...density } = Categorical({ probs: [0.5, 0.5] })
    const program = pipe(Do, site('c', density))
    expect(() => sample(program)(key(1))).toThrow(
      new ProgramError('sample: site c: Categorical has no draws'),
    )
  })
})
