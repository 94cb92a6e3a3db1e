/**
 * A class-conditional diffusion model of Fashion-MNIST: a U-Net that tells the noise, under the cosine schedule of 1,000 levels. Goes on where
 * its checkpoint stands.
 *
 *     node tooling/trainings/src/fashion-mnist-diffusion.js --data /usr/share/datasets/fashion-mnist --out out/unet --threads 2
 */
import { join } from 'node:path'
import { cli } from 'cleye'
import * as E from 'fp-ts/lib/Either.js'
import { cpu, run } from '@elbo/tensor'
import { fashionMnistFrom, imageSource } from '@elbo/datasets'
import { fashionMnistUNet, readDiffusion, trainDiffusion } from '@elbo/diffusion'
import { weightsHash } from '@elbo/train'
import { checkpointFile } from '@elbo/train/node'
import { clock } from './training.js'

const { flags } = cli({
  name: 'fashion-mnist-diffusion',
  flags: {
    data: { type: String, placeholder: 'FOLDER', description: 'The whole of Fashion-MNIST' },
    out: { type: String, placeholder: 'FOLDER', description: 'Keeps unet.safetensors there' },
    steps: { type: Number, default: 5700, description: 'Steps in all; the rate falls over these (5700)' },
    seed: { type: Number, default: 1, description: 'Of the parameters, the order and the noise (1)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})
const { data, out, steps, seed, threads } = flags
if (data === undefined) throw new Error('--data FOLDER is needed: the four files of Fashion-MNIST.')
if (out === undefined) throw new Error('--out FOLDER is needed: where the checkpoint is kept.')

const { train, test } = await run(fashionMnistFrom(data))
const labelled = ({ images, labels }) => ({ ...imageSource(images), labels })
const store = checkpointFile(join(out, 'unet.safetensors'))
const kept = await readDiffusion(store)()
if (E.isLeft(kept) && kept.left._tag !== 'MissingCheckpoint') throw new Error(kept.left.message)

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort())

const training = trainDiffusion({
  data: { kind: 'images', train: labelled(train), test: labelled(test) },
  model: {
    architecture: { kind: 'unet', ...fashionMnistUNet },
    schedule: 'cosine',
    length: 1000,
    prediction: 'epsilon',
    scale: 1,
  },
  backend: cpu({ threads }),
  ...{ seed, steps, learningRate: 1e-3, lastRate: 1e-4, decay: 'cosine', out: store, checkpointEvery: 100 },
  signal: stopped.signal,
  ...(E.isRight(kept) ? { resume: kept.right } : {}),
})

const time = clock()
let [total, count] = [0, 0]
for await (const event of training) {
  if (event._tag === 'Step') {
    total += event.metrics.loss
    count++
    if (count % 50 !== 0) continue
    const done = (event.epoch - 1) * event.stepsPerEpoch + event.step
    console.log(`step ${done}: loss ${(total / count).toFixed(4)}; ${time()} ms`)
    ;[total, count] = [0, 0]
  } else if (event._tag === 'Failed') throw new Error(event.error.message)
  else if (event._tag !== 'Epoch') console.log(event._tag, event.epoch, event.step)
}
console.log(weightsHash(training.latest().state.parameters))
