import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { BackendError } from '@elbo/tensor'
import type { CharacterSampler, SampleRequest } from './sampler.js'

/** Text as numbers and back: `vocabularyOf` of `@elbo/datasets` makes one of any text. `E` says which character is not known, and where. */
export interface Vocabulary<E> {
  readonly encode: (text: string) => Either<E, ArrayLike<number>>
  readonly decode: (numbers: ArrayLike<number>) => string
}

/** As `SampleRequest`, with the prompt as text. */
export interface TextRequest extends Omit<SampleRequest, 'prompt'> {
  readonly prompt: string
}

/** Draws text after a prompt; a character that the model does not know is a Left, as the vocabulary says it. */
export const sampleText =
  <E>(sampler: CharacterSampler, vocabulary: Vocabulary<E>) =>
  ({ prompt, ...request }: TextRequest): TaskEither<BackendError | E, string> =>
    pipe(
      TE.fromEither(vocabulary.encode(prompt)),
      TE.chainW(numbers => sampler.sample({ ...request, prompt: numbers })),
      TE.map(vocabulary.decode),
    )
