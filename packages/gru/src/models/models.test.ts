import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  broadcastTo,
  constant,
  cpu,
  evaluate,
  generate,
  key,
  mapTree,
  mean,
  ndarray,
  normal,
  open,
  reshape,
  run,
  scalar,
  slice,
  spec,
  TaskError,
  type Arrays,
  type Gen,
  type NDArray,
  type Spec,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import { adam, evaluateOn, initialState, trainingStep } from '@elbo/train'
import { gru } from '../gru.js'
import { padded, type Sequence } from '../sequence.js'
import { characterModel, type Characters } from './characters.js'
import { sequenceClassifier } from './classifier.js'
import { forecaster, normalHead, studentTHead } from './forecaster.js'
import { characterSampler } from './sampler.js'
import { drawNext, samplingNumbers, type SamplingOptions } from './sampling.js'
import { sampleText } from './text.js'

const drawn = <P>(model: { readonly init: Gen<P> }, seed = 7): P => generate(key(seed))(model.init)

/** Parameters after so many steps of Adam on one batch, and the losses. */
const trained = async <P, B>(
  init: Gen<P>,
  loss: (parameters: P, batch: B) => Tensor<[]>,
  batch: Arrays<B>,
  steps: number,
  learningRate = 0.02,
): Promise<{ readonly parameters: Arrays<P>; readonly losses: readonly number[] }> => {
  const optimiser = adam({ learningRate })
  const device = await run(cpu({ threads: 1 }))
  const state = await run(evaluateOn(device)(initialState(optimiser)(1)(init)))
  const step = trainingStep<P, B, Record<never, never>>((p, given) => [loss(p, given), {}], optimiser)
  const specs = mapTree(({ shape, dtype }: NDArray): Spec => spec(shape, dtype))(batch)
  const session = await run(
    open(step as unknown as Step<typeof state, typeof batch, { loss: Tensor<[]> }>, {
      state,
      inputs: specs,
    })(device),
  )
  const losses: number[] = []
  for (let n = 0; n < steps; n++) losses.push((await run(session.step(batch as never))).loss.data[0])
  const { parameters } = (await run(session.state)) as unknown as { parameters: Arrays<P> }
  await run(session.dispose)
  return { parameters, losses }
}

const text = 'the cat sat on the mat. '.repeat(6)
const letters = [...new Set(text)].sort()
const vocabulary = {
  encode: (given: string): E.Either<string, Int32Array> => {
    const unknown = [...given].find(character => !letters.includes(character))
    return unknown === undefined
      ? E.right(Int32Array.from(given, character => letters.indexOf(character)))
      : E.left(`there is no "${unknown}"`)
  },
  decode: (numbers: ArrayLike<number>) => Array.from(numbers, number => letters[number]).join(''),
}

describe('a character model', () => {
  const model = characterModel(5, gru(3, 4))
  const p = drawn(model)
  const numbers = (values: readonly number[], steps: number): Characters =>
    constant(ndarray(values, [steps, values.length / steps], 'i32'))
  const characters = numbers([0, 3, 1, 4, 2, 2, 3, 0], 4)
  const next = numbers([1, 4, 2, 2, 3, 0, 4, 4], 4)

  it('measures the bits of what comes next', async () => {
    const { logits } = model.apply(p)(characters)
    const made = await evaluate({ logits, bits: model.bits(p)({ characters, next }).bits })
    const following = [1, 4, 2, 2, 3, 0, 4, 4]
    following.forEach((character, i) => {
      const row = [...made.logits.data.slice(5 * i, 5 * i + 5)]
      const share = Math.exp(row[character]) / row.reduce((total, value) => total + Math.exp(value), 0)
      expect(made.bits.data[i]).toBeCloseTo(-Math.log2(share), 5)
    })
  })

  it('goes on from its states, in pieces and step by step', async () => {
    const whole = model.apply(p)(characters)
    const half = (part: readonly [number, number]) => slice(part)(characters) as unknown as Characters
    const first = model.apply(p)(half([0, 2]))
    const second = model.apply(p)(half([2, 4]), { states: first.states })
    const stepped = model.step(p)(
      reshape([2])(slice([2, 3])(characters) as Tensor<readonly [number, number], 'i32'>),
      first.states,
    )
    const made = await evaluate({ whole: whole.logits, second: second.logits, stepped: stepped.logits })
    const expected = [...made.whole.data]
    made.second.data.forEach((value, i) => expect(value).toBeCloseTo(expected[20 + i], 5))
    made.stepped.data.forEach((value, i) => expect(value).toBeCloseTo(expected[20 + i], 5))
  })

  it('refuses what cannot be', () => {
    expect(() => characterModel(0, gru(3, 4))).toThrow(RangeError)
    expect(() => characterModel(5, gru(3, 4, { bidirectional: true }))).toThrow(RangeError)
  })
})

