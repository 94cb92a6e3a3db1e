import type { Table } from '../laws/table.testing.js'
import * as families from './index.js'

const { Bernoulli, Categorical, Poisson } = families

export const table: Table<typeof families> = {
  Bernoulli: { build: p => Bernoulli(p as { probs: number } | { logits: number }) },
  Categorical: { build: p => Categorical(p as { probs: number[] } | { logits: number[] }) },
  Poisson: { build: p => Poisson(p as { rate: number }) },
}
