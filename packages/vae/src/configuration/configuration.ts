import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { reasonOf } from '@elbo/train'
import type { ImageModel } from '../image-model.js'
import { count, oneOf, oneOfKinds, positive, positiveInteger, settings, type Codec } from './codec.js'
import { likelihoods, type LikelihoodSettings } from './likelihoods.js'
import { modelKind, models, type ModelSettings } from './models.js'
import { networkKind, networks, type Image, type NetworkSettings } from './networks.js'
import { objectives, type ObjectiveSettings } from './objectives.js'
import { priors, type PriorSettings } from './priors.js'

/** What a model of pictures is made of, and what it is trained by: plain data, kept in its checkpoints. */
export interface Configuration {
  /** Height and width of a picture. */
  readonly image: Image
  /** Dimensions of z. */
  readonly latent: number
  readonly encoder: NetworkSettings
  readonly decoder: NetworkSettings
  readonly likelihood: LikelihoodSettings
  readonly prior: PriorSettings
  readonly objective: ObjectiveSettings
  readonly model: ModelSettings
}

/** How long and how fast a model is trained, where a file says so. */
export interface TrainingSettings {
  readonly epochs?: number
  readonly batchSize?: number
  readonly learningRate?: number
  readonly warmUp?: number
  readonly decay?: 'none' | 'linear' | 'cosine'
  readonly clip?: number
  readonly patience?: number
}

/** A configuration as it is written: every part may be left out, and is as in 784-400-20-400-784 then. The decoder mirrors the encoder unless told. */
export interface ConfigurationFile extends Partial<Configuration> {
  readonly training?: TrainingSettings
}

const side = positiveInteger as t.Type<number, unknown>
const image: Codec<Image> = t.readonly(t.tuple([side, side]))

const parts = {
  image,
  latent: positiveInteger,
  encoder: oneOfKinds(networks),
  decoder: oneOfKinds(networks),
  likelihood: oneOfKinds(likelihoods),
  prior: oneOfKinds(priors),
  objective: oneOfKinds(objectives),
  model: oneOfKinds(models),
}

const training: Codec<TrainingSettings> = settings(
  {},
  {
    epochs: positiveInteger,
    batchSize: positiveInteger,
    learningRate: positive,
    warmUp: count,
    decay: oneOf('none', 'linear', 'cosine'),
    clip: positive,
    patience: positiveInteger,
  },
)

/** A whole configuration, as a checkpoint keeps it. */
export const configurationCodec: Codec<Configuration> = settings(parts, {})

const fileCodec: Codec<ConfigurationFile> = settings({}, { ...parts, training })

/** 784-400-20-400-784 with Bernoulli pixels and a standard normal prior, trained by the ELBO. */
export const fashionMnistConfiguration: Configuration = {
  image: [28, 28],
  latent: 20,
  encoder: { kind: 'mlp', hidden: [400] },
  decoder: { kind: 'mlp', hidden: [400] },
  likelihood: { kind: 'bernoulli' },
  prior: { kind: 'standard' },
  objective: { kind: 'elbo' },
  model: { kind: 'vae' },
}

/** A configuration with the default in place of each part that is left out. */
export const completed = ({ training: _, ...given }: ConfigurationFile): Configuration => {
  const { encoder } = given
  const mirrored =
    encoder === undefined ? {} : { decoder: { ...encoder, ...networkKind(encoder).mirrored(encoder) } }
  return { ...fashionMnistConfiguration, ...mirrored, ...given }
}

/** A configuration that cannot be used: what is wrong, and where. */
export interface WrongConfiguration {
  readonly _tag: 'WrongConfiguration'
  /** One sentence for each fault, which begins with its path: `encoder.hidden.0 is "x", not a positive integer`. */
  readonly faults: readonly string[]
  readonly message: string
}

const configurationFrom = <A>(codec: Codec<A>, value: unknown): Either<WrongConfiguration, A> =>
  pipe(
    codec.decode(value),
    E.mapLeft((errors): WrongConfiguration => {
      const faults = errors.map(error => reasonOf([error]))
      return {
        _tag: 'WrongConfiguration',
        faults,
        message: `The configuration cannot be used: ${faults.join('; ')}.`,
      }
    }),
  )

/** Decodes a configuration, such as parsed JSON. */
export const decodeConfiguration = (value: unknown): Either<WrongConfiguration, ConfigurationFile> =>
  configurationFrom(fileCodec, value)

/**
 * `completed`, for configurations that programs make.
 * @throws RangeError `The configuration cannot be used: latent is 0, not a positive integer.`
 */
export const whole = (given: ConfigurationFile): Configuration => {
  const decoded = configurationFrom(configurationCodec, completed(given))
  if (E.isLeft(decoded)) throw new RangeError(decoded.left.message)
  return decoded.right
}

/** The model that a configuration describes. */
export const configured = (configuration: Configuration): ImageModel =>
  modelKind(configuration.model).model(configuration.model, configuration)