describe('a sampler of text', () => {
  const model = characterModel(letters.length, gru(8, 24))
  const encoded = E.getOrElse((): Int32Array => new Int32Array())(vocabulary.encode(text))
  const steps = encoded.length - 1
  const batch = {
    characters: ndarray(encoded.slice(0, -1), [steps, 1], 'i32'),
    next: ndarray(encoded.slice(1), [steps, 1], 'i32'),
  }
  const learned = trained(
    model.init,
    (p, given: { readonly characters: Characters; readonly next: Characters }) =>
      mean()(model.bits(p)(given).bits),
    batch as never,
    150,
  )
  const opened = async (threads = 1) =>
    run(pipe(cpu({ threads }), TE.chain(characterSampler(model, (await learned).parameters))))

  it('writes what it has learned', async () => {
    expect((await learned).losses.at(-1)).toBeLessThan(0.1)
    const sampler = await opened()
    const write = sampleText(sampler, vocabulary)
    const written = await run(write({ prompt: 'the cat sat', length: 37, seed: 1, temperature: 0 }))
    expect(written).toBe(' on the mat. the cat sat on the mat. ')
    // The prompt decides: the same letter goes on otherwise after another beginning.
    expect(await run(write({ prompt: 'the mat', length: 5, seed: 1, temperature: 0 }))).toBe('. the')
    await run(sampler.dispose)
  })

  it('writes the same from the same seed, whatever was written before and on any number of threads', async () => {
    const [sampler, other] = [await opened(1), await opened(2)]
    const request = { prompt: encoded.slice(0, 4), length: 60, seed: 5, temperature: 3 }
    const written = [
      await run(sampler.sample(request)),
      await run(sampler.sample(request)),
      await run(other.sample(request)),
    ]
    expect(written[1]).toEqual(written[0])
    expect(written[2]).toEqual(written[0])
    expect(await run(sampler.sample({ ...request, seed: 6 }))).not.toEqual(written[0])
    await run(sampler.dispose)
    await run(other.dispose)
  })

  it('says which character it does not know', async () => {
    const sampler = await opened()
    const result = await sampleText(sampler, vocabulary)({ prompt: 'thé', length: 1, seed: 1 })()
    expect(result).toEqual(E.left('there is no "é"'))
    expect(() => sampler.sample({ prompt: [letters.length], length: 1, seed: 1 })).toThrow(
      new RangeError(`sample: the prompt has ${letters.length} at 0; there are ${letters.length} characters`),
    )
    expect(() => sampler.sample({ prompt: [], length: 1, seed: 1 })).toThrow(RangeError)
    await run(sampler.dispose)
    await expect(run(sampler.sample({ prompt: [0], length: 1, seed: 1 }))).rejects.toThrow(TaskError)
  })
})

