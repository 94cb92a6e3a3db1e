import { fashionMnistUNet, type DiffusionModel } from '@elbo/diffusion'
import type { TrainDiffusionOptions } from './options.js'
import { planes } from './data.js'
import { isPlane } from './names.js'

/** Group norm takes as many channels together: 8 groups, or fewer where a resolution has few or odd channels. */
const groupsFor = (widths: readonly number[]): number =>
  [8, 4, 2].find(groups => widths.every(width => width % groups === 0)) ?? 1

/** The model that the options ask for: for points a perceptron, for images a U-Net that is told classes. */
export const modelOf = ({
  data,
  widths,
  schedule,
  levels,
  prediction,
}: Pick<TrainDiffusionOptions, 'data' | 'widths' | 'schedule' | 'levels' | 'prediction'>): DiffusionModel => {
  const common = { schedule, length: levels, prediction }
  if (isPlane(data))
    return {
      ...common,
      architecture: {
        kind: 'points',
        inputs: 2,
        hidden: widths ?? [256, 256, 256],
        timeFeatures: 64,
        pointFeatures: 64,
        classes: 0,
      },
      scale: planes[data].scale,
    }
  const channels = widths ?? fashionMnistUNet.widths
  const groups = groupsFor(channels)
  return {
    ...common,
    architecture: {
      kind: 'unet',
      ...fashionMnistUNet,
      widths: channels,
      groups,
      heads: channels[channels.length - 1] % 4 === 0 ? 4 : 1,
      conditionWidth: Math.min(fashionMnistUNet.conditionWidth, 4 * channels[0]),
    },
    scale: 1,
  }
}
