import type { Gaussian } from '../posteriors/gaussian.js'
import type { Prior } from '../priors/prior.js'
import { standardNormal } from '../priors/standardNormal.js'
import { rowOf, settings, type Chosen, type Kind } from './codec.js'
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
}

export type PriorSettings = Chosen<typeof priors>

export const priorKind = (choice: PriorSettings): PriorKind<PriorSettings> => rowOf(priors, choice)