describe('draws of the next character', () => {
  const probabilities = [0.05, 0.4, 0.1, 0.25, 0.2]
  const count = 4000
  /** How often each character is drawn of 4,000. */
  const counts = async (options: SamplingOptions): Promise<readonly number[]> => {
    const { temperature, topK, nucleus } = samplingNumbers(options, 5)
    const logits = broadcastTo([count, 5])(constant(ndarray(probabilities.map(Math.log), [5]))) as Tensor
    const inputs = {
      temperature: scalar(temperature),
      topK: constant(ndarray([topK], [], 'i32')),
      nucleus: scalar(nucleus),
    }
    const { data } = await evaluate(drawNext(inputs)(logits as unknown as Rows<number>)(key(11)))
    return probabilities.map((_, i) => data.filter((value: number) => value === i).length)
  }
  const normalised = (weights: readonly number[]) => {
    const total = weights.reduce((a, b) => a + b, 0)
    return weights.map(weight => weight / total)
  }

  it.each<readonly [string, SamplingOptions, readonly number[]]>([
    ['all', {}, probabilities],
    ['temperature 2', { temperature: 2 }, probabilities.map(Math.sqrt)],
    ['temperature ½', { temperature: 0.5 }, probabilities.map(p => p * p)],
    ['the three likeliest', { topK: 3 }, [0, 0.4, 0, 0.25, 0.2]],
    ['more than there are', { topK: 9 }, probabilities],
    ['a nucleus of .5', { nucleus: 0.5 }, [0, 0.4, 0, 0.25, 0]],
    ['a nucleus of .7', { nucleus: 0.7 }, [0, 0.4, 0, 0.25, 0.2]],
    ['the least nucleus', { nucleus: 1e-6 }, [0, 1, 0, 0, 0]],
    ['a nucleus of two', { topK: 2, nucleus: 0.6 }, [0, 1, 0, 0, 0]],
    ['temperature 0', { temperature: 0 }, [0, 1, 0, 0, 0]],
  ])('are as often as they should be: %s', async (_, options, weights) => {
    const found = await counts(options)
    normalised(weights).forEach((share, i) => {
      // Four and a half standard deviations of a binomial count.
      expect(Math.abs(found[i] - share * count)).toBeLessThanOrEqual(
        4.5 * Math.sqrt(count * share * (1 - share)),
      )
    })
  })

  it.each([
    { temperature: -1 },
    { temperature: NaN },
    { topK: 0 },
    { topK: 1.5 },
    { nucleus: 0 },
    { nucleus: 1.1 },
  ])('refuse %p', options => {
    expect(() => samplingNumbers(options, 5)).toThrow(RangeError)
  })
})

describe('a classifier of sequences', () => {
  it('tells sequences of several lengths apart', async () => {
    // Does the first number come back at the end?
    const sequences = Array.from({ length: 24 }, (_, i) => {
      const first = i % 2 === 0 ? 1 : -1
      const last = i % 3 === 0 ? first : -first
      return ndarray([first, ...Array.from({ length: i % 4 }, () => 0), last], [2 + (i % 4), 1])
    })
    const { x, mask } = padded(sequences)
    const labels = ndarray(
      Int32Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
      [24],
      'i32',
    )
    const model = sequenceClassifier(gru(1, 8), 2)
    const { losses, parameters } = await trained(
      model.init,
      (p, given: { readonly x: Sequence<1>; readonly labels: Tensor<readonly [number], 'i32'> }) =>
        mean()(model.crossEntropy(p)(given.x, given.labels, { mask: constant(mask) })),
      { x, labels },
      200,
    )
    expect(losses[0]).toBeGreaterThan(0.5)
    expect(losses.at(-1)).toBeLessThan(0.05)
    const p = mapTree((value: NDArray) => constant(value))(parameters) as unknown as ReturnType<
      typeof drawn<typeof model extends { init: Gen<infer P> } ? P : never>
    >
    const logits = await evaluate(model.apply(p)(constant(x), { mask: constant(mask) }))
    const right = Array.from(
      labels.data,
      (label, i) => logits.data[2 * i + label] > logits.data[2 * i + 1 - label],
    )
    expect(right).not.toContain(false)
  })
})

