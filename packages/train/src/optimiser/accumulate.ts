import {
  add,
  cast,
  div,
  eq,
  mod,
  mul,
  scalar,
  where,
  zerosLike,
  zipTrees,
  type AnyTensor,
  type Tensor,
} from '@elbo/tensor'
import { mapLeaves } from './elementwise.js'
import {
  ofLinks,
  type Leaf,
  type Leaves,
  type Optimiser,
  type OptimiserState,
  type Scalar,
} from './optimiser.js'
import { required } from '../required.js'

interface Accumulated {
  readonly slope: Leaves
  readonly loss: Scalar
  readonly inner: OptimiserState
}

/**
 * `accumulate(4)(adam())`: one update from the mean of the slopes of so many batches, in place of one from each. The parameters stand still
 * in between, and the optimiser within counts its updates, not the batches; its schedules do so too. Batches at the end of a run that do not
 * fill an update have no effect. As in PyTorch, where each batch's loss is divided by their number and `optimizer.step()` follows the last.
 *
 * State: `accumulate.slope.<path>` and `accumulate.loss`, the sums so far, and `accumulate.inner.<state of the optimiser within>`.
 * @throws RangeError unless `batches` is a whole number from 1.
 */
export const accumulate = (batches: number) => {
  required('accumulate', 'batches', batches, Number.isSafeInteger(batches) && batches >= 1)
  return (optimiser: Optimiser): Optimiser =>
    ofLinks([
      {
        name: 'accumulate',
        init: parameters => ({
          slope: mapLeaves(zerosLike)(parameters),
          loss: scalar(0),
          inner: optimiser.init(parameters),
        }),
        update: (change, state, { parameters, step, loss }) => {
          const before = state as unknown as Accumulated
          const last: Tensor<readonly [], 'bool'> = eq(batches - 1)(mod(batches)(step))
          const then = (value: AnyTensor, otherwise: AnyTensor): AnyTensor => where(value, otherwise)(last)
          const slope = mapLeaves((leaf, path) => add(before.slope[path])(leaf))(change)
          const total = add(before.loss)(loss)
          const updated = optimiser.update(mapLeaves(leaf => div(batches)(leaf))(slope), before.inner, {
            parameters,
            step: div(batches)(step),
            loss: div(batches)(total),
          })
          const { learningRate, rateReduced } = updated
          return {
            change: mapLeaves(leaf => then(leaf, zerosLike(leaf)) as Leaf)(updated.change),
            state: {
              slope: mapLeaves(leaf => then(zerosLike(leaf), leaf) as Leaf)(slope),
              loss: then(scalar(0), total),
              inner: zipTrees((next, kept) => then(next, kept), updated.state, before.inner),
            },
            ...(learningRate === undefined ? {} : { learningRate }),
            ...(rateReduced === undefined ? {} : { rateReduced: mul(rateReduced)(cast('f32')(last)) }),
          }
        },
      },
    ])
}
