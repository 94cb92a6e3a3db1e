import { statSync } from 'node:fs'
import { fashionMnist, fashionMnistFrom, type FashionMnist } from '@elbo/datasets'
import { checkpointFile } from '@elbo/train/node'
import { readVae, type VaeCheckpoint } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { vaeFolder } from '../train-vae/output-folder.js'
import { checkpointFailure, datasetFailure } from '../training/failures.js'

const fileOf = (path: string): string =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? vaeFolder(path).checkpoint : path

/** Reads the checkpoint at a path, or that of the run in a folder. */
export const readTrained = (path: string): TaskEither<Failure, VaeCheckpoint> =>
  pipe(readVae(checkpointFile(fileOf(path))), TE.mapLeft(checkpointFailure))

const sizeOf = ([height, width]: readonly [number, number]): string => `${height} × ${width}`

/** The images that a model is shown: those of a folder or those that come along, of the size that it is for. */
export const imagesFor = (
  { about, file }: VaeCheckpoint,
  data: string | undefined,
): TaskEither<Failure, FashionMnist> =>
  pipe(
    data === undefined ? fashionMnist() : fashionMnistFrom(data),
    TE.mapLeft(datasetFailure),
    TE.chainEitherK(dataset => {
      const [, height, width] = dataset.test.images.shape
      const wanted = about.configuration.image
      return wanted[0] === height && wanted[1] === width
        ? E.right(dataset)
        : E.left(
            failure('data')(
              `${file} is a model of images of ${sizeOf(wanted)}, and these are ${sizeOf([height, width])}. Give the data that it was trained on (--data).`,
            ),
          )
    }),
  )
