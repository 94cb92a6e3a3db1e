import { expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ffjord } from '@elbo/datasets'
import { cpu, run } from '@elbo/tensor'
import {
  denoisingOf,
  exactMixture,
  meanOf,
  openRoute,
  optimalDenoising,
  ringMixture,
  type DiffusionModel,
} from '../index.js'

const model: DiffusionModel = {
  architecture: {
    kind: 'points',
    inputs: 2,
    hidden: [8],
    timeFeatures: 8,
    pointFeatures: 0,
    classes: 0,
  },
  schedule: 'cosine',
  length: 400,
  prediction: 'v',
  scale: 2,
}
const ring = (scale: number) => ringMixture({ radius: 4 / 1.414 / scale, deviation: 0.5 / 1.414 / scale })
const { sample, entropy } = ffjord.eightGaussians
const data = { kind: 'points', name: 'ring', sample } as const

it('the bound of the best denoiser is close above the entropy, in the data’s own units', async () => {
  const denoising = optimalDenoising(denoisingOf(model), exactMixture(ring(model.scale)))
  const nats = await run(
    pipe(
      cpu({ threads: 1 }),
      TE.chain(
        openRoute({
          ...{ data, model, denoising, size: 2048 },
          route: { kind: 'bound', draws: 64 },
          form: {} as never,
        }),
      ),
      TE.chain(({ evaluate, dispose }) =>
        pipe(
          evaluate({} as never, 0),
          TE.chainFirst(() => dispose),
        ),
      ),
    ),
  )
  const { mean, standardError } = meanOf(nats)
  expect(standardError).toBeLessThan(0.1)
  // 400 levels leave a little to be had.
  expect(mean).toBeGreaterThan(entropy - 4 * standardError)
  expect(mean).toBeLessThan(entropy + 0.1 + 4 * standardError)
})
