import { pipe } from 'fp-ts/lib/function.js'
import { concat, ShapeError, silu } from '@elbo/tensor'
import {
  block,
  conv2d,
  groupNorm,
  overPixels,
  selfAttention,
  upsample,
  zeros,
  type AttentionParameters,
  type Conv2dParameters,
  type Images,
  type Layer,
  type ScaleParameters,
} from '@elbo/nn'
import { plus, type Real } from '../arithmetic.js'
import { condition, type ConditionParameters } from './condition.js'
import type { DenoisingNetwork, Noisy } from './network.js'
import { residualBlock, type Conditioned, type ResidualBlockParameters } from './residualBlock.js'

/** What a U-Net is made of: plain data, kept in checkpoints. */
export interface UNetArchitecture {
  /** Channels, height and width of an image. */
  readonly image: readonly [channels: number, height: number, width: number]
  /** The channels at each resolution, which is halved from one to the next. */
  readonly widths: readonly number[]
  /** Sinusoids of the time. */
  readonly timeFeatures: number
  /** Numbers that tell each block of time and class. */
  readonly conditionWidth: number
  /** Of each group norm. */
  readonly groups: number
  /** Of the attention at the lowest resolution. */
  readonly heads: number
  /** 0: none. */
  readonly classes: number
}

/** 28 × 28 → 14 × 14 → 7 × 7, class-conditional: 515,361 parameters. */
export const fashionMnistUNet: UNetArchitecture = {
  image: [1, 28, 28],
  widths: [32, 64, 64],
  timeFeatures: 64,
  conditionWidth: 128,
  groups: 8,
  heads: 4,
  classes: 10,
}

type Norm = ScaleParameters<readonly [number]>
type Conv = Conv2dParameters<number>

/** The lowest resolution: `before`, attention over the pixels beside what goes around it, `after`. */
export interface BottomParameters {
  readonly before: ResidualBlockParameters
  readonly norm: Norm
  readonly attention: AttentionParameters<number, number>
  readonly after: ResidualBlockParameters
}

/** One resolution around all lower ones. */
export interface LevelParameters {
  readonly before: ResidualBlockParameters
  readonly down: Conv
  readonly inside: LevelParameters | BottomParameters
  readonly after: ResidualBlockParameters
}

export interface UNetParameters {
  readonly condition: ConditionParameters
  readonly first: Conv
  readonly body: LevelParameters | BottomParameters
  readonly norm: Norm
  readonly last: Conv
}

type Level<P> = Layer<P, Conditioned, Images<number>>
type Pictures = Images<number>

const bottom = (
  inputs: number,
  width: number,
  { conditionWidth, groups, heads }: UNetArchitecture,
): Level<BottomParameters> =>
  block(
    {
      before: residualBlock(inputs, width, conditionWidth, groups),
      norm: groupNorm<number>(groups, width),
      attention: overPixels(selfAttention<number>(width, heads)),
      after: residualBlock(width, width, conditionWidth, groups),
    },
    ({ before, norm, attention, after }) =>
      ({ images, condition }: Conditioned): Pictures => {
        const x: Real = before({ images, condition })
        const attended: Real = attention(norm(x as Pictures))
        return after({ images: plus(x, attended) as Pictures, condition })
      },
  )

/** A U-Net from one resolution downwards: `inputs` channels to as many as the first of its widths. */
const level = (
  inputs: number,
  [width, ...lower]: readonly number[],
  architecture: UNetArchitecture,
): Level<LevelParameters | BottomParameters> => {
  const { conditionWidth, groups } = architecture
  if (lower.length === 0)
    return bottom(inputs, width, architecture) as Level<LevelParameters | BottomParameters>
  const up = upsample<number>(2).apply({})
  return block(
    {
      before: residualBlock(inputs, width, conditionWidth, groups),
      down: conv2d<number, number>(width, width, 3, { padding: 1, stride: 2 }),
      inside: level(width, lower, architecture),
      after: residualBlock(lower[0] + width, width, conditionWidth, groups),
    },
    ({ before, down, inside, after }) =>
      ({ images, condition }: Conditioned): Pictures => {
        const kept = before({ images, condition })
        const risen: Real = up(inside({ images: down(kept), condition }))
        return after({ images: concat(1)([risen, kept as Real]) as Real as Pictures, condition })
      },
  ) as Level<LevelParameters | BottomParameters>
}

/**
 * A U-Net that denoises images [batch, channels, height, width] (Ho et al. 2020, appendix B): at each resolution a residual block on the way
 * down and one on the way up, which also sees what the one on the way down gave; between resolutions a convolution in steps of two, and
 * nearest neighbours. The lowest resolution has attention between its two blocks. The last convolution begins as 0, and so does the network.
 *
 * Paths: `condition.…`, `first`, `body.before.…`, `body.down`, `body.inside.before.…`, …, `body.after.…`, `norm`, `last`.
 * @throws ShapeError `unet: images of 28 × 30 cannot be halved 2 times`, or what its layers throw.
 */
export const unet = (architecture: UNetArchitecture): DenoisingNetwork<UNetParameters, Images<number>> => {
  const {
    image: [channels, height, width],
    widths,
    timeFeatures,
    conditionWidth,
    groups,
    classes,
  } = architecture
  const halvings = widths.length - 1
  if (halvings < 0) throw new ShapeError('unet: no widths')
  if (height % 2 ** halvings !== 0 || width % 2 ** halvings !== 0)
    throw new ShapeError(`unet: images of ${height} × ${width} cannot be halved ${halvings} times`)
  const [first] = widths
  return {
    classes,
    ...block(
      {
        condition: condition(timeFeatures, conditionWidth, classes),
        first: conv2d<number, number>(channels, first, 3, { padding: 1 }),
        body: level(first, widths, architecture),
        norm: groupNorm<number>(groups, first),
        last: conv2d<number, number>(first, channels, 3, { padding: 1, weight: zeros, bias: zeros }),
      },
      parts =>
        ({ z, ...known }: Noisy<Pictures>): Pictures => {
          const told = parts.condition(known)
          return pipe(parts.body({ images: parts.first(z), condition: told }), parts.norm, silu, parts.last)
        },
    ),
  }
}
