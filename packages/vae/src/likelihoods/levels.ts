import { pipe } from 'fp-ts/lib/function.js'
import { add, div, floor, mul } from '@elbo/tensor'
import type { PixelView } from './likelihood.js'

/** The nearest of the intensities 0, 1/(n − 1), …, 1. Of images of 8 bits and 256 levels, these are what they were. */
export const inLevels = (n: number): PixelView => ({
  observe: x => pipe(x, mul(n - 1), add(0.5), floor, div(n - 1)),
  picture: pixels => pixels.mean(),
})
