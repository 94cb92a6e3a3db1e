import type { Arrays } from '@elbo/tensor'
import { configured, type Configuration } from '../configuration/configuration.js'
import type { ImageModel, ImageParameters, ImageVae } from '../image-model.js'
import type { TrainedModel } from './trained.js'

/** A VAE in the narrower sense: one code of normal coordinates, and no labels. The tools are for these. */
export const isImageVae = (model: ImageModel): model is ImageVae => 'vae' in model && 'pixels' in model

/** The model of a checkpoint as tools take it; `undefined` for a configuration of another kind than a VAE of one code. */
export const trainedModel = ({
  configuration,
  parameters,
}: {
  readonly configuration: Configuration
  readonly parameters: Arrays<ImageParameters>
}): TrainedModel<ImageParameters> | undefined => {
  const model = configured(configuration)
  return isImageVae(model) ? { vae: model.vae, pixels: model.pixels, parameters } : undefined
}
