import gifenc from 'gifenc'
import type { GreyPicture } from './image-grid.js'

export interface Timing {
  /** Milliseconds that each picture stays. */
  readonly each: number
  /** Milliseconds that the last one stays. */
  readonly last: number
}

const greys = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey] as const)

/** Pictures of one size, one after the other and over again, as a GIF, which has every grey. */
export const animationGif = (pictures: readonly GreyPicture[], { each, last }: Timing): Uint8Array => {
  const encoder = gifenc.GIFEncoder()
  pictures.forEach(({ data, width, height }, i) => {
    encoder.writeFrame(data, width, height, {
      delay: i === pictures.length - 1 ? last : each,
      ...(i === 0 ? { palette: greys } : {}),
    })
  })
  encoder.finish()
  return encoder.bytes()
}

/** Positions of at most `most` of `count` pictures, evenly spread: the first and the last are among them. */
export const spreadOver = (count: number, most: number): readonly number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)))
