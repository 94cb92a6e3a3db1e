import { byLevel } from '@elbo/elbo'
import { scalar, type Shape, type Tensor } from '@elbo/tensor'
import type { LevelTensors } from './denoiser.js'
import type { DiscreteProcess } from './discrete.js'
import type { Level } from './level.js'

/** A level that is known, for a program. */
export const tensorsOf = ({ time, alpha, sigma, logSnr }: Level): LevelTensors => ({
  time: scalar(time),
  alpha: scalar(alpha),
  sigma: scalar(sigma),
  logSnr: scalar(logSnr),
})

/**
 * Levels 1 … T within a program, by numbers t that may be traced: one, or, i32[n, 1], one for each example. They are doubles where arithmetic is
 * double.
 */
export const levelTensors = ({
  levels,
}: DiscreteProcess): (<L extends Shape>(t: Tensor<L, 'i32'>) => LevelTensors<L>) => {
  const table = (of: (level: Level) => number) => byLevel(levels.slice(1).map(of))
  const [time, alpha, sigma, logSnr] = [
    table(level => level.time),
    table(level => level.alpha),
    table(level => level.sigma),
    table(level => level.logSnr),
  ]
  return t => ({ time: time(t), alpha: alpha(t), sigma: sigma(t), logSnr: logSnr(t) })
}
