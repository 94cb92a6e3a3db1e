import { mlp, type Widths } from '@elbo/nn'
import { imageVae, type GaussianVae, type ImageModel, type ImageParameters } from '../image-model.js'
import type { OverPixels } from '../likelihoods/likelihood.js'
import { gaussian, type Gaussian } from '../posteriors/gaussian.js'
import type { OverCodes, Prior } from '../priors/prior.js'
import { vae } from '../vae.js'
import { conditional, oneHotLabels, type ConditionalVae } from '../variants/conditional.js'
import { hierarchical, type HierarchicalVae } from '../variants/hierarchical.js'
import { conditionalImages, hierarchicalImages, vqImages } from '../variants/images.js'
import { vq, type Vq } from '../variants/vq.js'
import {
  listOf,
  nonNegative,
  oneOrMore,
  positiveInteger,
  rowOf,
  settings,
  type Chosen,
  type Kind,
} from './codec.js'
import type { Configuration } from './configuration.js'
import { likelihoodKind } from './likelihoods.js'
import { networkKind } from './networks.js'
import { elboOptions, objectiveKind } from './objectives.js'
import { priorKind } from './priors.js'

export interface ModelKind<S, M extends ImageModel> extends Kind<S> {
  readonly model: (settings: S, configuration: Configuration) => M
}

const kind = <S, M extends ImageModel>(row: ModelKind<S, M>): ModelKind<S, M> => row

/** Parts that a VAE with a codebook has not, as they are unless told. */
const unused = { prior: 'standard', objective: 'elbo' } as const

const widthsOf = listOf(positiveInteger)

export const models = {
  vae: kind({
    codec: settings({}, {}),
    model: (_, configuration) => {
      const { encoder, decoder, likelihood, prior, objective } = configuration
      return imageVae(
        vae({
          encoder: gaussian(networkKind(encoder).encoder(encoder, configuration)),
          decoder: likelihoodKind(likelihood).head(
            likelihood,
            networkKind(decoder).decoder(decoder, configuration),
          ),
          prior: priorKind(prior).prior(prior, configuration),
        }) as unknown as GaussianVae,
        likelihoodKind(likelihood).pixels(likelihood),
        examples => objectiveKind(objective).objective(objective, { examples }),
      )
    },
  }),
  /** Encoder and decoder have the label as `classes` numbers more, after those of the rows. */
  conditional: kind({
    codec: settings({ classes: positiveInteger }, {}),
    model: ({ classes }, configuration): ImageModel => {
      const { image, latent, encoder, decoder, likelihood, prior, objective } = configuration
      if (encoder.kind !== 'mlp' && encoder.kind !== 'gated')
        throw new RangeError(
          `conditional: the encoder is ${encoder.kind}, which reads pictures alone; mlp and gated read a label beside them`,
        )
      if (prior.kind === 'vamp')
        throw new RangeError('conditional: the prior is vamp, whose inputs have no labels')
      const model = conditional({
        encoder: gaussian(
          networkKind(encoder).encoder(encoder, { image: [1, image[0] * image[1] + classes], latent }),
        ),
        decoder: likelihoodKind(likelihood).head(
          likelihood,
          networkKind(decoder).decoder(decoder, { image, latent: latent + classes }),
        ),
        prior: priorKind(prior).prior(prior, configuration),
        label: oneHotLabels<number>(classes),
      })
      return conditionalImages(
        model as unknown as ConditionalVae<ImageParameters, Gaussian<number>, OverPixels<number>>,
        classes,
        likelihoodKind(likelihood).pixels(likelihood),
        examples => objectiveKind(objective).objective(objective, { examples }),
      )
    },
  }),
  hierarchical: kind({
    codec: settings({ above: oneOrMore(settings({ latent: positiveInteger, hidden: widthsOf }, {})) }, {}),
    model: ({ above }, configuration): ImageModel => {
      const { latent, encoder, decoder, likelihood, prior, objective } = configuration
      if (objective.kind !== 'elbo')
        throw new RangeError(`hierarchical: the objective is elbo, not ${objective.kind}`)
      const widths = [latent, ...above.map(level => level.latent)]
      const between = above.map(({ hidden, latent: higher }, i) => ({
        up: gaussian(mlp([widths[i], ...hidden, higher] as Widths)),
        down: gaussian(mlp([higher, ...hidden.toReversed(), widths[i]] as Widths)),
      }))
      const model = hierarchical({
        encoders: [
          gaussian(networkKind(encoder).encoder(encoder, configuration)),
          ...between.map(({ up }) => up),
        ],
        decoders: [
          likelihoodKind(likelihood).head(likelihood, networkKind(decoder).decoder(decoder, configuration)),
          ...between.map(({ down }) => down),
        ],
        prior: priorKind(prior).prior(prior, {
          ...configuration,
          latent: widths[above.length],
        }) as unknown as Prior<object, OverCodes<number>>,
      })
      return hierarchicalImages(
        model as unknown as HierarchicalVae<ImageParameters>,
        likelihoodKind(likelihood).pixels(likelihood),
        elboOptions(objective),
      )
    },
  }),
  vq: kind({
    codec: settings({ codes: positiveInteger, dimensions: positiveInteger }, { commitment: nonNegative }),
    model: (own, configuration): ImageModel => {
      const { latent, encoder, decoder, likelihood, prior, objective } = configuration
      if (!Number.isSafeInteger(latent / own.dimensions))
        throw new RangeError(
          `vq: code vectors of ${own.dimensions} dimensions do not divide the ${latent} of latent`,
        )
      const told = Object.entries({ prior, objective }).find(
        ([part, { kind: chosen, ...rest }]) =>
          chosen !== unused[part as keyof typeof unused] || Object.keys(rest).length > 0,
      )
      if (told !== undefined)
        throw new RangeError(
          `vq: the ${told[0]} is ${JSON.stringify(told[1])}: codes are equally likely, and it is trained by its own bound`,
        )
      const model = vq({
        ...own,
        encoder: networkKind(encoder).encoder(encoder, configuration),
        decoder: likelihoodKind(likelihood).head(
          likelihood,
          networkKind(decoder).decoder(decoder, configuration),
        ),
      })
      return vqImages(
        model as unknown as Vq<ImageParameters>,
        likelihoodKind(likelihood).pixels(likelihood),
        latent / own.dimensions,
      )
    },
  }),
}

export type ModelSettings = Chosen<typeof models>

export const modelKind = (choice: ModelSettings): ModelKind<ModelSettings, ImageModel> =>
  rowOf(models, choice)
