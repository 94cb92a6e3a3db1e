import { arange, foldIn, full, or, scan, type Draw, type Key, type Shape, type Tensor } from '@elbo/tensor'
import { choose, type Real, type Truth } from '../arithmetic.js'

export interface Proposal {
  readonly value: Real
  readonly isAccepted: Truth
}

/**
 * Rejection sampling as a static graph: `attempts` proposals for each element, of which the first accepted one is kept, and `fallback` where
 * none is. With an acceptance of a, the fallback has a share of (1 − a)^attempts.
 */
export const firstAccepted =
  (attempts: number, shape: Shape, fallback: Real, propose: (key: Key) => Proposal): Draw<Real> =>
  key => {
    const [{ value }] = scan(
      (kept: { readonly value: Real; readonly isDone: Truth }, attempt: Tensor<[], 'u32'>) => {
        const proposal = propose(foldIn(attempt)(key))
        return [
          {
            value: choose(kept.isDone, kept.value, proposal.value),
            isDone: or(proposal.isAccepted)(kept.isDone),
          },
          {},
        ] as const
      },
    )(
      {
        value: fallback,
        isDone: full(shape, 0, 'bool'),
      },
      arange(attempts, 'u32'),
    )
    return value
  }
