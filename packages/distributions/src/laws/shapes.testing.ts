import { expect } from '@jest/globals'
import { add, constant, ndarray, type Shape } from '@elbo/tensor'
import { inside } from '../distribution.js'
import { seed } from './draws.testing.js'
import { numbers } from './evaluate.testing.js'
import { data, lifted } from './fixtures.testing.js'
import { always, type Law } from './law.testing.js'

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)
const spreadBefore = (batch: Shape, shape: Shape): Shape => [...batch, ...shape.map(() => 1)]

export const shapesAreKept: Law = {
  applies: always,
  holds: async ({ build }, fixture) => {
    for (const batch of [[], [2], [3, 1]]) {
      const parameters = Object.fromEntries(
        Object.entries(lifted(fixture.parameters)).map(([name, x]) => [
          name,
          add(
            constant(
              ndarray(new Float32Array(batch.reduce((a, b) => a * b, 1)), spreadBefore(batch, x.shape)),
            ),
          )(x),
        ]),
      )
      const d = inside(build(parameters))
      const whole = [...batch, ...d.eventShape]
      expect(d.batchShape).toEqual(batch)
      for (const name of ['mean', 'variance', 'mode'] as const)
        if (d[name]) expect(d[name]().shape).toEqual(whole)
      if (d.entropy) expect(d.entropy().shape).toEqual(batch)
      if (d.enumerateSupport) expect(d.enumerateSupport().shape.slice(1)).toEqual(whole)
      for (const sample of [[], [4], [4, 2]]) {
        const x =
          d.sample?.(sample)(seed) ??
          data(new Array<number>(size([...sample, ...whole])).fill(0), [...sample, ...whole], d)
        expect(x.shape).toEqual([...sample, ...whole])
        expect(x.dtype).toBe(d.dtype)
        expect(d.logProb(x).shape).toEqual([...sample, ...batch])
        if (d.cdf) expect(d.cdf(x).shape).toEqual([...sample, ...batch])
        if (d.sample) await numbers(d.logProb(x))
      }
    }
  },
}
