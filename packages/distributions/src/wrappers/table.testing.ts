import { Categorical } from '../discrete/index.js'
import { Gamma, Normal } from '../continuous/index.js'
import * as transforms from '../transforms/index.js'
import type { Row, Table } from '../laws/table.testing.js'
import * as families from './index.js'

const { Mixture, MixtureSameFamily, transformed } = families

type Normals = { loc: number; scale: number }
type Gammas = { concentration: number; rate: number }

/** Mixtures are families like others. */
export const table: Table<typeof families> = {
  MixtureSameFamily: {
    build: p =>
      MixtureSameFamily({
        mixing: Categorical({ probs: p['probs'] as number[] }),
        components: Normal(p as unknown as { loc: number[]; scale: number[] }),
      }),
  },
  Mixture: {
    build: p =>
      Mixture({
        mixing: Categorical({ probs: p['probs'] as number[] }),
        components: [
          Normal({ loc: p['loc'] as number, scale: p['scale'] as number }),
          Gamma({ concentration: p['concentration'] as number, rate: p['rate'] as number }),
        ],
      }),
  },
}

/** Transformed distributions whose densities are known by other names. */
export const images: Readonly<Record<string, Row>> = {
  'Normal by exp': { build: p => transformed(transforms.exp)(Normal(p as Normals)) },
  'Normal by sigmoid': { build: p => transformed(transforms.sigmoid)(Normal(p as Normals)) },
  'Gamma by power': { build: p => transformed(transforms.power(-1))(Gamma(p as Gammas)) },
  'Gamma by affine': {
    build: p => transformed(transforms.affine({ loc: 30, scale: -2 }))(Gamma(p as Gammas)),
  },
}
