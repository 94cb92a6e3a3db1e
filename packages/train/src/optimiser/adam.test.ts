import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ndarray, open, reference, run, type NDArray, type Step, type Tensor } from '@elbo/tensor'
import { evaluateOn } from '../loop/evaluateOn.js'
import { tensorsOf } from '../checkpoint/tree.js'
import { adam, type AdamOptions } from './adam.js'
import { descend, sgd } from './descend.js'
import { addTrees, type Optimiser, type OptimiserState } from './optimiser.js'

interface Flat {
  readonly weight: readonly number[]
  readonly bias: readonly number[]
}

interface Fixture {
  readonly initial: Flat
  readonly slopes: readonly Flat[]
  readonly runs: readonly {
    readonly options: Required<AdamOptions>
    readonly trajectory: readonly { readonly step: number; readonly parameters: Flat }[]
  }[]
}

const { initial, slopes, runs } = JSON.parse(
  readFileSync(new URL('../../fixtures/adam.json', import.meta.url), 'utf8'),
) as Fixture

const treeOf = ({ weight, bias }: Flat) => ({ weight: ndarray(weight, [3, 2]), bias: ndarray(bias, [2]) })

interface Parameters {
  readonly weight: Tensor<[3, 2], 'f32'>
  readonly bias: Tensor<[2], 'f32'>
}

interface State {
  readonly parameters: Parameters
  readonly optimiser: OptimiserState<Parameters>
}

/** The states after each of the given slopes. */
const trajectory = async (optimiser: Optimiser): Promise<readonly ReadonlyMap<string, NDArray>[]> => {
  const backend = await run(reference())
  const parameters = treeOf(initial)
  const specs = parameters as unknown as Parameters
  const state = { parameters, optimiser: await run(evaluateOn(backend)(optimiser.init(specs))) }
  const step = ({ parameters: p, optimiser: s }: State, slope: Parameters): readonly [State, object] => {
    const [change, next] = optimiser.update(slope, s, p)
    return [{ parameters: addTrees(p, change), optimiser: next }, {}]
  }
  const session = await run(
    pipe(
      backend,
      open(step as unknown as Step<typeof state, typeof parameters, object>, { state, inputs: parameters }),
    ),
  )
  const states: ReadonlyMap<string, NDArray>[] = []
  for (const slope of slopes) {
    await run(
      pipe(
        session.step(treeOf(slope)),
        TE.map(() => undefined),
      ),
    )
    states.push(tensorsOf(await run(session.state)))
  }
  return states
}

describe('adam', () => {
  it.each(runs)(
    'follows torch.optim.Adam for 100 steps with $options',
    async ({ options, trajectory: expected }) => {
      const states = await trajectory(adam(options))
      expect(expected).toHaveLength(11)
      for (const { step, parameters } of expected) {
        for (const name of ['weight', 'bias'] as const) {
          const found = states[step - 1].get(`parameters.${name}`) as NDArray
          parameters[name].forEach((value, i) => {
            // Rounding of the sums alone: a step is at most about the learning rate.
            expect(Math.abs(found.data[i] - value)).toBeLessThanOrEqual(
              4e-6 * options.learningRate * step + 4e-7 * Math.abs(value),
            )
          })
        }
        expect(states[step - 1].get('optimiser.step')?.data[0]).toBe(step)
      }
    },
  )

  it('keeps its state under paths that are part of the format', async () => {
    const [first] = await trajectory(adam())
    expect([...first.keys()]).toEqual([
      'parameters.weight',
      'parameters.bias',
      'optimiser.step',
      'optimiser.slots.first.weight',
      'optimiser.slots.first.bias',
      'optimiser.slots.second.weight',
      'optimiser.slots.second.bias',
    ])
  })

  it.each([{ learningRate: 0 }, { learningRate: NaN }, { beta1: 1 }, { beta2: -0.1 }, { epsilon: -1 }])(
    'refuses %p',
    options => {
      expect(() => adam(options)).toThrow(RangeError)
    },
  )
})

describe('gradient descent', () => {
  it('subtracts the slope times the rate', async () => {
    const states = await trajectory(sgd({ learningRate: 0.25 }))
    const expected = initial.bias.map((value, i) => Math.fround(value - 0.25 * slopes[0].bias[i]))
    expect([...(states[0].get('parameters.bias') as NDArray).data]).toEqual(expected)
  })

  it('is one function without state as well', async () => {
    const { evaluator, constant } = await import('@elbo/tensor')
    const evaluate = evaluator(run(reference()))
    const p = { a: constant(ndarray([1, 2], [2])) }
    const g = { a: constant(ndarray([4, -8], [2])) }
    expect([...(await evaluate(descend(0.5)(p, g))).a.data]).toEqual([-1, 6])
  })
})
