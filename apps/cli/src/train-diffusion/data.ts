import {
  fashionMnist,
  fashionMnistFrom,
  ffjord,
  imageSource,
  swissRoll,
  twoMoons,
  type FashionMnist,
  type LabelledImages,
} from '@elbo/datasets'
import {
  checkerboardBoxes,
  exactBoxes,
  exactMixture,
  ringMixture,
  type Boxes,
  type DiffusionData,
  type ExactData,
  type ImageData,
  type PointData,
} from '@elbo/diffusion'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { datasetFailure } from '../training/failures.js'
import { isPlane, planeNames, type PlaneName } from './names.js'

interface PlaneData {
  readonly sample: PointData['sample']
  /** Of the density, in nats: no model's mean of −ln p comes below. */
  readonly entropy: number
  /** About the standard deviation of a coordinate, which models call 1. */
  readonly scale: number
  /** In units of so much of the data, with its best denoiser, where that is known. */
  readonly exact?: (scale: number) => ExactData
}

/** The laws of `ffjord`, in whose sizes results are usually stated. */
const wheel = (scale: number) =>
  exactMixture(ringMixture({ radius: 4 / 1.414 / scale, deviation: 0.5 / 1.414 / scale }))
const board = (scale: number) => {
  const sized = (rows: Boxes['low']) => rows.map(row => row.map(side => (2 * side) / scale))
  return exactBoxes({ low: sized(checkerboardBoxes.low), high: sized(checkerboardBoxes.high) })
}

/** Points of the plane by the name that options have for them. */
export const planes: Readonly<Record<PlaneName, PlaneData>> = {
  '8-gaussians': { ...ffjord.eightGaussians, scale: 2, exact: wheel },
  checkerboard: { ...ffjord.checkerboard, scale: 2.3, exact: board },
  moons: { ...twoMoons, scale: 0.7 },
  'swiss-roll': { ...swissRoll, scale: 1.5 },
}

export const pointsOf = (name: PlaneName): PointData => ({
  kind: 'points',
  name,
  sample: planes[name].sample,
})

const labelled = ({ images, labels }: LabelledImages) => imageSource(images, labels)

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
