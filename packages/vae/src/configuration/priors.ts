import type { Gaussian } from '../posteriors/gaussian.js'
import { flow } from '../priors/flow.js'
import { mixture } from '../priors/mixture.js'
import type { Prior } from '../priors/prior.js'
import { standardNormal } from '../priors/standardNormal.js'
import { vamp } from '../priors/vamp.js'
import { listOf, positiveInteger, rowOf, settings, type Chosen, type Kind } from './codec.js'
import type { Fit } from './networks.js'

/** A prior whose parameters the compiler does not know. */
export type AnyPrior = Prior<object, Gaussian<number>>

export interface PriorKind<S> extends Kind<S> {
  readonly prior: (settings: S, fit: Fit) => AnyPrior
}

const kind = <S>(row: PriorKind<S>): PriorKind<S> => row

export const priors = {
  standard: kind({
    codec: settings({}, {}),
    prior: (_, { latent }) => standardNormal(latent) as unknown as AnyPrior,
  }),
  mixture: kind({
    codec: settings({ components: positiveInteger }, {}),
    prior: ({ components }, { latent }) => mixture(components, latent) as unknown as AnyPrior,
  }),
  vamp: kind({
    codec: settings({ inputs: positiveInteger }, {}),
    prior: ({ inputs }, { image: [height, width], latent }) =>
      vamp(inputs, height * width, latent) as unknown as AnyPrior,
  }),
  flow: kind({
    codec: settings({ layers: positiveInteger, hidden: listOf(positiveInteger) }, {}),
    prior: (own, { latent }) => flow(latent, own) as unknown as AnyPrior,
  }),
}

export type PriorSettings = Chosen<typeof priors>

export const priorKind = (choice: PriorSettings): PriorKind<PriorSettings> => rowOf(priors, choice)
