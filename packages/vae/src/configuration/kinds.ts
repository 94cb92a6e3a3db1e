import { likelihoods } from './likelihoods.js'
import { models } from './models.js'
import { networks } from './networks.js'
import { objectives } from './objectives.js'
import { priors } from './priors.js'

/** The kinds that each part of a configuration can be of. */
export const configurationKinds = {
  encoder: Object.keys(networks),
  decoder: Object.keys(networks),
  likelihood: Object.keys(likelihoods),
  prior: Object.keys(priors),
  objective: Object.keys(objectives),
  model: Object.keys(models),
} as const satisfies Readonly<Record<string, readonly string[]>>
