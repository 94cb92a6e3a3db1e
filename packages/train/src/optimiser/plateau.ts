import { pipe } from 'fp-ts/lib/function.js'
import {
  abs,
  add,
  and,
  cast,
  div,
  eq,
  gt,
  lt,
  maximum,
  mod,
  mul,
  scalar,
  sub,
  where,
  type Tensor,
} from '@elbo/tensor'
import { mapLeaves } from './elementwise.js'
import { ofLinks, type Optimiser, type Scalar } from './optimiser.js'
import { required } from '../required.js'

export interface PlateauOptions {
  /** What the rate is multiplied by (0.1). */
  readonly factor?: number
  /** How many readings without improvement are borne; the next one reduces the rate (10). */
  readonly patience?: number
  /** A reading improves when it is below the best by this share of it (1e-4). */
  readonly threshold?: number
  /** Readings after a reduction that are not held against the rate (0). */
  readonly cooldown?: number
  /** The least that the rate is multiplied by in all (0). */
  readonly minimum?: number
  /** A reading is the mean of the losses of so many updates: those of an epoch, as a rule. */
  readonly every: number
}

interface PlateauState {
  readonly best: Scalar
  readonly worse: Scalar
  readonly resting: Scalar
  readonly scale: Scalar
  readonly sum: Scalar
}

type Bool = Tensor<readonly [], 'bool'>

/** Larger than any loss, and yet a number that a checkpoint may hold. */
const largest = 2 ** 127

/**
 * Multiplies the change by a scale, which becomes smaller when the loss stops falling: torch.optim.lr_scheduler.ReduceLROnPlateau (mode `min`), with
 * the state in the optimiser's, and |best| in place of best in the threshold, so that negative losses improve downwards too. At a reading ℓ:
 *
 *     ℓ < best − threshold·|best|:  best ← ℓ, worse ← 0;  else worse ← worse + 1
 *     resting > 0:                  resting ← resting − 1, worse ← 0
 *     worse > patience:             scale ← max(factor·scale, minimum), worse ← 0, resting ← cooldown
 *
 * Belongs at the end of a chain. State: the scalars `best`, `worse`, `resting`, `scale`, and `sum`, of the losses since the last reading.
 * @throws RangeError unless 0 < factor < 1, patience, cooldown, threshold, minimum ≥ 0, minimum ≤ 1, and `every` is a whole number from 1.
 */
export const plateau = ({
  factor = 0.1,
  patience = 10,
  threshold = 1e-4,
  cooldown = 0,
  minimum = 0,
  every,
}: PlateauOptions): Optimiser => {
  const count = (n: number) => Number.isSafeInteger(n) && n >= 0
  required('plateau', 'factor', factor, factor > 0 && factor < 1)
  required('plateau', 'patience', patience, count(patience))
  required('plateau', 'threshold', threshold, threshold >= 0)
  required('plateau', 'cooldown', cooldown, count(cooldown))
  required('plateau', 'minimum', minimum, minimum >= 0 && minimum <= 1)
  required('plateau', 'every', every, count(every) && every >= 1)
  return ofLinks([
    {
      name: 'plateau',
      init: () => ({
        best: scalar(largest),
        worse: scalar(0),
        resting: scalar(0),
        scale: scalar(1),
        sum: scalar(0),
      }),
      update: (change, state, { step, loss }) => {
        const { best, worse, resting, scale, sum } = state as unknown as PlateauState
        const when = (condition: Bool, a: Scalar, b: Scalar): Scalar => where(a, b)(condition)
        const due: Bool = eq(every - 1)(mod(every)(step))
        const total = add(loss)(sum)
        const reading = div(every)(total)

        const improved: Bool = pipe(reading, lt(pipe(best, sub(mul(threshold)(abs(best))))))
        const rests: Bool = gt(0)(resting)
        const counted = when(improved, scalar(0), add(1)(worse))
        const borne = when(rests, scalar(0), counted)
        const reduced: Bool = pipe(borne, gt(patience), and(due))
        const smaller = pipe(scale, mul(factor), maximum(minimum))
        const rested = when(rests, sub(1)(resting), resting)

        return {
          change: mapLeaves(leaf => mul<readonly [], 'f32'>(scale)(leaf))(change),
          state: {
            best: when(and(due)(improved), reading, best),
            worse: when(due, when(reduced, scalar(0), borne), worse),
            resting: when(due, when(reduced, scalar(cooldown), rested), resting),
            scale: when(reduced, smaller, scale),
            sum: when(due, scalar(0), total),
          },
          learningRate: scale,
          rateReduced: pipe(smaller, lt(scale), and(reduced), cast('f32')),
        }
      },
    },
  ])
}
