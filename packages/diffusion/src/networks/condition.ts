import { pipe } from 'fp-ts/lib/function.js'
import { mul, ShapeError, silu, type Tensor } from '@elbo/tensor'
import {
  block,
  embedding,
  followedBy,
  linear,
  sequence,
  sinusoidal,
  type EmbeddingParameters,
  type Layer,
  type LinearParameters,
} from '@elbo/nn'
import { plus } from '../arithmetic.js'
import type { Condition, Noisy } from './network.js'

type Linear = LinearParameters<number, number>

/** `class` is there where the network has classes. */
export interface ConditionParameters {
  readonly time: readonly [Linear, Linear]
  readonly class?: EmbeddingParameters<number, number>
}

/** Sinusoids of a time in [0, 1] are those of a step out of so many. */
const stepsOfTime = 1000

type Times = Tensor<readonly [number], 'f32'>

/** `features` sinusoids of 1000·time, then two linear layers with SiLU between them (Ho et al. 2020, appendix B). */
const timeEmbedding = (
  features: number,
  width: number,
): Layer<ConditionParameters['time'], Times, Condition> => {
  const sinusoids = sinusoidal<number>(features)
  const { init, apply } = sequence(
    pipe(linear<number, number>(features, width), followedBy(silu<readonly [number, number]>)),
    linear<number, number>(width, width),
  )
  return {
    init,
    apply: parameters => {
      const layers = apply(parameters)
      return times => layers(sinusoids.apply({})(mul(stepsOfTime)(times)))
    },
  }
}

/**
 * What the blocks of a network are told, `width` numbers for each example: its time, and where there are classes an embedding of its class
 * added to that, the last of whose rows stands for a class that is not told (Ho and Salimans 2022, section 3.1). Through SiLU at the end.
 * Paths: `time.0.weight`, `time.0.bias`, `time.1.…`, `class.weight` [classes + 1, width].
 * @throws ShapeError, when it is used, for labels that are missing or that a network without classes is given.
 */
export const condition = (
  features: number,
  width: number,
  classes: number,
): Layer<ConditionParameters, Omit<Noisy<unknown>, 'z'>, Condition> => {
  const time = timeEmbedding(features, width)
  if (classes === 0)
    return block({ time }, parts => ({ times, labels }) => {
      if (labels !== undefined) throw new ShapeError('condition: labels for a network without classes')
      return silu(parts.time(times))
    })
  return block(
    { time, class: embedding<number, number>(classes + 1, width) },
    parts =>
      ({ times, labels }) => {
        if (labels === undefined)
          throw new ShapeError(`condition: no labels for a network with ${classes} classes`)
        return silu(plus(parts.time(times), parts.class(labels)) as Condition)
      },
  ) as Layer<ConditionParameters, Omit<Noisy<unknown>, 'z'>, Condition>
}
