import { pipe } from 'fp-ts/lib/function.js'
import { reshape, silu } from '@elbo/tensor'
import {
  block,
  conv2d,
  groupNorm,
  linear,
  zeros,
  type Conv2dParameters,
  type Images,
  type Layer,
  type LinearParameters,
  type ScaleParameters,
} from '@elbo/nn'
import { plus, type Real } from '../arithmetic.js'
import type { Condition } from './network.js'

/** Images [batch, channels, height, width], and what is known of each. */
export interface Conditioned {
  readonly images: Images<number>
  readonly condition: Condition
}

type Conv = Conv2dParameters<number>
type Norm = ScaleParameters<readonly [number]>

/** `shortcut` is there where the numbers of channels differ. */
export interface ResidualBlockParameters {
  readonly norm1: Norm
  readonly conv1: Conv
  readonly condition: LinearParameters<number, number>
  readonly norm2: Norm
  readonly conv2: Conv
  readonly shortcut?: Conv
}

export type ResidualBlock = Layer<ResidualBlockParameters, Conditioned, Images<number>>

const sum = (a: Real, b: Real): Images<number> => plus(a, b) as Images<number>

/**
 * x + f(x) for images, as Ho et al. 2020 (appendix B) have it: twice a group norm, SiLU and a convolution by a kernel of 3, with a linear map
 * of the condition added to each channel in between. The last convolution begins as 0, so that the block begins as x; where the numbers of
 * channels differ, x goes through a convolution by a kernel of 1. Paths: `norm1`, `conv1`, `condition`, `norm2`, `conv2`, `shortcut`.
 * @throws ShapeError when the groups divide either number of channels not.
 */
export const residualBlock = (
  inputs: number,
  outputs: number,
  conditionWidth: number,
  groups: number,
): ResidualBlock => {
  const parts = {
    norm1: groupNorm<number>(groups, inputs),
    conv1: conv2d<number, number>(inputs, outputs, 3, { padding: 1 }),
    condition: linear<number, number>(conditionWidth, outputs),
    norm2: groupNorm<number>(groups, outputs),
    conv2: conv2d<number, number>(outputs, outputs, 3, { padding: 1, weight: zeros, bias: zeros }),
  }
  const body =
    (
      applied: {
        readonly [name in 'norm1' | 'conv1' | 'norm2' | 'conv2']: (x: Images<number>) => Images<number>
      } & { readonly condition: (x: Condition) => Condition },
    ) =>
    ({ images, condition }: Conditioned): Images<number> => {
      const told: Real = reshape([-1, outputs, 1, 1])(applied.condition(condition) as Real)
      return pipe(
        images,
        applied.norm1,
        silu,
        applied.conv1,
        x => sum(x, told),
        applied.norm2,
        silu,
        applied.conv2,
      )
    }
  if (inputs === outputs)
    return block(parts, applied => {
      const added = body(applied)
      return (x: Conditioned) => sum(x.images, added(x))
    })
  return block({ ...parts, shortcut: conv2d<number, number>(inputs, outputs, 1) }, applied => {
    const added = body(applied)
    return (x: Conditioned) => sum(applied.shortcut(x.images), added(x))
  }) as ResidualBlock
}
