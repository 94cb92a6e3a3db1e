import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { constant, evaluator, ndarray, reference, run } from '@elbo/tensor'
import { tensorsOf } from '../checkpoint/tree.js'
import { weightsHash } from '../checkpoint/hash.js'
import {
  accumulate,
  adam,
  adamW,
  average,
  chain,
  clipByGlobalNorm,
  clipByValue,
  descend,
  frozen,
  lion,
  masked,
  momentum,
  optimiserMonoid,
  plateau,
  scaleByAdagrad,
  scaleByLearningRate,
  scaleByRms,
  sgd,
  weightDecay,
  type Optimiser,
} from './index.js'
import { trajectory } from './trajectory.testing.js'

const initial = { weight: [1, -2, 3, -4, 5, -6], bias: [0.5, -0.25] }
const slopes = Array.from({ length: 4 }, (_, i) => ({
  weight: initial.weight.map(value => Math.sin(3 * value + i)),
  bias: initial.bias.map(value => 2 * Math.cos(value - i)),
}))
const isWeight = (path: string) => path === 'weight'

/** All bits of the states, their paths, and what is told, after each of some steps. */
const behaviour = async (optimiser: Optimiser): Promise<readonly string[]> =>
  (await trajectory(optimiser, initial, slopes, [4, 3, 5, 5])).map(({ state, told }) =>
    weightsHash({ state, told }),
  )

const paths = async (optimiser: Optimiser): Promise<readonly string[]> => {
  const [{ state }] = await trajectory(optimiser, initial, slopes.slice(0, 1))
  return [...tensorsOf(state.optimiser).keys()]
}

const single = fc.constantFrom(
  ...[adam(), momentum(), momentum({ nesterov: true }), scaleByRms({ centred: true }), scaleByAdagrad()],
  ...[
    weightDecay(0.1),
    clipByValue(0.5),
    clipByGlobalNorm(1),
    scaleByLearningRate(0.1),
    lion({ decay: 0.1 }),
  ],
  ...[
    average({ decay: 0.5 }),
    plateau({ every: 1, patience: 0 }),
    masked(isWeight)(adam()),
    frozen(isWeight),
  ],
  ...[accumulate(2)(chain(momentum(), plateau({ every: 1, patience: 0 }))), optimiserMonoid.empty],
)
/** Chains of up to three. */
const optimiser = fc.array(single, { maxLength: 3 }).map(list => chain(...list))

