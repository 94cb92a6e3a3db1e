import { describe, expect, it } from '@jest/globals'
import {
  add,
  arange,
  cast,
  constant,
  cpu,
  div,
  evaluator,
  foldIn,
  generate,
  key,
  leavesOf,
  mul,
  ndarray,
  reference,
  reshape,
  run,
  scalar,
  scan,
  slice,
  sub,
  valueAndGradAux,
  withLeaves,
  type Key,
  type Tensor,
} from '@elbo/tensor'
import { warmUp } from '@elbo/elbo'
import { mlp, type Rows } from '@elbo/nn'
import { bernoulli } from '../likelihoods/bernoulli.js'
import { gaussian } from '../posteriors/gaussian.js'
import { standardNormal } from '../priors/standardNormal.js'
import { vae, type Vae } from '../vae.js'
import type { Gaussian } from '../posteriors/gaussian.js'
import type { OverCodes } from '../priors/prior.js'
import type { OverPixels } from '../likelihoods/likelihood.js'
import { elboLoss } from './elbo.js'
import { importanceLoss } from './importance.js'
import type { Objective } from './objective.js'
import { logShares, totalCorrelationLoss } from './totalCorrelation.js'
import { discrepancy, wassersteinLoss } from './wasserstein.js'

const inDoubles = evaluator(run(reference({ precision: 'f64' })))
const onCpu = evaluator(run(cpu({ threads: 1 })))

const model = vae({
  encoder: gaussian(mlp([3, 4, 2])),
  decoder: bernoulli(mlp([2, 4, 3])),
  prior: standardNormal(2),
})
type ModelParameters = Parameters<typeof model.encode>[0]

const rows = (values: readonly (readonly number[])[]): Rows<number> =>
  constant(ndarray(values.flat(), [values.length, values[0].length]))

const x = rows([
  [1, 0, 1],
  [0, 0, 1],
  [1, 1, 0],
  [0, 1, 0],
])

const drawn = generate(key(5))(model.init)
const leaves = leavesOf<Tensor<number[]>>(drawn)

/** The drawn parameters, one place of one leaf moved. */
const moved = (leaf: number, place: number, by: number): ModelParameters =>
  withLeaves(
    drawn,
    leaves.map(({ leaf: each }, i) => {
      if (i !== leaf) return each
      const size = each.shape.reduce((a, b) => a * b, 1)
      const direction = Array.from({ length: size }, (_, j) => (j === place ? 1 : 0))
      return add(mul(by)(constant(ndarray(direction, each.shape))))(each)
    }),
  ) as ModelParameters

const step = (at: number) => constant({ shape: [], dtype: 'u32', data: Uint32Array.of(at) }) as never

const known = model as unknown as Vae<
  ModelParameters,
  Gaussian<number>,
  OverPixels<number>,
  OverCodes<number>
>

interface Row {
  readonly objective: Objective<ModelParameters>
  /** Leaves whose slope is the value's own; the others have another estimator. */
  readonly differentiated: (path: string) => boolean
  readonly batch?: Rows<number>
}
const all = () => true
const table: Readonly<Record<string, Row>> = {
  elbo: { objective: elboLoss()(known), differentiated: all },
  'elbo, β = 4': { objective: elboLoss({ beta: 4 })(known), differentiated: all },
  'elbo, warming up': { objective: elboLoss({ schedule: warmUp({ steps: 8 }) })(known), differentiated: all },
  'elbo, free bits left': { objective: elboLoss({ freeBits: 0.01, draws: 2 })(known), differentiated: all },
  'elbo, free bits taken': { objective: elboLoss({ freeBits: 9 })(known), differentiated: all },
  iwae: {
    objective: importanceLoss({ draws: 3 })(known),
    differentiated: path => path.startsWith('decoder'),
  },
  'iwae, plainly': {
    objective: importanceLoss({ draws: 3, gradient: 'plain' })(known),
    differentiated: all,
  },
  'beta-tc, weighted': {
    objective: totalCorrelationLoss({ beta: 3, examples: 9 })(known),
    differentiated: all,
  },
  'beta-tc, stratified': {
    objective: totalCorrelationLoss({ beta: 3, examples: 9, estimator: 'stratified' })(known),
    differentiated: all,
  },
  // 1/(n(n − 1)) of two is a number of single precision, which folded constants are rounded to.
  'wae-mmd': {
    objective: wassersteinLoss({ weight: 5 })(known),
    differentiated: all,
    batch: rows([
      [1, 0, 1],
      [0, 0, 1],
    ]),
  },
}

