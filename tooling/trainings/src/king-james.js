/**
 * A character model of a text, as docs/results.md has it: bits per character of the last tenth, which it does not see.
 *
 *     node tooling/trainings/src/king-james.js --data FILE
 */
import { readFileSync } from 'node:fs'
import { cli } from 'cleye'
import { add, mean, mul, open, run, spec } from '@elbo/tensor'
import { adam } from '@elbo/train'
import { characterModel, gru } from '@elbo/gru'
import { clock, training } from './training.js'

const { flags } = cli({
  name: 'king-james',
  flags: {
    data: { type: String, placeholder: 'FILE', description: 'A text in UTF-8' },
    steps: { type: Number, default: 2000, description: 'Steps of 64 sequences of 64 characters (2000)' },
    seed: { type: Number, default: 1, description: 'Of the parameters (1)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})
if (flags.data === undefined) throw new Error('--data FILE is needed: the text to learn.')

const [batch, length, hidden] = [64, 64, 256]
const text = readFileSync(flags.data, 'utf8')
const vocabulary = [...new Set(text)].sort()
const numbers = new Map(vocabulary.map((character, i) => [character, i]))
const encoded = Int32Array.from(text, character => numbers.get(character))
const heldOut = Math.floor(encoded.length / 10)

/** As many streams as a batch is wide, side by side; their pieces in order, so that states carry on from piece to piece. */
const pieces = part => {
  const stream = Math.floor((part.length - 1) / batch)
  const count = Math.floor(stream / length)
  const read = (piece, shift) => ({
    data: Int32Array.from({ length: length * batch }, (_, at) => {
      const [t, b] = [Math.floor(at / batch), at % batch]
      return part[b * stream + piece * length + t + shift]
    }),
    shape: [length, batch],
    dtype: 'i32',
  })
  return { count, at: piece => ({ characters: read(piece, 0), next: read(piece, 1) }) }
}
const train = pieces(encoded.subarray(0, encoded.length - heldOut))
const test = pieces(encoded.subarray(encoded.length - heldOut))

const model = characterModel(vocabulary.length, gru(64, hidden))
const specs = { characters: spec([length, batch], 'i32'), next: spec([length, batch], 'i32') }
const states = () => [
  { forward: { data: new Float32Array(batch * hidden), shape: [batch, hidden], dtype: 'f32' } },
]
const bitsOf = (parameters, text, carried) => {
  const { bits, states } = model.bits(parameters)(text, { states: carried })
  return [mean()(bits), states]
}
const { device, session, step } = await training({
  init: model.init,
  loss: (parameters, text, carried) => {
    const [bits, states] = bitsOf(parameters, text, carried)
    // In nats: the bound on slopes depends on the unit.
    return [mul(Math.LN2)(bits), states]
  },
  optimiser: adam({ learningRate: 2e-3 }),
  seed: flags.seed,
  batch: specs,
  carried: states(),
  clip: 1,
  threads: flags.threads,
})
const evaluation = await run(
  open(
    (state, { parameters, ...text }) => {
      const [bits, states] = bitsOf(parameters, text, state.states)
      return [{ states, total: add(bits)(state.total) }, {}]
    },
    {
      state: { states: states(), total: { data: new Float32Array(1), shape: [], dtype: 'f32' } },
      inputs: { parameters: (await run(session.state)).parameters, ...specs },
    },
  )(device),
)
/** The mean over the part that is not seen, read in as many streams, from the beginning. */
let evaluated = 0
const bitsPerCharacter = async () => {
  const { parameters } = await run(session.state)
  for (let piece = 0; piece < test.count; piece++)
    await run(evaluation.step({ parameters, ...test.at(piece) }))
  const total = (await run(evaluation.state)).total.data[0]
  const bits = (total - evaluated) / test.count
  evaluated = total
  return bits
}

console.log(`${encoded.length} characters of ${vocabulary.length} kinds`)
const time = clock()
for (let n = 1; n <= flags.steps; n++) {
  const bits = (await step(train.at((n - 1) % train.count))) / Math.LN2
  if ([100, 200, 500].includes(n) || n % 1000 === 0 || n === flags.steps) {
    const milliseconds = time()
    console.log(
      `step ${n}: ${bits.toFixed(3)} bits in training, ${(await bitsPerCharacter()).toFixed(4)} held out; ${(milliseconds / n).toFixed(1)} ms a step`,
    )
  }
}
await run(evaluation.dispose)
await run(session.dispose)
