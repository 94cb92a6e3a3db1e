import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  broadcastTo,
  constant,
  evaluator,
  foldIn,
  fromNested,
  generate,
  key,
  leavesOf,
  log,
  mean,
  mul,
  neg,
  normal,
  reference,
  run,
  sub,
  toNested,
  valueAndGrad,
  type NDArray,
  type Nested,
  type Spec,
  type Tensor,
} from '@elbo/tensor'
import { kl } from '@elbo/distributions'
import { logJoint, sample } from '@elbo/elbo'
import { layerOf, mlp, type Rows } from '@elbo/nn'
import { bernoulli } from './likelihoods/bernoulli.js'
import { gaussian, type Gaussian } from './posteriors/gaussian.js'
import { standardNormal } from './priors/standardNormal.js'
import { vae } from './vae.js'

const model = vae({
  encoder: gaussian(mlp([6, 5, 2])),
  decoder: bernoulli(mlp([2, 5, 6])),
  prior: standardNormal(2),
})
type ModelParameters = Parameters<typeof model.encode>[0]

type NestedTree = Nested | { readonly [name: string]: NestedTree } | readonly NestedTree[]
type NestedParameters = Readonly<Record<'encoder' | 'decoder', NestedTree>>
interface Fixture {
  readonly parameters: NestedParameters
  readonly slope: NestedParameters
  readonly x: Nested
  readonly noise: Nested
  readonly mean: Nested
  readonly logVariance: Nested
  readonly logits: Nested
  readonly reconstruction: readonly number[]
  readonly kl: readonly number[]
  readonly extreme: { readonly logits: Nested; readonly pixels: Nested; readonly logProb: Nested }
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/elbo.json', import.meta.url), 'utf8')) as Fixture

/** Nested arrays below `weight` and `bias` as tensors. */
const lifted = (tree: NestedTree): unknown =>
  Array.isArray(tree)
    ? tree.map(lifted)
    : Object.fromEntries(
        Object.entries(tree).map(([name, part]: [string, NestedTree]) => [
          name,
          name === 'weight' || name === 'bias' ? constant(fromNested(part as Nested)) : lifted(part),
        ]),
      )
const rows = <N extends number>(value: Nested): Rows<N> =>
  constant(fromNested(value) as NDArray<readonly [number, N], 'f32'>)

const evaluate = evaluator(run(reference()))
const parameters = lifted(fixture.parameters) as ModelParameters
const x = rows<6>(fixture.x)

/** μ + σ·ε. */
const reparameterisedBy = ({ parameters: { base } }: Gaussian<2>, noise: Rows<2>): Rows<2> =>
  pipe(noise, mul(base.parameters.scale), add(base.parameters.loc))

const klOf = (p: ModelParameters) => kl(model.encode(p)(x), model.prior(p)(3)).value

const close = (found: NDArray, expected: Nested): void => {
  const wanted = fromNested(expected)
  expect(found.shape).toEqual(wanted.shape)
  wanted.data.forEach((value, i) => {
    expect(Math.abs(found.data[i] - value)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)))
  })
}

describe('a VAE against torch.distributions', () => {
  it('encodes to the mean and the log-variance', async () => {
    const q = model.encode(parameters)(x)
    const found = await evaluate({ mean: q.mean(), logVariance: log(q.variance()) })
    close(found.mean, fixture.mean)
    close(found.logVariance, fixture.logVariance)
  })

  it('has the divergence, the likelihood and the gradient of the bound', async () => {
    const noise = rows<2>(fixture.noise)
    const loss = (p: ModelParameters) => {
      const q = model.encode(p)(x)
      // The reparameterisation with the noise of the fixture.
      const z = reparameterisedBy(q, noise)
      return neg(mean()(sub(klOf(p))(model.decode(p)(z).logProb(x))))
    }
    const q = model.encode(parameters)(x)
    const decoded = model.decode(parameters)(reparameterisedBy(q, noise))
    const [value, slope] = valueAndGrad(loss)(parameters)
    const found = await evaluate({
      logits: decoded.parameters.base.parameters.logits,
      reconstruction: decoded.logProb(x),
      kl: klOf(parameters),
      value,
      slope,
    })
    close(found.logits, fixture.logits)
    close(found.reconstruction, fixture.reconstruction)
    close(found.kl, fixture.kl)
    const terms = fixture.reconstruction.map((r, i) => r - fixture.kl[i])
    close(found.value, -(terms.reduce((a, b) => a + b, 0) / terms.length))
    const slopes = leavesOf<NDArray>(found.slope)
    const expected = new Map(leavesOf<Tensor>(lifted(fixture.slope)).map(({ path, leaf }) => [path, leaf]))
    expect(slopes).toHaveLength(8)
    for (const { path, leaf } of slopes) close(leaf, toNested(await evaluate(expected.get(path) as Tensor)))
  })

  it('has a likelihood that stays right for extreme logits', async () => {
    const pixels = fixture.extreme.pixels as number[][]
    const logits = fixture.extreme.logits as number[][]
    const expected = (fixture.extreme.logProb as number[][]).flat()
    const column = (values: number[][]) => rows<1>(values.flat().map(value => [value]))
    const found = await evaluate(
      bernoulli(layerOf((given: Rows<1>) => given))
        .apply({})(column(logits))
        .logProb(column(pixels)),
    )
    expected.forEach((value, i) => {
      // x·l and ln(1 + eˡ) are each rounded to single precision.
      expect(Math.abs(found.data[i] - value)).toBeLessThanOrEqual(
        2 ** -23 * Math.abs(logits.flat()[i]) + 1e-7,
      )
    })
  })
})

