/**
 * Fashion-MNIST read row by row: the last state of a GRU tells the class, as docs/results.md has it.
 *
 *     node tooling/trainings/src/fashion-mnist.js --data /usr/share/datasets/fashion-mnist --seed 1
 */
import { cli } from 'cleye'
import { argmax, mean, open, run, spec, sum, cast, eq, transpose } from '@elbo/tensor'
import { batchesOfEpoch, fashionMnistFrom, gatherImages, gatherLabels } from '@elbo/datasets'
import { adam } from '@elbo/train'
import { gru, sequenceClassifier } from '@elbo/gru'
import { clock, training } from './training.js'

const { flags } = cli({
  name: 'fashion-mnist',
  flags: {
    data: { type: String, placeholder: 'FOLDER', description: 'The whole of Fashion-MNIST' },
    epochs: { type: Number, default: 5, description: 'Epochs (5)' },
    seed: { type: Number, default: 1, description: 'Of the parameters and the order (1)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})
if (flags.data === undefined) throw new Error('--data FOLDER is needed: the four files of Fashion-MNIST.')

const { train, test } = await run(fashionMnistFrom(flags.data))
const size = 128
const model = sequenceClassifier(gru(28, 128), 10)
/** Rows are the steps: [28, batch, 28]. */
const rows = transpose([1, 0, 2])
const specs = batch => ({ images: spec([batch, 28, 28]), labels: spec([batch], 'i32') })
const gathered = ({ images, labels }, indices) => ({
  images: gatherImages(indices)(images),
  labels: gatherLabels(indices)(labels),
})

const { device, session, step } = await training({
  init: model.init,
  loss: (parameters, { images, labels }) => mean()(model.crossEntropy(parameters)(rows(images), labels)),
  optimiser: adam({ learningRate: 1e-3 }),
  seed: flags.seed,
  batch: specs(size),
  threads: flags.threads,
})

const many = 1000
const evaluation = await run(
  open(
    (_, { parameters, images, labels }) => {
      const guess = argmax(-1)(model.apply(parameters)(rows(images)))
      return [{}, { right: sum()(cast('f32')(eq(labels)(guess))) }]
    },
    {
      state: {},
      inputs: { parameters: (await run(session.state)).parameters, ...specs(many) },
    },
  )(device),
)
const accuracy = async () => {
  const { parameters } = await run(session.state)
  let right = 0
  for (let from = 0; from < 10_000; from += many) {
    const indices = Array.from({ length: many }, (_, i) => from + i)
    right += (await run(evaluation.step({ parameters, ...gathered(test, indices) }))).right.data[0]
  }
  return right / 10_000
}

const time = clock()
for (let epoch = 0; epoch < flags.epochs; epoch++) {
  const plan = { key: [flags.seed, 0], count: train.labels.length, batchSize: size, dropLast: true }
  let loss = 0
  let batches = 0
  for (const { indices } of batchesOfEpoch(plan, { epoch, batch: 0 })) {
    loss += await step(gathered(train, indices))
    batches++
  }
  console.log(
    `epoch ${epoch + 1}: loss ${(loss / batches).toFixed(4)}, test accuracy ${(await accuracy()).toFixed(4)}; ${time()} ms`,
  )
}
await run(evaluation.dispose)
await run(session.dispose)
