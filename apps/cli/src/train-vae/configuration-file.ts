import { readFileSync } from 'node:fs'
import { decodeConfiguration, type ConfigurationFile } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { failure, reasonOf, systemCode, type Failure } from '../failure.js'

const reading = (file: string): Either<Failure, string> =>
  E.tryCatch(
    () => readFileSync(file, 'utf8'),
    error =>
      systemCode(error) === 'ENOENT'
        ? failure('noInput')(`${file}: there is no such configuration. Check the path.`)
        : failure('io')(`${file} cannot be read: ${reasonOf(error)}.`),
  )

/** Reads a configuration. Left: no such file, no JSON, or settings that there are not, each by its path in the file. */
export const readConfiguration = (file: string): Either<Failure, ConfigurationFile> =>
  pipe(
    reading(file),
    E.chain(text =>
      E.tryCatch(
        () => JSON.parse(text) as unknown,
        error => failure('data')(`${file} is no JSON: ${reasonOf(error)}.`),
      ),
    ),
    E.chain(value =>
      pipe(
        decodeConfiguration(value),
        E.mapLeft(({ faults }) => failure('data')(faults.map(fault => `${file}: ${fault}.`).join('\n'))),
      ),
    ),
  )
