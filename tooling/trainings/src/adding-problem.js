/**
 * The adding problem (Hochreiter and Schmidhuber 1997): of 200 numbers in [0, 1], two are marked, one in each half; their sum is to be told
 * at the end. Telling 1 always has a squared error of 1/6.
 *
 *     node tooling/trainings/src/adding-problem.js --seed 1
 */
import { cli } from 'cleye'
import { mean, open, reshape, run, spec, square, sub, threefry2x32 } from '@elbo/tensor'
import { followedBy, linear, sequence } from '@elbo/nn'
import { adam, chain, clipByGlobalNorm } from '@elbo/train'
import { gru } from '@elbo/gru'
import { clock, training } from './training.js'

const { flags } = cli({
  name: 'adding-problem',
  flags: {
    steps: { type: Number, default: 3000, description: 'Steps at most (3000)' },
    length: { type: Number, default: 200, description: 'Numbers in a sequence (200)' },
    seed: { type: Number, default: 1, description: 'Of the parameters and the sequences (1)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})
const { length } = flags
const [batch, hidden] = [64, 64]

/** Sequences number `n` of a stream: each is seen once. */
const drawn = (stream, n) => {
  const x = new Float32Array(length * batch * 2)
  const y = new Float32Array(batch)
  const uniform = at => threefry2x32([flags.seed, stream], [n, at])[0] / 2 ** 32
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) x[2 * (t * batch + b)] = uniform(b * (length + 2) + t)
    for (const half of [0, 1]) {
      const t = Math.floor(((half + uniform(b * (length + 2) + length + half)) * length) / 2)
      x[2 * (t * batch + b) + 1] = 1
      y[b] += x[2 * (t * batch + b)]
    }
  }
  return {
    x: { data: x, shape: [length, batch, 2], dtype: 'f32' },
    y: { data: y, shape: [batch], dtype: 'f32' },
  }
}

const model = sequence(followedBy(({ last }) => last)(gru(2, hidden)), linear(hidden, 1))
const specs = { x: spec([length, batch, 2]), y: spec([batch]) }
const error = (parameters, { x, y }) => mean()(square(sub(y)(reshape([batch])(model.apply(parameters)(x)))))

const { device, session, step } = await training({
  init: model.init,
  loss: error,
  optimiser: chain(clipByGlobalNorm(1), adam({ learningRate: 2e-3 })),
  seed: flags.seed,
  batch: specs,
  threads: flags.threads,
})
const evaluation = await run(
  open((_, { parameters, ...given }) => [{}, { error: error(parameters, given) }], {
    state: {},
    inputs: { parameters: (await run(session.state)).parameters, ...specs },
  })(device),
)
/** Over 640 sequences that no step has seen. */
const unseen = async () => {
  const { parameters } = await run(session.state)
  let total = 0
  for (let n = 0; n < 10; n++)
    total += (await run(evaluation.step({ parameters, ...drawn(1, n) }))).error.data[0]
  return total / 10
}

const time = clock()
let total = 0
for (let n = 1; n <= flags.steps; n++) {
  total += await step(drawn(0, n))
  if (n % 250 !== 0) continue
  const found = await unseen()
  console.log(
    `step ${n}: error ${(total / 250).toFixed(4)} in training, ${found.toFixed(5)} unseen; ${time()} ms`,
  )
  total = 0
  if (found < 0.005) break
}
await run(evaluation.dispose)
await run(session.dispose)
