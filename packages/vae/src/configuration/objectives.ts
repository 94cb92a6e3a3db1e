import { cyclical, warmUp, type Schedule } from '@elbo/elbo'
import type { GaussianVae, ImageParameters } from '../image-model.js'
import { elboLoss, type ElboLossOptions } from '../objectives/elbo.js'
import { importanceLoss } from '../objectives/importance.js'
import type { Objective } from '../objectives/objective.js'
import { totalCorrelationLoss } from '../objectives/totalCorrelation.js'
import { wassersteinLoss } from '../objectives/wasserstein.js'
import {
  nonNegative,
  oneOf,
  oneOfKinds,
  positive,
  positiveInteger,
  rowOf,
  settings,
  share,
  type Chosen,
  type Kind,
} from './codec.js'

/** What is known of the training set when its loss is made. */
export interface TrainingSet {
  readonly examples: number
}

export interface ObjectiveKind<S> extends Kind<S> {
  readonly objective: (settings: S, data: TrainingSet) => (model: GaussianVae) => Objective<ImageParameters>
}

interface RiseKind<S> extends Kind<S> {
  readonly schedule: (settings: S) => Schedule
}

const rise = <S>(row: RiseKind<S>): RiseKind<S> => row

/** How the divergence's weight rises: over the first steps, or anew in each period. */
const rises = {
  linear: rise({ codec: settings({ steps: positiveInteger }, {}), schedule: warmUp }),
  cyclical: rise({ codec: settings({ period: positiveInteger }, { share }), schedule: cyclical }),
}

const riseKind = (choice: Chosen<typeof rises>): RiseKind<Chosen<typeof rises>> => rowOf(rises, choice)

interface ElboSettings extends Omit<ElboLossOptions, 'schedule'> {
  readonly warmUp?: Chosen<typeof rises>
}

/** What the settings of the kind `elbo` say. */
export const elboOptions = ({ warmUp: rise, ...rest }: ElboSettings): ElboLossOptions => ({
  ...rest,
  ...(rise === undefined ? {} : { schedule: riseKind(rise).schedule(rise) }),
})

const kind = <S>(row: ObjectiveKind<S>): ObjectiveKind<S> => row

export const objectives = {
  elbo: kind({
    codec: settings(
      {},
      {
        beta: nonNegative,
        warmUp: oneOfKinds(rises),
        freeBits: nonNegative,
        draws: positiveInteger,
      },
    ),
    objective: own => elboLoss(elboOptions(own)),
  }),
  iwae: kind({
    codec: settings({ draws: positiveInteger }, {}),
    objective: ({ draws }) => importanceLoss({ draws }),
  }),
  'beta-tc': kind({
    codec: settings({ beta: nonNegative }, { estimator: oneOf('weighted', 'stratified') }),
    objective: (own, { examples }) => totalCorrelationLoss({ ...own, examples }),
  }),
  'wae-mmd': kind({
    codec: settings({ weight: positive }, {}),
    objective: wassersteinLoss,
  }),
}

export type ObjectiveSettings = Chosen<typeof objectives>

export const objectiveKind = (choice: ObjectiveSettings): ObjectiveKind<ObjectiveSettings> =>
  rowOf(objectives, choice)
