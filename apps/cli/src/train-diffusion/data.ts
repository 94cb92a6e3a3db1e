import {
  checkerboard,
  eightGaussians,
  fashionMnist,
  fashionMnistFrom,
  imageSource,
  swissRoll,
  twoMoons,
  type FashionMnist,
  type LabelledImages,
  type PlaneDensity,
} from '@elbo/datasets'
import type { DiffusionData, ImageData, PointData } from '@elbo/diffusion'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { datasetFailure } from '../training/failures.js'
import { isPlane, planeNames, type PlaneName } from './names.js'

interface PlaneData {
  readonly density: PlaneDensity
  /** About the standard deviation of a coordinate, which models call 1. */
  readonly scale: number
}

/** Points of the plane by the name that options have for them. */
export const planes: Readonly<Record<PlaneName, PlaneData>> = {
  '8-gaussians': { density: eightGaussians, scale: 2 },
  checkerboard: { density: checkerboard, scale: 2.3 },
  moons: { density: twoMoons, scale: 2 },
  'swiss-roll': { density: swissRoll, scale: 2 },
}

export const pointsOf = (name: PlaneName): PointData => ({
  kind: 'points',
  name,
  sample: planes[name].density.sample,
})

const labelled = ({ images, labels }: LabelledImages) => ({ ...imageSource(images), labels })

const imagesOf = ({ train, test }: FashionMnist): ImageData => ({
  kind: 'images',
  train: labelled(train),
  test: labelled(test),
})

const embedded = 'fashion-mnist'

/** The data of a name, or of a folder with the files of Fashion-MNIST. */
export const loadData = (name: string): TaskEither<Failure, DiffusionData> =>
  isPlane(name)
    ? TE.right(pointsOf(name))
    : pipe(
        name === embedded ? fashionMnist() : fashionMnistFrom(name),
        TE.mapLeft(datasetFailure),
        TE.mapLeft(({ message, exitCode }) => ({
          message: `${message} (--data takes ${[...planeNames, embedded].join(', ')}, or a folder.)`,
          exitCode,
        })),
        TE.map(imagesOf),
      )
