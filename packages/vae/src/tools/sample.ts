import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { key, type Backend, type BackendError } from '@elbo/tensor'
import { evaluateOn } from '@elbo/train'
import { held, rowsOf, type RowValues, type TrainedModel } from './trained.js'

/** The pictures of P(x | z) for so many draws z ~ P(z), in [0, 1]. One seed gives one set. */
export const samplePictures =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    { count, seed }: { readonly count: number; readonly seed: number },
  ): TaskEither<BackendError, RowValues> => {
    const { vae, pixels } = trained
    const parameters = held(trained)
    const z = vae.prior(parameters)(count).sample()(key(seed))
    return evaluateOn(backend)(pixels.picture(vae.decode(parameters)(z)))
  }

/** The pictures of P(x | z) for given codes, in [0, 1]. */
export const decodeCodes =
  (backend: Backend) =>
  <A>(trained: TrainedModel<A>, codes: RowValues): TaskEither<BackendError, RowValues> =>
    evaluateOn(backend)(trained.pixels.picture(trained.vae.decode(held(trained))(rowsOf(codes))))