describe('optimisers form a monoid', () => {
  const { concat, empty } = optimiserMonoid

  it('whose operation is associative: values, names of the state and what is told', async () => {
    await fc.assert(
      fc.asyncProperty(optimiser, optimiser, optimiser, async (a, b, c) => {
        expect(await behaviour(concat(concat(a, b), c))).toEqual(await behaviour(concat(a, concat(b, c))))
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('whose empty element changes nothing on either side', async () => {
    await fc.assert(
      fc.asyncProperty(optimiser, async a => {
        const expected = await behaviour(a)
        expect(await behaviour(concat(empty, a))).toEqual(expected)
        expect(await behaviour(concat(a, empty))).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('that a mask respects', async () => {
    const mask = masked(isWeight)
    await fc.assert(
      fc.asyncProperty(optimiser, optimiser, async (a, b) => {
        expect(await behaviour(mask(concat(a, b)))).toEqual(await behaviour(concat(mask(a), mask(b))))
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('and do something: the order of two matters', async () => {
    const [clip, decay] = [clipByValue(0.5), weightDecay(1)]
    expect(await behaviour(concat(clip, decay))).not.toEqual(await behaviour(concat(decay, clip)))
  })
})

describe('the state', () => {
  const leaves = (slot: string) => [`${slot}.weight`, `${slot}.bias`]

  it.each<readonly [string, Optimiser, readonly string[]]>([
    ['of adam', adam(), [...leaves('adam.first'), ...leaves('adam.second')]],
    ['of adamW is that of adam', adamW(), [...leaves('adam.first'), ...leaves('adam.second')]],
    ['of plain descent is empty', sgd({ learningRate: 0.1 }), []],
    ['of momentum', sgd({ learningRate: 0.1, momentum: 0.9 }), leaves('momentum.velocity')],
    [
      'has the names of links, whatever stands between them, and a number for a second one',
      chain(momentum(), clipByValue(1), average(), momentum()),
      [...leaves('momentum.velocity'), ...leaves('average.parameters'), ...leaves('momentum2.velocity')],
    ],
    [
      'under a mask is that of the selected leaves, under the same names',
      masked(isWeight)(adam()),
      ['adam.first.weight', 'adam.second.weight'],
    ],
    [
      'of accumulated batches holds that of the optimiser within',
      accumulate(2)(lion()),
      [...leaves('accumulate.slope'), 'accumulate.loss', ...leaves('accumulate.inner.lion.mean')],
    ],
    [
      'of a plateau',
      plateau({ every: 3 }),
      ['best', 'worse', 'resting', 'scale', 'sum'].map(name => `plateau.${name}`),
    ],
    ['of adagrad', scaleByAdagrad(), leaves('adagrad.sum')],
    ['of rms, centred', scaleByRms({ centred: true }), [...leaves('rms.first'), ...leaves('rms.second')]],
  ])('%s', async (_, given, expected) => {
    expect(await paths(given)).toEqual(expected)
  })

  it('of another optimiser is refused by the name of what is missing', () => {
    const parameters = { a: { b: constant(ndarray([1, 2], [2])) } }
    const moment = { parameters, step: constant(ndarray([0], [], 'u32')), loss: constant(ndarray([0], [])) }
    expect(() => adam().update(parameters, momentum().init(parameters), moment)).toThrow(
      new TypeError('adam: the state has no first of a.b'),
    )
  })
})

describe('frozen leaves', () => {
  it('stay bit for bit, and the others move', async () => {
    const moved = await trajectory(chain(adamW(), frozen(isWeight)), initial, slopes)
    expect([...moved[3].state.parameters.weight.data]).toEqual(initial.weight)
    expect([...moved[3].state.parameters.bias.data]).not.toEqual(initial.bias)
  })
})

describe('gradient descent without state', () => {
  it('subtracts the slope times the rate', async () => {
    const evaluate = evaluator(run(reference()))
    const p = { a: constant(ndarray([1, 2], [2])) }
    const g = { a: constant(ndarray([4, -8], [2])) }
    expect([...(await evaluate(descend(0.5)(p, g))).a.data]).toEqual([-1, 6])
  })
})

describe('an option that is out of range', () => {
  it.each<readonly [string, () => unknown]>([
    ['adam: learningRate 0', () => adam({ learningRate: 0 })],
    ['adam: learningRate NaN', () => adam({ learningRate: NaN })],
    ['adam: beta1 1', () => adam({ beta1: 1 })],
    ['adam: beta2 -0.1', () => adamW({ beta2: -0.1 })],
    ['adam: epsilon -1', () => adam({ epsilon: -1 })],
    ['weightDecay: decay -1', () => adamW({ decay: -1 })],
    ['scaleByLearningRate: learningRate Infinity', () => sgd({ learningRate: Infinity })],
    ['momentum: decay 1', () => momentum({ decay: 1 })],
    ['scaleByRms: decay 2', () => scaleByRms({ decay: 2 })],
    ['scaleByRms: epsilon -1', () => scaleByRms({ epsilon: -1 })],
    ['scaleByAdagrad: initial -1', () => scaleByAdagrad({ initial: -1 })],
    ['scaleByLion: beta2 1', () => lion({ beta2: 1 })],
    ['clipByValue: bound 0', () => clipByValue(0)],
    ['clipByGlobalNorm: bound NaN', () => clipByGlobalNorm(NaN)],
    ['accumulate: batches 0', () => accumulate(0)],
    ['average: decay 1', () => average({ decay: 1 })],
    ['plateau: factor 1', () => plateau({ factor: 1, every: 1 })],
    ['plateau: every 0', () => plateau({ every: 0 })],
    ['plateau: patience 0.5', () => plateau({ patience: 0.5, every: 1 })],
  ])('is refused: %s', (message, wrong) => {
    expect(wrong).toThrow(new RangeError(`${message} is out of range`))
  })
})
