import type { Table } from '../laws/table.testing.js'
import * as families from './index.js'

const { Beta, Gamma, Normal, Uniform } = families

export const table: Table<typeof families> = {
  Beta: { build: p => Beta(p as { alpha: number; beta: number }) },
  Gamma: { build: p => Gamma(p as { concentration: number; rate: number }) },
  Normal: { build: p => Normal(p as { loc: number; scale: number }) },
  Uniform: {
    build: p => Uniform(p as { low: number; width: number }),
    exempt: {
      'gradient of logProb':
        'Points at the ends leave the support when the ends move, and the density is flat inside.',
    },
  },
}
