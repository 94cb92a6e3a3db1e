import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { open, type Arrays, type Backend, type BackendError } from '@elbo/tensor'

/** The values of a tree of expressions, by one program on a given backend; keeps nothing. */
export const evaluateOn =
  (backend: Backend) =>
  <T>(tree: T): TaskEither<BackendError, Arrays<T>> =>
    pipe(
      backend,
      open(() => [{}, tree] as const, { state: {}, inputs: {} }),
      TE.chain(session =>
        TE.bracket(
          TE.right(session),
          ({ step }) => step({}),
          ({ dispose }) => dispose,
        ),
      ),
    )
