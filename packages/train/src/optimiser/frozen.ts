import { zerosLike } from '@elbo/tensor'
import { elementwise } from './elementwise.js'
import { masked } from './masked.js'
import type { Optimiser } from './optimiser.js'

/** The leaves whose key paths are selected stay as they are. Belongs at the end of a chain, where nothing is added to the change any more. */
export const frozen = (select: (path: string) => boolean): Optimiser =>
  masked(select)(
    elementwise<never>({ name: 'frozen', slots: {}, at: () => change => ({ change: zerosLike(change) }) }),
  )
