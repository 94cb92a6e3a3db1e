import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '@elbo/tensor'
import { evaluateOn } from '@elbo/train'
import { held, rowsOf, type RowValues, type TrainedModel } from './trained.js'

/** Rows of pixels through encoder and decoder, by way of the mean of q(z | x): the picture of P(x | z), in [0, 1]. Nothing is drawn. */
export const reconstruct =
  (backend: Backend) =>
  <A>(trained: TrainedModel<A>, x: RowValues): TaskEither<BackendError, RowValues> => {
    const { vae, pixels } = trained
    const parameters = held(trained)
    const z = vae.encode(parameters)(rowsOf(x)).mean()
    return evaluateOn(backend)(pixels.picture(vae.decode(parameters)(z)))
  }
