import { key } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import type { Dynamic } from '../distribution.js'

/** The number of draws of a law about samplers, and the key they come from. */
export const draws = 100_000
export const seed = key(20_240_607)

export const drawn = (d: Dynamic, count: number): Real =>
  (d.sample as NonNullable<Dynamic['sample']>)([count])(seed)
