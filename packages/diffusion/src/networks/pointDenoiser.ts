import { add, concat, silu } from '@elbo/tensor'
import {
  block,
  fourier,
  linear,
  mlp,
  type FourierParameters,
  type LinearParameters,
  type Rows,
  type Widths,
} from '@elbo/nn'
import type { Real } from '../arithmetic.js'
import { condition, type ConditionParameters } from './condition.js'
import type { Condition, DenoisingNetwork, Noisy } from './network.js'

/** What a denoiser of points is made of: plain data, kept in checkpoints. */
export interface PointDenoiserArchitecture {
  /** Coordinates of a point. */
  readonly inputs: number
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[]
  /** Sinusoids of the time. */
  readonly timeFeatures: number
  /** Random Fourier features of the point, beside its coordinates; 0: none. */
  readonly pointFeatures: number
  /** 0: none. */
  readonly classes: number
}

type Linear = LinearParameters<number, number>

/** `features` is there where there are such. */
export interface PointDenoiserParameters {
  readonly condition: ConditionParameters
  readonly features?: FourierParameters<number>
  readonly first: Linear
  readonly rest: readonly Linear[]
}

/**
 * A multi-layer perceptron that denoises points [batch, inputs]: the first layer reads the point, random Fourier features of it where there
 * are any, and adds the time's and the class's embedding; SiLU between layers. Paths: `condition.…`, `features.frequencies`, `first`,
 * `rest.0`, …
 * @throws ShapeError what its layers throw.
 */
export const pointDenoiser = ({
  inputs,
  hidden,
  timeFeatures,
  pointFeatures,
  classes,
}: PointDenoiserArchitecture): DenoisingNetwork<PointDenoiserParameters, Rows<number>> => {
  const [width] = hidden
  const widths = [...hidden, inputs] as readonly number[] as Widths
  const parts = {
    condition: condition(timeFeatures, width, classes),
    first: linear<number, number>(inputs + pointFeatures, width),
    rest: mlp(widths, { activation: silu }),
  }
  type Parts = {
    readonly condition: (known: Omit<Noisy<unknown>, 'z'>) => Condition
    readonly first: (read: Rows<number>) => Rows<number>
    readonly rest: (hidden: Rows<number>) => Rows<number>
  }
  const denoise = ({ condition, first, rest }: Parts, read: Rows<number>, known: Omit<Noisy<unknown>, 'z'>) =>
    rest(silu(add(condition(known) as Real)(first(read) as Real)) as Rows<number>)
  if (pointFeatures === 0)
    return {
      classes,
      ...block(
        parts,
        applied =>
          ({ z, ...known }: Noisy<Rows<number>>) =>
            denoise(applied, z, known),
      ),
    }
  const featured = block(
    { ...parts, features: fourier<number, number>(inputs, pointFeatures) },
    ({ features, ...applied }) =>
      ({ z, ...known }: Noisy<Rows<number>>) =>
        denoise(applied, concat(1)([z as Real, features(z) as Real]) as Real as Rows<number>, known),
  )
  return { classes, ...featured } as DenoisingNetwork<PointDenoiserParameters, Rows<number>>
}
