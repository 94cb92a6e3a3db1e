import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  constant,
  cpu,
  evaluate,
  mapTree,
  mean,
  ndarray,
  run,
  threefry2x32,
  type NDArray,
} from '@elbo/tensor'
import { sequenceSource } from '@elbo/datasets'
import {
  adam,
  evaluateOn,
  missingCheckpoint,
  weightsHash,
  type CheckpointStore,
  type TrainingEvent,
} from '@elbo/train'
import { characterGru, type CharacterGruParameters } from './architecture.js'
import { characterState, readCharacters } from './checkpoint.js'
import { openCharacterEvaluation } from './evaluation.js'
import { trainCharacters, type TrainCharactersOptions } from './trainCharacters.js'

const characters = ['a', 'b', 'c']

/** After an `a` comes `b` or `c`, each half of the time; after these an `a`: half a bit per character. */
const text = (length: number, seed: number): Int32Array =>
  Int32Array.from({ length }, (_, i) => (i % 2 === 0 ? 0 : 1 + (threefry2x32([seed, 0], [i, 0])[0] % 2)))

const corpus = {
  characters,
  train: sequenceSource(8)(text(2_000, 1)),
  test: sequenceSource(8)(text(2_000, 2)),
}

const options: TrainCharactersOptions = {
  corpus,
  seed: 3,
  steps: 25,
  stepsPerEpoch: 10,
  batchSize: 7,
  architecture: { embedding: 3, hidden: 5, layers: 2 },
  learningRate: 0.02,
  backend: cpu({ threads: 1 }),
}

/** The text as so many long sequences, each read in one piece. */
const wholeStreams = (encoded: Int32Array, streams: number, steps: number) => {
  const read = (shift: number) =>
    constant(
      ndarray(
        Int32Array.from({ length: steps * streams }, (_, at) => {
          const [t, stream] = [Math.floor(at / streams), at % streams]
          return encoded[stream * steps + t + shift]
        }),
        [steps, streams],
        'i32',
      ),
    )
  return { characters: read(0), next: read(1) }
}

const kept = (): CheckpointStore => {
  const all: Uint8Array[] = []
  return {
    path: 'memory',
    write: bytes => TE.fromIO(() => void all.push(bytes)),
    read: () => Promise.resolve(E.fromNullable(missingCheckpoint('memory'))(all.at(-1))),
  }
}

const carriedOut = async (changes: Partial<TrainCharactersOptions> = {}) => {
  const training = trainCharacters({ ...options, ...changes })
  const events: TrainingEvent[] = []
  for await (const event of training) events.push(event)
  const latest = training.latest()
  return { events, state: latest && weightsHash(latest.state), latest }
}

const testsOf = (events: readonly TrainingEvent[]) =>
  events.flatMap(event => (event._tag === 'Epoch' ? [event.test] : []))

