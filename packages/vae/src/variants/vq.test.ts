import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  constant,
  cpu,
  evaluator,
  generate,
  grad,
  key,
  leavesOf,
  mapTree,
  mean,
  ndarray,
  run,
  ShapeError,
  tensor,
  type AnyTensor,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { mlp, type Rows } from '@elbo/nn'
import { bernoulli } from '../likelihoods/bernoulli.js'
import { vq, type Codes } from './vq.js'

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Fixture {
  readonly x: Flat
  readonly parameters: Readonly<Record<string, Flat>>
  readonly codes: readonly number[]
  readonly reconstruction: Flat
  readonly distance: Flat
  readonly objective: Flat
  readonly perplexity: number
  readonly slopes: Readonly<Record<string, Flat>>
}
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/vq.json', import.meta.url), 'utf8'),
) as Fixture

const model = vq({
  encoder: mlp([6, 5, 6]),
  decoder: bernoulli(mlp([6, 5, 6])),
  codes: 4,
  dimensions: 2,
  commitment: 0.3,
})
const tensorOf = ({ shape, data }: Flat): Tensor => constant(ndarray([...data], shape))
const drawn = generate(key(0))(model.init)
const parameters = mapTree((_: AnyTensor, path) => tensorOf(fixture.parameters[path]))(drawn)
const x = tensorOf(fixture.x) as Rows<6>
const evaluate = evaluator(run(cpu({ threads: 1 })))

const expectClose = (found: NDArray, { shape, data }: Flat): void => {
  expect(found.shape).toEqual(shape)
  const largest = Math.max(...data.map(Math.abs))
  data.forEach((value, i) => {
    expect(Math.abs(found.data[i] - value)).toBeLessThanOrEqual(1e-5 * largest)
  })
}

describe('a VAE with a codebook against PyTorch', () => {
  it('has the codes, the objective and its parts', async () => {
    const bound = model.bound(parameters, x)
    const found = await evaluate({ ...bound, codes: model.encode(parameters)(x) })
    expect([...found.codes.data]).toEqual(fixture.codes)
    expect(found.codes.shape).toEqual([5, 3])
    expectClose(found.reconstruction, fixture.reconstruction)
    expectClose(found.distance, fixture.distance)
    expectClose(found.objective, fixture.objective)
    expect(found.perplexity.data[0]).toBeCloseTo(fixture.perplexity, 5)
  })

  it('has its slopes, which pass from code vectors to the encoder as if they were one', async () => {
    const slopes = grad((p: typeof drawn) => mean()(model.bound(p, x).objective))(parameters)
    const found = leavesOf<NDArray>(await evaluate(slopes))
    expect(found.map(({ path }) => path)).toEqual(Object.keys(fixture.slopes))
    for (const { path, leaf } of found) expectClose(leaf, fixture.slopes[path])
  })
})

describe('the bound of a VAE with a codebook', () => {
  it('is ln P(x) less what the other codes have of it, under codes that are equally likely', async () => {
    const every = Array.from({ length: 4 ** 3 }, (_, n) => [n % 4, Math.floor(n / 4) % 4, Math.floor(n / 16)])
    const all = tensor(every.flat(), [64, 3], 'i32') as Tensor<Shape, 'i32'> as Codes
    const pixels = fixture.x.data.slice(0, 6)
    const one = tensor(pixels, [1, 6]) as Tensor as Rows<6>
    const same = tensor(
      every.flatMap(() => pixels),
      [64, 6],
    ) as Tensor as Rows<6>
    const found = await evaluate({
      bound: model.bound(parameters, one),
      codes: model.encode(parameters)(one),
      logs: model
        .decode(parameters)(all)
        .logProb(same as Tensor<[number, 6]>),
    })
    const logs = Array.from(found.logs.data)
    const evidence = Math.log(logs.reduce((total, l) => total + Math.exp(l), 0) / 64)
    const [elbo, reconstruction, kl] = (['elbo', 'reconstruction', 'kl'] as const).map(
      name => found.bound[name].data[0],
    )
    const chosen = every.findIndex(codes => codes.join() === [...found.codes.data].join())
    expect(reconstruction).toBeCloseTo(logs[chosen], 5)
    expect(kl).toBeCloseTo(3 * Math.log(4), 5)
    expect(elbo).toBeCloseTo(logs[chosen] - 3 * Math.log(4), 5)
    expect(elbo).toBeLessThan(evidence)
  })

  it('begins with code vectors on ±1/K, and draws every code as often', async () => {
    const found = await evaluate({ book: drawn.codebook, codes: model.sampleCodes(4000, 2)(key(1)) })
    expect(found.book.data.every(value => Math.abs(value) <= 0.25)).toBe(true)
    expect(new Set(found.book.data).size).toBe(8)
    const counts = [0, 1, 2, 3].map(code => found.codes.data.filter(value => value === code).length)
    // Five standard deviations of a binomial distribution of 8,000 draws.
    counts.forEach(count => expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(8000 * 0.25 * 0.75)))
  })

  it('refuses what does not fit', () => {
    const parts = { encoder: mlp([6, 5, 6]), decoder: bernoulli(mlp([6, 5, 6])) }
    expect(() => vq({ ...parts, codes: 0, dimensions: 2 })).toThrow(
      new RangeError('vq: 0 codes of 2 dimensions: both are positive integers'),
    )
    const uneven = vq({ ...parts, codes: 2, dimensions: 4 })
    expect(() => uneven.bound(generate(key(0))(uneven.init), x)).toThrow(
      new ShapeError('vq: [5, 6]: code vectors of 4 dimensions do not divide 6'),
    )
  })
})