describe('a forecaster', () => {
  /** x ← ρx + σε: the best forecast is Norm[ρx, σ²]. */
  const [rho, sigma, steps, batch] = [0.8, 0.5, 60, 32]
  const series = async (): Promise<NDArray<readonly [number, number, 1], 'f32'>> => {
    const noise = (await evaluate(normal([steps, batch])(key(2)))).data
    const data = new Float32Array(steps * batch)
    for (let t = 0; t < steps; t++)
      for (let b = 0; b < batch; b++)
        data[t * batch + b] = (t === 0 ? 0 : rho * data[(t - 1) * batch + b]) + sigma * noise[t * batch + b]
    return ndarray(data, [steps, batch, 1])
  }

  it('learns the distribution of the next value, and draws what follows', async () => {
    const model = forecaster(gru(1, 8), normalHead)
    const x = await series()
    const { parameters, losses } = await trained(
      model.init,
      (p, given: { readonly x: Sequence<1> }) => mean()(model.surprise(p)(given.x)),
      { x },
      200,
    )
    // The entropy of Norm[0, σ²].
    const best = 0.5 * Math.log(2 * Math.PI * Math.E * sigma ** 2)
    expect(Math.abs((losses.at(-1) as number) - best)).toBeLessThan(0.05)
    const p = mapTree((value: NDArray) => constant(value))(parameters) as unknown as ReturnType<
      typeof drawn<typeof model extends { init: Gen<infer P> } ? P : never>
    >
    const history = constant(x)
    const { data, shape } = await evaluate(model.sample(p)(history, { horizon: 3, paths: 400 })(key(4)))
    expect(shape).toEqual([3, 400, batch, 1])
    const at = (h: number, b: number) =>
      Array.from({ length: 400 }, (_, path) => data[(h * 400 + path) * batch + b])
    const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const spread = (values: readonly number[]) =>
      Math.sqrt(meanOf(values.map(value => (value - meanOf(values)) ** 2)))
    for (const b of [0, 5, 9]) {
      const last = x.data[(steps - 1) * batch + b]
      expect(Math.abs(meanOf(at(0, b)) - rho * last)).toBeLessThan(0.25)
      expect(Math.abs(meanOf(at(2, b)) - rho ** 3 * last)).toBeLessThan(0.35)
      expect(spread(at(0, b)) / sigma).toBeGreaterThan(0.75)
      expect(spread(at(0, b)) / sigma).toBeLessThan(1.25)
      // Variances add up along the path: σ²(1 + ρ² + ρ⁴).
      expect(spread(at(2, b))).toBeGreaterThan(1.1 * spread(at(0, b)))
    }
  })

  it('has heads of several numbers for several values', async () => {
    const model = forecaster(gru(2, 5), studentTHead)
    const p = drawn(model)
    const x = normal([4, 3, 2])(key(1)) as unknown as Sequence<2>
    const { next } = model.apply(p)(x)
    const made = await evaluate({
      surprise: model.surprise(p)(x),
      df: next.parameters.df,
      scale: next.parameters.scale,
    })
    expect(made.surprise.shape).toEqual([3, 3, 2])
    expect(made.df.shape).toEqual([4, 3, 2])
    expect([...made.df.data].every(df => df > 2)).toBe(true)
    expect([...made.scale.data].every(scale => scale > 0)).toBe(true)
    const drawnPaths = await evaluate(model.sample(p)(x, { horizon: 2, paths: 3 })(key(1)))
    expect(drawnPaths.shape).toEqual([2, 3, 3, 2])
    expect([...drawnPaths.data].every(Number.isFinite)).toBe(true)
  })

  it('refuses to see what it foretells', () => {
    expect(() => forecaster(gru(1, 2, { bidirectional: true }), normalHead)).toThrow(RangeError)
  })
})
