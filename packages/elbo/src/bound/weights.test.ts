import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { add, grad, key, mean, scalar } from '@elbo/tensor'
import { condition } from '../interpret.js'
import {
  numbers,
  onCpu,
  ppca,
  ppcaData,
  ppcaGuide,
  ppcaModel,
  ppcaParameters,
  type PpcaParameters,
} from '../models.testing.js'
import { elbo } from './elbo.js'
import { cyclical, warmUp } from './weights.js'

const observed = pipe(ppcaModel(ppcaParameters), condition({ x: ppcaData }))

describe('weights', () => {
  const guide = ppcaGuide(ppcaParameters)

  it('weigh the terms of the objective and leave the bound alone', async () => {
    const bound = pipe(observed, elbo(guide, { weights: { z: 4, x: scalar(0.5) } }))(key(1))
    const parts = await onCpu(bound)
    parts.objective.data.forEach((value, i) =>
      expect(value).toBeCloseTo(0.5 * parts.reconstruction.data[i] - 4 * parts.kl.data[i], 4),
    )
    expect(parts.elbo).toEqual((await onCpu(pipe(observed, elbo(guide))(key(1)))).elbo)
  })

  it('free bits replace a mean divergence below them, gradient included', async () => {
    const average = ppca.kl.reduce((a, b) => a + b, 0) / 4
    for (const [bits, counted] of [
      [average * 1.1, average * 1.1],
      [average * 0.9, average],
    ]) {
      const bound = pipe(observed, elbo(guide, { freeBits: { z: bits } }))(key(1))
      const { objective, reconstruction } = await onCpu({
        objective: mean()(bound.objective),
        reconstruction: mean()(bound.reconstruction),
      })
      expect(reconstruction.data[0] - objective.data[0]).toBeCloseTo(counted, 4)
    }
    const inKl = (bits: number) =>
      grad((p: PpcaParameters) => {
        const bound = pipe(observed, elbo(ppcaGuide(p), { freeBits: { z: bits } }))(key(1))
        return pipe(mean()(bound.objective), add(mean()(bound.reconstruction)))
      })(ppcaParameters).logScale
    expect(await numbers(inKl(100))).not.toEqual(await numbers(inKl(0)))
  })

  it('warm up in a straight line, once or in cycles', async () => {
    const at = async (schedule: ReturnType<typeof warmUp>, steps: readonly number[]) =>
      (await Promise.all(steps.map(step => numbers(schedule(scalar(step)))))).flat()
    expect(await at(warmUp({ steps: 100 }), [0, 25, 100, 1000])).toEqual([0, 0.25, 1, 1])
    expect(await at(warmUp({ steps: 10, from: 1, to: 5 }), [0, 5, 20])).toEqual([1, 3, 5])
    expect(await at(cyclical({ period: 8 }), [0, 2, 4, 7, 8, 10])).toEqual([0, 0.5, 1, 1, 0, 0.5])
    expect(() => warmUp({ steps: 0 })).toThrow(new RangeError('warmUp: 0 steps: the number is positive'))
    expect(() => cyclical({ period: 4, share: 2 })).toThrow(RangeError)
  })
})