describe.each(Object.entries(table))('%s', (_, { objective, differentiated, batch = x }) => {
  it('has the slope of its value', async () => {
    const [, , slope] = valueAndGradAux((p: ModelParameters) => objective(p, batch, key(3), step(2)))(drawn)
    const by = 3e-6
    // Two places of each leaf: its first and its last. All is computed in doubles; only what is off is read.
    const errors = leavesOf<Tensor<number[]>>(slope).flatMap(({ path, leaf: slopes }, leaf) => {
      const size = slopes.shape.reduce((a, b) => a * b, 1)
      if (!differentiated(path)) return []
      return [0, size - 1].map(place => {
        const [above, below] = [by, -by].map(d => objective(moved(leaf, place, d), batch, key(3), step(2))[0])
        const quotient = div(2 * by)(sub(below)(above))
        return sub(slice([place, place + 1])(reshape([-1])(slopes)))(quotient)
      })
    })
    expect(errors.length).toBeGreaterThanOrEqual(8)
    const found = await inDoubles(errors)
    for (const { data } of found) expect(Math.abs(data[0])).toBeLessThan(1e-8)
  })

  it('reports the bound and its terms', async () => {
    const [loss, metrics] = objective(drawn, batch, key(3), step(2))
    const found = await inDoubles({ loss, ...metrics })
    const [elbo, reconstruction, kl] = [found.elbo, found.reconstruction, found.kl].map(({ data }) => data[0])
    expect(elbo).toBeCloseTo(reconstruction - kl, 5)
    expect(kl).toBeGreaterThan(0)
  })
})

/** Scalars of an objective at the drawn parameters. */
const told = async (objective: Objective<ModelParameters>, seed = 3, at = 2) => {
  const [loss, metrics] = objective(drawn, x, key(seed), step(at))
  const found = await inDoubles({ loss, ...metrics })
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data[0]]))
}

describe('the loss', () => {
  it('is −ELBO with the divergence weighed, warmed up or let be', async () => {
    const plain = await told(elboLoss()(known))
    expect(plain['loss']).toBeCloseTo(-plain['elbo'], 6)
    const { reconstruction, kl } = plain
    expect((await told(elboLoss({ beta: 4 })(known)))['loss']).toBeCloseTo(4 * kl - reconstruction, 5)
    const warming = elboLoss({ beta: 2, schedule: warmUp({ steps: 8 }) })(known)
    expect(await told(warming)).toMatchObject({ beta: 0.5 })
    expect((await told(warming))['loss']).toBeCloseTo(0.5 * kl - reconstruction, 5)
    expect((await told(warming, 3, 80))['loss']).toBeCloseTo(2 * kl - reconstruction, 5)
    expect((await told(elboLoss({ freeBits: 9 })(known)))['loss']).toBeCloseTo(9 - reconstruction, 5)
  })

  it('is nearer to the evidence with more draws', async () => {
    const mean = async (draws: number) => {
      const bounds = await Promise.all(
        Array.from({ length: 30 }, (_, seed) => told(importanceLoss({ draws })(known), seed)),
      )
      return bounds.reduce((sum, { bound }) => sum + bound, 0) / bounds.length
    }
    expect(await mean(20)).toBeGreaterThan(await mean(1))
    expect(await told(importanceLoss({ draws: 1 })(known))).toMatchObject({ effectiveSampleSize: 1 })
  })

  it('has a doubly reparameterised slope, which is the plain one in the mean', async () => {
    const slopeOf = (gradient: 'plain' | 'doublyReparameterized', seed: Key) => {
      const objective = importanceLoss({ draws: 3, gradient })(known)
      const [, , slope] = valueAndGradAux((p: ModelParameters) => objective(p, x, seed, step(0)))(drawn)
      return slope.encoder[1].bias
    }
    const count = 400
    const [, differences] = scan<object, Tensor<[], 'i32'>, Tensor>((carry, n) => {
      const seed = foldIn(cast('u32')(n))(key(1))
      return [carry, sub(slopeOf('plain', seed))(slopeOf('doublyReparameterized', seed))]
    })({}, arange(count, 'i32'))
    const { data } = await onCpu(differences)
    for (const place of [0, 1, 2, 3]) {
      const column = Array.from({ length: count }, (_, n) => data[4 * n + place])
      const average = column.reduce((sum, d) => sum + d, 0) / count
      const error = Math.sqrt(column.reduce((sum, d) => sum + (d - average) ** 2, 0)) / count
      expect(error).toBeGreaterThan(0)
      expect(Math.abs(average)).toBeLessThan(4 * error)
    }
  })
})

