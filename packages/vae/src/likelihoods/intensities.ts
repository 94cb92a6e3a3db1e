import { clip } from '@elbo/tensor'
import type { PixelView } from './likelihood.js'

/** Intensities as they are. A mean may lie outside of [0, 1], a picture does not. */
export const intensities: PixelView = {
  observe: x => x,
  picture: pixels => clip(0, 1)(pixels.mean()),
}
