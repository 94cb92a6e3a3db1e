import { heldOut, kingJames, sequenceSource, textFrom, vocabularyOf } from '@elbo/datasets'
import type { Corpus } from '@elbo/gru'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { datasetFailure } from '../training/failures.js'
import { count } from '../training/wording.js'
import type { TrainGruOptions } from './options.js'

type Wanted = Pick<TrainGruOptions, 'data' | 'batchSize' | 'length'>

/** What is learned from, and what is held out, where the text is long enough for one sequence of each stream, and one that is held out. */
const corpusOf =
  ({ data, batchSize, length }: Wanted) =>
  (text: string): Either<Failure, Corpus> => {
    const { characters, encode } = vocabularyOf(text)
    return pipe(
      encode(text, data),
      E.mapLeft(datasetFailure),
      E.chain(encoded => {
        const { train, test } = heldOut()(encoded)
        const wanted = batchSize * length + 1
        if (train.length < wanted || test.length < length + 1)
          return E.left(
            failure('data')(
              `${data ?? 'the embedded text'} has ${count(encoded.length)} characters, of which ${count(train.length)} are to learn from and ${count(test.length)} are held out; ${batchSize} streams of ${length} characters need ${count(wanted)} and ${count(length + 1)}. Take a longer text, or a smaller --batch-size or --length.`,
            ),
          )
        const sequences = sequenceSource(length)
        return E.right({ characters, train: sequences(train), test: sequences(test) })
      }),
    )
  }

export const loadCorpus = (wanted: Wanted): TaskEither<Failure, Corpus> =>
  pipe(
    wanted.data === undefined ? kingJames() : textFrom(wanted.data),
    TE.mapLeft(datasetFailure),
    TE.chainEitherK(corpusOf(wanted)),
  )
