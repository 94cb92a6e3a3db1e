import { readCharacters } from '@elbo/gru'
import { checkpointFile } from '@elbo/train/node'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { backendOf } from '../training/command.js'
import { checkpointFailure } from '../training/failures.js'
import { gruFolder } from '../train-gru/output-folder.js'
import { drawText } from './draw.js'
import type { SampleGruOptions } from './options.js'

/** Right: the exit code. The prompt and what was drawn go to the standard output. */
export const sampleGruCommand = ({
  prompt,
  length,
  temperature,
  topK,
  topP,
  seed,
  from,
  ...where
}: SampleGruOptions): TaskEither<Failure, number> =>
  pipe(
    readCharacters(checkpointFile('out' in from ? gruFolder(from.out).checkpoint : from.checkpoint)),
    TE.mapLeft(checkpointFailure),
    TE.chain(checkpoint =>
      drawText(backendOf(where))(checkpoint, {
        length,
        temperature,
        seed,
        ...(prompt === undefined ? {} : { prompt }),
        ...(topK === undefined ? {} : { topK }),
        ...(topP === undefined ? {} : { nucleus: topP }),
      }),
    ),
    TE.map(text => {
      process.stdout.write(`${prompt ?? ''}${text}\n`)
      return 0
    }),
  )
