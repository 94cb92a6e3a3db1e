/**
 * A diffusion model of points of the plane, and how far its bound is from their entropy.
 *
 *     node tooling/trainings/src/points-diffusion.js --data 8-gaussians --seed 1
 */
import { cli } from 'cleye'
import { cpu, run } from '@elbo/tensor'
import { ffjord, swissRoll, twoMoons } from '@elbo/datasets'
import { openEvaluation, trainDiffusion } from '@elbo/diffusion'
import { weightsHash } from '@elbo/train'
import { clock } from './training.js'

const densities = {
  '8-gaussians': ffjord.eightGaussians,
  checkerboard: ffjord.checkerboard,
  moons: twoMoons,
  'swiss-roll': swissRoll,
}

const { flags } = cli({
  name: 'points-diffusion',
  flags: {
    data: { type: String, default: '8-gaussians', description: Object.keys(densities).join(', ') },
    steps: { type: Number, default: 6000, description: 'Steps; the rate falls over these (6000)' },
    levels: { type: Number, default: 100, description: 'Levels of noise (100)' },
    schedule: { type: String, default: 'cosine', description: 'Of the noise (cosine)' },
    prediction: { type: String, default: 'v', description: 'What the network tells (v)' },
    features: { type: Number, default: 64, description: 'Random Fourier features of a point (64)' },
    batch: { type: Number, default: 512, description: 'Points in a step (512)' },
    scale: { type: Number, default: 2, description: 'What the model calls 1 (2)' },
    rate: { type: Number, default: 2e-3, description: 'Of Adam, at first (0.002)' },
    seed: { type: Number, default: 1, description: 'Of the parameters, the points and the noise (1)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})
const density = densities[flags.data]
if (density === undefined) throw new Error(`--data is one of ${Object.keys(densities).join(', ')}.`)

const data = { kind: 'points', name: flags.data, sample: density.sample }
const model = {
  architecture: {
    kind: 'points',
    ...{ inputs: 2, hidden: [256, 256, 256], timeFeatures: 64, pointFeatures: flags.features, classes: 0 },
  },
  schedule: flags.schedule,
  length: flags.levels,
  prediction: flags.prediction,
  scale: flags.scale,
}
const backend = cpu({ threads: flags.threads })
const training = trainDiffusion({
  ...{ data, model, backend, batchSize: flags.batch, stepsPerEpoch: 1000 },
  ...{ seed: flags.seed, steps: flags.steps, learningRate: flags.rate, decay: 'cosine' },
})

const time = clock()
for await (const event of training) {
  if (event._tag === 'Failed') throw new Error(event.error.message)
  if (event._tag !== 'Epoch') continue
  const { loss, boundNats } = event.test
  console.log(
    `step ${1000 * event.epoch}: loss ${loss.toFixed(4)}, bound ${boundNats.toFixed(4)} nats, ${(boundNats - density.entropy).toFixed(4)} above the entropy; ${time()} ms`,
  )
}

const { state } = training.latest()
const evaluation = await run(
  openEvaluation(data, model, state, { count: 65_536, draws: 16 })(await run(backend)),
)
const { boundNats, reconstruction, prior, steps } = await run(evaluation.evaluate(state))
console.log({
  boundNats,
  entropy: density.entropy,
  excess: boundNats - density.entropy,
  reconstruction,
  prior,
  steps,
})
console.log(weightsHash(state.parameters))
await run(evaluation.dispose)
