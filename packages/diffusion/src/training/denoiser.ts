import { full, type Shape } from '@elbo/tensor'
import { plus, type Real } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'
import { toEstimate } from '../process/prediction.js'
import type { DenoiserParameters } from './architecture.js'
import { said, type Denoising, type Labels } from './loss.js'

/** The labels that tell no class: i32[count]. */
export const untold = ({ network }: Pick<Denoising, 'network'>, count: number): Labels | undefined =>
  network.classes === 0 ? undefined : full([count], network.classes, 'i32')

/**
 * A network as a denoiser of its process, in the model's units, for any sampler and for the bound: of the given classes, one for each
 * example, or without being told any.
 */
export const denoiserOf =
  ({ network, process, prediction }: Denoising) =>
  (parameters: DenoiserParameters, labels?: Labels): Denoiser<Shape> =>
  (z, level) => {
    const [count] = z.shape
    const times: Real = plus(full([count], 0), level.time)
    const output = said(network, parameters, z, times, labels ?? untold({ network }, count))
    return toEstimate(process.family, prediction)(z, level, output)
  }
