import { imageVae, type GaussianVae, type ImageModel } from '../image-model.js'
import { gaussian } from '../posteriors/gaussian.js'
import { vae } from '../vae.js'
import { rowOf, settings, type Chosen, type Kind } from './codec.js'
import type { Configuration } from './configuration.js'
import { likelihoodKind } from './likelihoods.js'
import { networkKind } from './networks.js'
import { objectiveKind } from './objectives.js'
import { priorKind } from './priors.js'

export interface ModelKind<S, M extends ImageModel> extends Kind<S> {
  readonly model: (settings: S, configuration: Configuration) => M
}

const kind = <S, M extends ImageModel>(row: ModelKind<S, M>): ModelKind<S, M> => row

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
}

export type ModelSettings = Chosen<typeof models>

export const modelKind = (choice: ModelSettings): ModelKind<ModelSettings, ImageModel> =>
  rowOf(models, choice)
