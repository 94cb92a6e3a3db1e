import type { Key } from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { OverRows } from '../priors/prior.js'

/** P(x | z): a distribution over rows of N pixels, one for each example. */
export interface OverPixels<N extends number> extends OverRows<N> {
  readonly mean: () => Rows<N>
}

/** What a likelihood makes of pictures, and what picture it shows. */
export interface PixelView {
  /** The pixels whose likelihood is taken, of intensities in [0, 1]. Some are drawn: the key is fresh in every step. */
  readonly observe: (intensities: Rows<number>, key: Key) => Rows<number>
  /** The intensities that a distribution over pixels stands for, in [0, 1]: those of its mean. */
  readonly picture: (pixels: OverPixels<number>) => Rows<number>
}
