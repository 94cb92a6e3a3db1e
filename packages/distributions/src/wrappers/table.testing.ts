import { Categorical } from '../discrete/index.js'
import { Gamma, Normal } from '../continuous/index.js'
import * as transforms from '../transforms/index.js'
import { positive, real, simplex, type Mistakes } from '../laws/mistakes.testing.js'
import type { Row, Table } from '../laws/table.testing.js'
import * as families from './index.js'

const { Mixture, MixtureSameFamily, transformed } = families

type Normals = { loc: number; scale: number }
type Gammas = { concentration: number; rate: number }

/** Mistakes in the parts that a wrapper has. */
const ofCategorical: Mistakes = { probs: { ...simplex, of: 'Categorical' } }
const ofNormal: Mistakes = { loc: { ...real, of: 'Normal' }, scale: { ...positive, of: 'Normal' } }
const ofGamma: Mistakes = {
  concentration: { ...positive, of: 'Gamma' },
  rate: { ...positive, of: 'Gamma' },
}

/** Mixtures are families like others. */
export const table: Table<typeof families> = {
  MixtureSameFamily: {
    mistakes: { ...ofCategorical, ...ofNormal },
    build: p =>
      MixtureSameFamily({
        mixing: Categorical({ probs: p['probs'] as number[] }),
        components: Normal(p as unknown as { loc: number[]; scale: number[] }),
      }),
  },
  Mixture: {
    mistakes: { ...ofCategorical, ...ofNormal, ...ofGamma },
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
  'Normal by exp': { mistakes: ofNormal, build: p => transformed(transforms.exp)(Normal(p as Normals)) },
  'Normal by sigmoid': {
    mistakes: ofNormal,
    build: p => transformed(transforms.sigmoid)(Normal(p as Normals)),
  },
  'Gamma by power': { mistakes: ofGamma, build: p => transformed(transforms.power(-1))(Gamma(p as Gammas)) },
  'Gamma by affine': {
    mistakes: ofGamma,
    build: p => transformed(transforms.affine({ loc: 30, scale: -2 }))(Gamma(p as Gammas)),
  },
}
