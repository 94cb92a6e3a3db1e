import { Categorical, Normal, TruncatedNormal } from '@elbo/distributions'
import {
  expandDims,
  log,
  logSumExp,
  softmax,
  split,
  sum,
  take,
  tensor,
  uniform,
  type Draw,
  type Key,
} from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { ProcessError } from '../process/process-error.js'
import { perComponent, type ExactData, type PerRow, type RowLevel, type Rows } from './exact-data.js'

/** Boxes with sides along the axes, uniform each and all as likely as each other; one box a row: [K][d]. */
export interface Boxes {
  readonly low: readonly (readonly number[])[]
  readonly high: readonly (readonly number[])[]
}

const last = (x: Real): Real => (sum(-1) as (x: Real) => Real)(x)

/**
 * Given its box, each coordinate of x is a normal distribution about z/α of deviation σ/α, cut off at the sides, whose mean and mass are known by the
 * error function. For levels with signal and noise: where α = 0 or σ = 0, there is no such distribution.
 */
const partsOf =
  ({ low, high }: Boxes) =>
  (z: Rows, level: RowLevel): { readonly logs: Real; readonly x: Real } => {
    const size = [low.length, low[0].length] as const
    const [from, to]: readonly [Real, Real] = [tensor(low.flat(), size), tensor(high.flat(), size)]
    const [alpha, sigma] = [perComponent(level.alpha), perComponent(level.sigma)]
    const loc = over(expandDims(1)(z), alpha)
    const scale = over(sigma, alpha)
    const given = TruncatedNormal({ loc, scale, low: from, high: to })
    // At any point of the side the density before the cut is the mass times that after it. At the nearest to loc both are largest.
    const nearest: Real = given.mode()
    const logMass = minus(Normal({ loc, scale }).logProb(nearest), given.logProb(nearest))
    return {
      logs: last(minus(logMass, log(times(minus(to, from), alpha)))),
      x: given.mean(),
    }
  }

/** @throws ProcessError unless there are boxes, of one dimension, with sides */
const requireBoxes = ({ low, high }: Boxes): void => {
  const dimension = low[0]?.length
  const fits =
    low.length > 0 &&
    low.length === high.length &&
    low.every((row, k) => row.length === dimension && high[k].length === dimension)
  if (!fits || !low.every((row, k) => row.every((side, i) => side < high[k][i])))
    throw new ProcessError('boxes: a lower and a higher end for each side of each box, in one dimension')
}

/** Uniform boxes under noise, at levels with signal and noise. @throws ProcessError for boxes without sides */
export const exactBoxes = (boxes: Boxes): ExactData => {
  requireBoxes(boxes)
  const { low, high } = boxes
  const size = [low.length, low[0].length] as const
  const parts = partsOf(boxes)
  return {
    sample:
      (count): Draw<Rows> =>
      key => {
        const [forBox, forPlace] = split(key, 2) as readonly [Key, Key]
        const of = Categorical({ probs: low.map(() => 1 / size[0]) }).sample([count])(forBox)
        const chosen = (values: readonly (readonly number[])[]): Real =>
          take(of, 0)(tensor(values.flat(), size))
        const place: Real = uniform([count, size[1]])(forPlace)
        return plus(chosen(low), times(place, minus(chosen(high), chosen(low)))) as unknown as Rows
      },
    denoiser: (z, level) => {
      const { logs, x } = parts(z, level)
      const share = expandDims(-1)(softmax(-1)(logs)) as Real
      const mean = (sum(1) as (x: Real) => Real)(times(x, share))
      return {
        x: mean as unknown as Rows,
        epsilon: over(minus(z, times(mean, level.alpha)), level.sigma) as unknown as Rows,
      }
    },
    logDensity: (z, level) =>
      minus(
        (logSumExp(-1) as (x: Real) => Real)(parts(z, level).logs),
        Math.log(size[0]),
      ) as unknown as PerRow,
  }
}

const darkFields = [-2, -1, 0, 1].flatMap(i =>
  [-2, -1, 0, 1].filter(j => (i + j) % 2 === 0).map(j => [i, j] as const),
)

/** The eight dark fields of a board of 4 × 4 on [−2, 2)²: `checkerboard` of @elbo/datasets. Its entropy is ln 8. */
export const checkerboardBoxes: Boxes = {
  low: darkFields,
  high: darkFields.map(field => field.map(side => side + 1)),
}