describe('the bound', () => {
  it('is what its key draws, for each example', async () => {
    const { elbo, reconstruction, kl: divergence } = model.bound(parameters, x)(key(7))
    const q = model.encode(parameters)(x)
    // The bound's first draw, of the guide's first site.
    const z = reparameterisedBy(q, normal([3, 2])(foldIn(0)(foldIn(0)(key(7)))))
    const again = model.decode(parameters)(z).logProb(x)
    const found = await evaluate({ elbo, reconstruction, kl: divergence, again })
    expect(found.reconstruction).toEqual(found.again)
    close(found.kl, fixture.kl)
    expect([...found.elbo.data]).toEqual(
      Array.from(found.reconstruction.data, (r, i) => Math.fround(r - found.kl.data[i])),
    )
  })

  // With one latent dimension the integrals of the seed's derivation can be done by quadrature.
  it('is ln P(x) − KL[q(z | x) ‖ P(z | x)]', async () => {
    const small = vae({
      encoder: gaussian(mlp([4, 3, 1])),
      decoder: bernoulli(mlp([1, 3, 4])),
      prior: standardNormal(1),
    })
    const count = 20_000
    const pixels = [1, 0, 1, 1]
    const p = generate(key(12))(small.init)
    const points = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 100)
    const grid = rows<1>(points.map(z => [z]))
    const one = rows<4>([pixels])
    const same = broadcastTo([count, 4])(one) as Rows<4>
    const likelihood = small
      .decode(p)(grid)
      .logProb(broadcastTo([points.length, 4])(one))
    const q = small.encode(p)(one)
    const found = await evaluate({
      mean: q.mean(),
      logVariance: log(q.variance()),
      likelihood,
      elbo: small.bound(p, same)(key(3)).elbo,
    })
    const [mu, logVariance] = [found.mean.data[0], found.logVariance.data[0]]

    const integral = (f: (z: number, i: number) => number) =>
      points.reduce((sum, z, i) => sum + f(z, i) / 100, 0)
    const logNormal = (z: number, m: number, l: number) =>
      -0.5 * (Math.log(2 * Math.PI) + l + (z - m) ** 2 / Math.exp(l))
    const joint = (z: number, i: number) => found.likelihood.data[i] + logNormal(z, 0, 0)
    const evidence = Math.log(integral((z, i) => Math.exp(joint(z, i))))
    const density = (z: number) => Math.exp(logNormal(z, mu, logVariance))
    const divergence = integral(
      (z, i) => density(z) * (logNormal(z, mu, logVariance) - (joint(z, i) - evidence)),
    )

    const draws = Array.from(found.elbo.data)
    const average = draws.reduce((a, b) => a + b, 0) / count
    const error = Math.sqrt(draws.reduce((a, b) => a + (b - average) ** 2, 0) / count / count)
    expect(divergence).toBeGreaterThan(0.001)
    expect(Math.abs(average - (evidence - divergence))).toBeLessThan(5 * error + 1e-5)
  })
})

describe('the model', () => {
  it('names its parameters in the format of checkpoints', () => {
    const paths = leavesOf<Spec>(generate(key(0))(model.init)).map(
      ({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`,
    )
    expect(paths).toEqual([
      'encoder.0.weight [6, 5]',
      'encoder.0.bias [5]',
      'encoder.1.weight [5, 4]',
      'encoder.1.bias [4]',
      'decoder.0.weight [2, 5]',
      'decoder.0.bias [5]',
      'decoder.1.weight [5, 6]',
      'decoder.1.bias [6]',
    ])
  })

  it('draws pixels by way of the prior, site by site', async () => {
    const drawn = sample(model.model(parameters, 5))(key(2))
    const joint = logJoint({ z: drawn.values.z, x: drawn.values.x })(model.model(parameters, 5))
    const found = await evaluate({
      ...drawn.values,
      logs: joint.sites,
      logPrior: model.prior(parameters)(5).logProb(drawn.values.z),
      logLikelihood: model.decode(parameters)(drawn.values.z).logProb(drawn.values.x),
    })
    expect(found.z.shape).toEqual([5, 2])
    expect(found.x.data.every((pixel: number) => pixel === 0 || pixel === 1)).toBe(true)
    expect(found.logs.z).toEqual(found.logPrior)
    expect(found.logs.x).toEqual(found.logLikelihood)
  })

  it('does not compile with parts that do not fit', () => {
    const misfit = vae({
      encoder: gaussian(mlp([6, 5, 2])),
      // @ts-expect-error: the encoder gives 2 dimensions, the decoder takes 3.
      decoder: bernoulli(mlp([3, 5, 6])),
      prior: standardNormal(2),
    })
    expect(() => misfit.bound(generate(key(0))(misfit.init), x)(key(0))).toThrow(
      'matmul: [3, 2] x [3, 5]: inner dimensions 2 and 3 differ',
    )
  })
})
