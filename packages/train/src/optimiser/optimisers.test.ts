import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { cosineDecay } from '../schedule/index.js'
import * as all from './index.js'
import type { Optimiser } from './index.js'
import { trajectory, type Flat, type Moved } from './trajectory.testing.js'

const {
  accumulate,
  adagrad,
  adam,
  adamW,
  average,
  averaged,
  chain,
  clipByGlobalNorm,
  clipByValue,
  frozen,
  lion,
  masked,
  momentum,
  plateau,
  rmsprop,
  scaleByAdagrad,
  scaleByAdam,
  scaleByLearningRate,
  scaleByLion,
  scaleByRms,
  sgd,
  weightDecay,
} = all

interface Fixture {
  readonly initial: Flat
  readonly slopes: Readonly<Record<'wide' | 'plain', readonly Flat[]>>
  readonly losses: readonly number[]
  readonly rows: Readonly<
    Record<
      string,
      {
        readonly slopes: 'wide' | 'plain'
        readonly trajectory: readonly { readonly step: number; readonly parameters: Flat }[]
      }
    >
  >
}

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/optimisers.json', import.meta.url), 'utf8'),
) as Fixture

interface Row {
  /** Of the fixture. */
  readonly row: string
  readonly optimiser: Optimiser
  /** The optimisers of the package that the row holds to it. */
  readonly covers: readonly string[]
  /** What stands in the fixture, where that is not the parameters. */
  readonly of?: (state: Moved['state']) => Moved['state']['parameters']
}

const isWeight = (path: string) => path === 'weight'
const isBias = (path: string) => path === 'bias'

const table: readonly Row[] = [
  { row: 'sgd', optimiser: sgd({ learningRate: 0.01 }), covers: ['sgd', 'scaleByLearningRate'] },
  {
    row: 'sgd with momentum',
    optimiser: sgd({ learningRate: 0.01, momentum: 0.9 }),
    covers: ['sgd', 'momentum'],
  },
  {
    row: "sgd with Nesterov's momentum",
    optimiser: sgd({ learningRate: 0.01, momentum: 0.8, nesterov: true }),
    covers: ['sgd', 'momentum'],
  },
  {
    row: 'sgd with an L2 penalty',
    optimiser: chain(weightDecay(0.1), momentum(), scaleByLearningRate(0.01)),
    covers: ['weightDecay', 'momentum', 'scaleByLearningRate', 'chain'],
  },
  { row: 'rmsprop', optimiser: rmsprop(), covers: ['rmsprop', 'scaleByRms'] },
  {
    row: 'rmsprop, centred, with momentum',
    optimiser: rmsprop({ decay: 0.9, epsilon: 1e-6, centred: true, momentum: 0.5 }),
    covers: ['rmsprop', 'scaleByRms'],
  },
  {
    row: 'rmsprop',
    optimiser: chain(scaleByRms(), scaleByLearningRate(0.01)),
    covers: ['scaleByRms'],
  },
  { row: 'adagrad', optimiser: adagrad({ learningRate: 0.1 }), covers: ['adagrad', 'scaleByAdagrad'] },
  {
    row: 'adagrad with an initial sum',
    optimiser: chain(scaleByAdagrad({ epsilon: 1e-3, initial: 0.1 }), scaleByLearningRate(0.1)),
    covers: ['scaleByAdagrad'],
  },
  { row: 'adam', optimiser: adam(), covers: ['adam'] },
  { row: 'adam', optimiser: chain(scaleByAdam(), scaleByLearningRate(1e-3)), covers: ['scaleByAdam'] },
  {
    row: 'adam with other constants',
    optimiser: adam({ learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
    covers: ['adam'],
  },
  {
    row: 'adam along a cosine',
    optimiser: adam({ learningRate: cosineDecay({ from: 0.01, to: 1e-4, steps: 120 }) }),
    covers: ['adam'],
  },
  { row: 'adamW', optimiser: adamW({ learningRate: 0.01, decay: 0.1 }), covers: ['adamW'] },
  {
    row: 'adamW that spares the bias',
    optimiser: adamW({ learningRate: 0.01, decay: 0.2, decays: isWeight }),
    covers: ['adamW', 'masked'],
  },
  { row: 'lion', optimiser: lion({ learningRate: 1e-3 }), covers: ['lion'] },
  {
    row: 'lion',
    optimiser: chain(scaleByLion(), scaleByLearningRate(1e-3)),
    covers: ['scaleByLion'],
  },
  {
    row: 'lion with decay',
    optimiser: lion({ learningRate: 0.01, beta1: 0.5, beta2: 0.8, decay: 0.1 }),
    covers: ['lion'],
  },
  {
    row: 'one rate for weights, another for the bias',
    optimiser: chain(
      masked(isWeight)(adam({ learningRate: 0.01 })),
      masked(isBias)(adam({ learningRate: 0.1 })),
    ),
    covers: ['masked'],
  },
  {
    row: 'frozen weights',
    optimiser: chain(adam({ learningRate: 0.01 }), frozen(isWeight)),
    covers: ['frozen'],
  },
  {
    row: 'clipped by value',
    optimiser: chain(clipByValue(0.3), sgd({ learningRate: 0.01, momentum: 0.9 })),
    covers: ['clipByValue'],
  },
  {
    row: 'clipped by global norm',
    optimiser: chain(clipByGlobalNorm(3), sgd({ learningRate: 0.01, momentum: 0.9 })),
    covers: ['clipByGlobalNorm'],
  },
  {
    row: 'accumulated over 4',
    optimiser: accumulate(4)(adam({ learningRate: 0.01 })),
    covers: ['accumulate'],
  },
  {
    row: 'average',
    optimiser: chain(sgd({ learningRate: 0.05 }), average({ decay: 0.9 })),
    covers: ['average', 'averaged'],
    of: ({ parameters, optimiser }) => averaged(parameters, optimiser),
  },
  {
    row: 'plateau',
    optimiser: chain(
      sgd({ learningRate: 0.01 }),
      plateau({ factor: 0.5, patience: 5, cooldown: 3, threshold: 1e-2, minimum: 0.02, every: 1 }),
    ),
    covers: ['plateau'],
  },
]

describe('optimisers against PyTorch', () => {
  /** Functions of the index that are no optimisers, and are tested elsewhere. */
  const others = ['addTrees', 'descend', 'ofLinks', 'optimiserMonoid']

  it('all have their rows, and all rows their optimiser', () => {
    const covered = new Set(table.flatMap(({ covers }) => covers))
    expect([...covered, ...others].toSorted()).toEqual(Object.keys(all).toSorted())
    expect(new Set(table.map(({ row }) => row))).toEqual(new Set(Object.keys(fixture.rows)))
  })

  it.each(table)('$covers: $row', async ({ row, optimiser, of = ({ parameters }) => parameters }) => {
    const { slopes, trajectory: expected } = fixture.rows[row]
    const moved = await trajectory(optimiser, fixture.initial, fixture.slopes[slopes], fixture.losses)
    expect(expected).toHaveLength(11)
    let worst = 0
    for (const { step, parameters } of expected) {
      const found = of(moved[step - 1].state)
      for (const name of ['weight', 'bias'] as const) {
        parameters[name].forEach((value, i) => {
          worst = Math.max(worst, Math.abs(found[name].data[i] / value - 1))
        })
      }
    }
    expect(worst).toBeLessThanOrEqual(1e-5)
  })
})
