import { discretise, type DiscreteProcess } from '../process/discrete.js'
import { cosine, cosineBetas } from '../process/schedules/cosine.js'
import { linear, linearBetas } from '../process/schedules/linear.js'
import { rectifiedFlow } from '../process/schedules/rectified-flow.js'
import { scaledLinearBetas } from '../process/schedules/scaled-linear.js'
import { sigmoidBetas } from '../process/schedules/sigmoid.js'
import { subVariancePreserving } from '../process/schedules/sub-variance-preserving.js'
import { karras, varianceExploding } from '../process/schedules/variance-exploding.js'
import { zeroTerminalSnr } from '../process/zero-snr.js'

/** Every schedule, at a number of levels. */
export const schedules: Readonly<Record<string, (length: number) => DiscreteProcess>> = {
  linear: length => linearBetas(length),
  'scaled linear': length => scaledLinearBetas(length),
  cosine: length => cosineBetas(length),
  sigmoid: length => sigmoidBetas(length),
  'linear without signal at the end': length => zeroTerminalSnr(linearBetas(length)),
  'cosine without signal at the end': length => discretise(length)(cosine()),
  'linear in continuous time': length => discretise(length)(linear()),
  'sub-variance-preserving': length => discretise(length)(subVariancePreserving()),
  'variance-exploding': length => discretise(length)(varianceExploding()),
  karras: length => discretise(length)(karras()),
  'rectified flow': length => discretise(length)(rectifiedFlow()),
}