describe('the decomposition of the divergence', () => {
  it('adds up to the sampled divergence, whatever the estimator', async () => {
    const { z, q, p } = await sampled()
    const divergence = q - p
    for (const estimator of ['weighted', 'stratified'] as const) {
      const parts = await told(totalCorrelationLoss({ beta: 1, examples: 9, estimator })(known))
      expect(parts['mutualInformation'] + parts['totalCorrelation'] + parts['dimensionKl']).toBeCloseTo(
        divergence,
        5,
      )
      // With β = 1 the loss is the sampled bound.
      expect(parts['loss']).toBeCloseTo(divergence - parts['reconstruction'], 5)
    }
    expect(z).toBe(4)
  })

  it('is exact where the batch is the whole set', async () => {
    // Then every member counts 1/N² of q(z), in place of 1/N.
    const weighted = await told(totalCorrelationLoss({ beta: 1, examples: 4 })(known))
    const { means, scales, codes, logQ } = await posteriors()
    const normal = (value: number, mean: number, scale: number) =>
      Math.exp(-0.5 * ((value - mean) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI))
    const whole = codes.map(z =>
      Math.log(
        means.reduce(
          (sum, mean, j) =>
            sum + (normal(z[0], mean[0], scales[j][0]) * normal(z[1], mean[1], scales[j][1])) / 4,
          0,
        ),
      ),
    )
    const parts = codes.map(z =>
      [0, 1].reduce(
        (sum, d) =>
          sum +
          Math.log(means.reduce((total, mean, j) => total + normal(z[d], mean[d], scales[j][d]) / 4, 0)),
        0,
      ),
    )
    const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const exact = {
      information: average(logQ) - average(whole),
      correlation: average(whole) - average(parts),
    }
    expect(weighted['mutualInformation']).toBeCloseTo(exact.information + Math.log(4), 5)
    expect(weighted['totalCorrelation']).toBeCloseTo(exact.correlation + Math.log(4), 5)
  })

  it('is unbiased for q(z) where it is stratified', async () => {
    const logs = await inDoubles(logShares(3, { beta: 1, examples: 4, estimator: 'stratified' }))
    const shares = Array.from(logs.data, Math.exp)
    const densities = [0.3, 1, 2.5, 0.01]
    const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    // The own example first; the other two of the batch in all orders.
    const others = [1, 2, 3].flatMap(a => [1, 2, 3].filter(b => b !== a).map(b => [0, a, b]))
    const estimates = others.map(batch =>
      batch.reduce((sum, example, j) => sum + shares[j] * densities[example], 0),
    )
    expect(average(estimates)).toBeCloseTo(average(densities), 6)
  })

  it('needs a batch of two, and no more than there are', () => {
    const objective = totalCorrelationLoss({ beta: 1, examples: 3 })(known)
    expect(() => objective(drawn, x, key(0), step(0))).toThrow(
      new RangeError('totalCorrelationLoss: a batch of 4 from 3 examples: it has from 2 to all of them'),
    )
  })
})

/** The posteriors, and the codes that an objective draws by key(3). */
const posteriors = async () => {
  const q = model.encode(drawn)(x as Rows<3>)
  const z = q.sample()(key(3))
  const found = await inDoubles({
    ...q.parameters.base.parameters,
    z,
    logQ: q.logProb(z),
    logP: model.prior(drawn)(4).logProb(z),
  })
  const pairs = (data: ArrayLike<number>) => [0, 1, 2, 3].map(i => [data[2 * i], data[2 * i + 1]])
  return {
    means: pairs(found.loc.data),
    scales: pairs(found.scale.data),
    codes: pairs(found.z.data),
    logQ: Array.from(found.logQ.data),
    logP: Array.from(found.logP.data),
  }
}

const sampled = async () => {
  const { codes, logQ, logP } = await posteriors()
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  return { z: codes.length, q: average(logQ), p: average(logP) }
}

describe('the discrepancy', () => {
  it('is its definition', async () => {
    const a = [
      [0, 1],
      [2, 0.5],
      [-1, 0.25],
    ]
    const b = [
      [0.5, 0],
      [1, 1],
      [-2, 2],
    ]
    const kernel = (one: readonly number[], other: readonly number[]) =>
      [0.1, 0.2, 0.5, 1, 2, 5, 10].reduce((sum, scale) => {
        const c = 4 * scale
        return sum + c / (c + (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)
      }, 0)
    const within = (set: readonly (readonly number[])[]) =>
      set.reduce(
        (sum, one, i) => set.reduce((more, other, j) => (i === j ? more : more + kernel(one, other)), sum),
        0,
      ) / 6
    const between = a.reduce((sum, one) => b.reduce((more, other) => more + kernel(one, other), sum), 0) / 9
    const found = await inDoubles(discrepancy(rows(a), rows(b)))
    expect(found.data[0]).toBeCloseTo(within(a) + within(b) - 2 * between, 6)
    const weighed = await told(wassersteinLoss({ weight: 5 })(known))
    expect(weighed['loss']).toBeCloseTo(5 * weighed['mmd'] - weighed['reconstruction'], 5)
    expect(() =>
      wassersteinLoss({ weight: 1 })(known)(drawn, rows([[1, 0, 1]]), key(0), scalar(0) as never),
    ).toThrow(new RangeError('wassersteinLoss: a batch of one has no pairs'))
  })
})
