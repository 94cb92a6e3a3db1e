import type { DiffusionData } from '@elbo/diffusion'
import { key } from '@elbo/tensor'
import { evaluateOn } from '@elbo/train'
import { encode } from 'fast-png'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { animationGif, spreadOver } from '../pictures/animation.js'
import { bytesOf, grid, type GreyPicture } from '../pictures/image-grid.js'
import { extentOf, scatter } from '../pictures/scatter.js'
import type { OpenBackend } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import type { Drawn } from './draw.js'

const panel = 400

const beside = (panels: readonly GreyPicture[]): GreyPicture => {
  const data = new Uint8Array(panels.length * panel * panel)
  panels.forEach((each, i) => {
    data.set(each.data, i * panel * panel)
  })
  return grid({ data, height: panel, width: panel }, { columns: panels.length, scale: 1, gutter: 6 })
}

const imageGrid = (intensities: Float32Array, [, height, width]: readonly number[]): GreyPicture => {
  const data = bytesOf(intensities)
  return grid(
    { data, height, width },
    { columns: Math.min(10, data.length / height / width), scale: 2, gutter: 4 },
  )
}

/** Samples as one picture: points where they lie, images in rows of ten. */
export const pictureOf = ({ kind, shape, samples }: Drawn, extent = extentOf(samples)): GreyPicture =>
  kind === 'images' ? imageGrid(samples, shape) : beside([scatter(samples, { extent, size: panel })])

/** As `pictureOf`, but that as many points of the data lie to the left of points. */
export const besideData =
  (data: DiffusionData, seed: number, backend: OpenBackend) =>
  (drawn: Drawn): TaskEither<Failure, GreyPicture> =>
    data.kind === 'images'
      ? TE.right(pictureOf(drawn))
      : pipe(
          backend,
          TE.chain(device => evaluateOn(device)(data.sample(drawn.samples.length / 2)(key(seed)))),
          TE.mapLeft(backendFailure),
          TE.map(({ data: points }) => {
            const view = { extent: extentOf(points), size: panel }
            return beside([scatter(points, view), scatter(drawn.samples, view)])
          }),
        )

export const picturePng = (picture: GreyPicture): Uint8Array => encode({ ...picture, channels: 1, depth: 8 })

/** Of one animation. */
const mostFrames = 60

/** The reverse process, from noise to the samples: z after each step, or after as many of them as are seen well. */
export const reverseGif = (drawn: Drawn): Uint8Array => {
  const extent = drawn.kind === 'points' ? extentOf(drawn.samples) : undefined
  const frames = spreadOver(drawn.frames.length, mostFrames).map(i =>
    pictureOf({ ...drawn, samples: drawn.frames[i] }, extent),
  )
  return animationGif(frames, { each: Math.max(40, Math.min(200, 3000 / frames.length)), last: 2000 })
}