describe('trainCharacters', () => {
  it('comes near to the entropy of a source that is known, and not below it', async () => {
    const { events } = await carriedOut({ steps: 300, stepsPerEpoch: 100 })
    const [{ loss, bitsPerCharacter }] = testsOf(events).slice(-1)
    expect(bitsPerCharacter).toBeGreaterThan(0.49)
    expect(bitsPerCharacter).toBeLessThan(0.53)
    expect(loss).toBeCloseTo(bitsPerCharacter * Math.LN2, 12)
  })

  it('begins at the surprise of a model that knows nothing, and reports each step in bits and in nats', async () => {
    const { events } = await carriedOut({ steps: 2 })
    const steps = events.flatMap(event => (event._tag === 'Step' ? [event] : []))
    expect(steps).toHaveLength(2)
    for (const { metrics, learningRate } of steps) {
      expect(metrics['bitsPerCharacter']).toBeGreaterThan(1)
      expect(metrics['bitsPerCharacter']).toBeLessThan(2.5)
      expect(metrics['loss']).toBeCloseTo(metrics['bitsPerCharacter'] * Math.LN2, 6)
      expect(learningRate).toBe(Math.fround(0.02))
    }
  })

  it('reads on from the states that the step before left, until the text begins anew', async () => {
    // At a rate of nothing, the steps of one pass are the pieces of one long sequence.
    const { events, latest } = await carriedOut({ learningRate: 1e-30, steps: 36, stepsPerEpoch: 36 })
    const told = events.flatMap(event => (event._tag === 'Step' ? [event.metrics['bitsPerCharacter']] : []))
    const model = characterGru({ characters, embedding: 3, hidden: 5, layers: 2 })
    const parameters = mapTree((leaf: NDArray) => constant(leaf))(
      latest?.state.parameters,
    ) as unknown as CharacterGruParameters
    // 249 sequences in 7 streams: 35 each.
    const [streams, steps] = [7, 35 * 8]
    const sequences = wholeStreams(corpus.train.encoded, streams, steps)
    const { bits } = model.bits(parameters)(sequences)
    const each = (await evaluate(mean(1)(bits))).data
    told.slice(0, 35).forEach((value, piece) => {
      const [from, to] = [8 * piece, 8 * (piece + 1)]
      expect(value).toBeCloseTo(each.slice(from, to).reduce((sum, one) => sum + one, 0) / 8, 5)
    })
    expect(told[35]).toBe(told[0])
  })

  it('is the same on one thread and on two, and without the optimiser of programs', async () => {
    const { state } = await carriedOut()
    expect((await carriedOut({ backend: cpu({ threads: 2 }) })).state).toBe(state)
    expect((await carriedOut({ passes: [] })).state).toBe(state)
    expect((await carriedOut({ seed: 4 })).state).not.toBe(state)
  })

  it('goes on bit for bit wherever it was stopped', async () => {
    const whole = await carriedOut()
    for (const after of [1, 10, 17]) {
      const [out, stop] = [kept(), new AbortController()]
      const begun = trainCharacters({ ...options, out, signal: stop.signal })
      let steps = 0
      for await (const event of begun) if (event._tag === 'Step' && ++steps === after) stop.abort()
      const resume = await run(readCharacters(out))
      expect(resume.state.step.data[0]).toBe(after)
      const { state, events } = await carriedOut({ resume })
      expect(state).toBe(whole.state)
      expect(testsOf(events)).toEqual(testsOf(whole.events).slice(after > 10 ? 1 : 0))
    }
  })

  it.each<[string, Partial<TrainCharactersOptions>, string]>([
    ['seed', { seed: 4 }, 'a run with seed 3, not 4'],
    ['streams', { batchSize: 8 }, 'a run with batch size 7, not 8'],
    ['widths', { architecture: { embedding: 3, hidden: 6, layers: 2 } }, 'architecture [3,5,2], not [3,6,2]'],
    ['epochs', { stepsPerEpoch: 5 }, 'steps per epoch 10, not 5'],
    ['clipping', { clip: null }, 'gradient clipping at 1, not off'],
    ['rate', { decay: 'cosine' }, 'learning rate 0.02, not 0.02, falling by a cosine until step 25'],
    [
      'text',
      { corpus: { ...corpus, train: sequenceSource(8)(text(2_000, 9)) } },
      'a run with text 2000 characters',
    ],
    [
      'sequences',
      { corpus: { ...corpus, train: sequenceSource(9)(text(2_000, 1)) } },
      'sequence length 8, not 9',
    ],
  ])('does not go on with other settings: %s', async (_, changes, message) => {
    const out = kept()
    await carriedOut({ out, steps: 1 })
    const resume = await run(readCharacters(out))
    const { events } = await carriedOut({ ...changes, resume })
    expect(events).toMatchObject([{ _tag: 'Failed', error: { message: expect.stringContaining(message) } }])
  })

  it.each<[string, Partial<TrainCharactersOptions>, string]>([
    ['no steps', { steps: 0 }, 'steps is 0, not a positive integer'],
    ['half an epoch', { stepsPerEpoch: 0.5 }, 'stepsPerEpoch is 0.5'],
    ['more streams than sequences', { batchSize: 250 }, '250 streams cannot be made of 249 sequences'],
    ['a warm-up without an end', { warmUp: 25, decay: 'linear' }, 'a warm-up of 25 steps leaves none of 25'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => trainCharacters({ ...options, ...changes })).toThrow(message)
  })
})

describe('readCharacters', () => {
  it('names what a checkpoint of another kind lacks', async () => {
    const out = kept()
    await carriedOut({ out, steps: 1 })
    const bytes = await run(out.read)
    const broken = new TextDecoder('latin1')
      .decode(bytes)
      .replace('\\"model\\":\\"gru\\"', '\\"model\\":\\"gnu\\"')
    const store = { ...out, read: TE.right(Uint8Array.from(broken, sign => sign.charCodeAt(0))) }
    expect(await readCharacters(store)()).toMatchObject(
      E.left({ _tag: 'BadMetadata', message: expect.stringContaining('model is "gnu"') }),
    )
  })
})

describe('openCharacterEvaluation', () => {
  it('is the mean surprise of all sequences that fill the streams, each stream read as a whole', async () => {
    const architecture = { characters, embedding: 3, hidden: 5, layers: 2 }
    const model = characterGru(architecture)
    const state = characterState(architecture, 1, adam(), 1)
    // 249 sequences in 64 streams: 3 each.
    const [streams, steps] = [64, 24]
    const sequences = wholeStreams(corpus.test.encoded, streams, steps)
    const expected = (await evaluate(mean()(model.bits(state.parameters)(sequences).bits))).data[0]
    const found = await run(
      pipe(
        cpu({ threads: 1 }),
        TE.bindTo('device'),
        TE.bind('weights', ({ device }) => evaluateOn(device)(state)),
        TE.bind('evaluation', ({ device }) => openCharacterEvaluation(architecture, corpus.test)(device)),
        TE.chain(({ weights, evaluation }) =>
          pipe(
            evaluation.evaluate(weights),
            TE.apFirst(evaluation.evaluate(weights)),
            TE.chainFirst(() => evaluation.dispose),
          ),
        ),
      ),
    )
    expect(found['bitsPerCharacter']).toBeCloseTo(expected, 5)
  })
})
