import * as t from 'io-ts'
import type { Layer } from '@elbo/nn'
import type { Real } from '../arithmetic.js'
import type { DenoisingNetwork, Noisy } from '../networks/network.js'
import { pointDenoiser, type PointDenoiserParameters } from '../networks/pointDenoiser.js'
import { unet, type UNetParameters } from '../networks/unet.js'

const natural = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'a whole number from 0')
const positive = t.refinement(t.number, n => Number.isSafeInteger(n) && n > 0, 'a positive whole number')

/** Which network, by its name, and what it is made of: plain data, kept in checkpoints. */
export const architectureCodec = t.union([
  t.type({
    kind: t.literal('points'),
    inputs: positive,
    hidden: t.readonlyArray(positive),
    timeFeatures: positive,
    pointFeatures: natural,
    classes: natural,
  }),
  t.type({
    kind: t.literal('unet'),
    image: t.readonly(t.tuple([positive, positive, positive])),
    widths: t.readonlyArray(positive),
    timeFeatures: positive,
    conditionWidth: positive,
    groups: positive,
    heads: positive,
    classes: natural,
  }),
])

export type Architecture = Readonly<t.TypeOf<typeof architectureCodec>>
export type DenoiserParameters = PointDenoiserParameters | UNetParameters

/** A network whose kind is not known when it is compiled: it takes and gives tensors of any shape. */
export type AnyDenoisingNetwork = DenoisingNetwork<DenoiserParameters, Real>

/** The network that an architecture tells of. @throws what `pointDenoiser` and `unet` throw. */
export const networkOf = (architecture: Architecture): AnyDenoisingNetwork => {
  const network = architecture.kind === 'points' ? pointDenoiser(architecture) : unet(architecture)
  return network as unknown as Layer<DenoiserParameters, Noisy<Real>, Real> & { readonly classes: number }
}

/** The shape of one example. */
export const exampleShape = (architecture: Architecture): readonly number[] =>
  architecture.kind === 'points' ? [architecture.inputs] : architecture.image
