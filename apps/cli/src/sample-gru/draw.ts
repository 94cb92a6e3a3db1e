import { vocabularyOf, type DatasetError } from '@elbo/datasets'
import {
  characterGru,
  characterSampler,
  sampleText,
  type CharacterRun,
  type CharacterState,
  type TextRequest,
} from '@elbo/gru'
import type { BackendError } from '@elbo/tensor'
import type { Checkpoint } from '@elbo/train'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import type { OpenBackend } from '../training/command.js'
import { backendFailure } from '../training/failures.js'

/** What a text begins with unless told: a line break where the model knows one, as after the end of a paragraph, or else its first character. */
const openingOf = (characters: readonly string[]): string =>
  characters.includes('\n') ? '\n' : characters[0]

export type Drawing = Omit<TextRequest, 'prompt'> & { readonly prompt?: string }

const drawingFailure = (error: BackendError | DatasetError): Failure =>
  'backend' in error ? backendFailure(error) : failure('usage')(error.message)

/** What a trained model writes after a prompt, without the prompt. */
export const drawText =
  (backend: OpenBackend) =>
  ({ about, state }: Checkpoint<CharacterState>, request: Drawing): TaskEither<Failure, string> => {
    const { architecture } = about as CharacterRun
    const { characters } = architecture
    const { encode, decode } = vocabularyOf(characters.join(''))
    const vocabulary = { encode: (text: string) => encode(text, '--prompt'), decode }
    return pipe(
      backend,
      TE.chain(characterSampler(characterGru(architecture), state.parameters)),
      TE.chainW(sampler =>
        TE.bracketW(
          TE.right(sampler),
          () => sampleText(sampler, vocabulary)({ prompt: openingOf(characters), ...request }),
          ({ dispose }) => dispose,
        ),
      ),
      TE.mapLeft(drawingFailure),
    )
  }
