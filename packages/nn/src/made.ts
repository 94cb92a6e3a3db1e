import { pipe } from 'fp-ts/lib/function.js'
import { relu, ShapeError } from '@elbo/tensor'
import type { AffineOptions } from './affine.js'
import { fanInUniform } from './initialisers.js'
import { followedBy, type Layer, type Rows, type ShapePreserving } from './layer.js'
import type { LinearParameters } from './linear.js'
import { maskedLinear } from './maskedLinear.js'
import { sequence } from './sequence.js'

/** `weight` and `bias` initialise every layer; `fanInUniform` unless told. */
export interface MadeOptions extends AffineOptions {
  /** After every layer but the last; `relu` unless told. */
  readonly activation?: ShapePreserving
  /** Of the last layer, where it begins in another way. */
  readonly last?: AffineOptions
}

/**
 * A masked autoregressive network (Germain, Gregor, Murray and Larochelle 2015, MADE: Masked Autoencoder for Distribution Estimation): for each
 * element of a row, `each` numbers that depend on the elements before it alone. A row of outputs is `each` blocks of `features` numbers: number
 * i of every block belongs to element i, and what belongs to element 0 is constant.
 *
 * Hidden unit k may see the elements 0 … k mod (features − 1). A layer reads the units that see no more than its own unit does. Paths:
 * `0.weight`, `0.bias`, `1.weight`, …, as those of `mlp`.
 * @throws ShapeError `made: 0 features, 2 numbers each: both must be whole numbers from 1`
 */
export const made = <const N extends number>(
  features: N,
  hidden: readonly number[],
  each: number,
  { activation = relu, weight = fanInUniform, bias = fanInUniform, last }: MadeOptions = {},
): Layer<readonly LinearParameters<number, number>[], Rows<N>, Rows<number>> => {
  if (![features, each].every(n => Number.isInteger(n) && n >= 1))
    throw new ShapeError(
      `made: ${features} features, ${each} numbers each: both must be whole numbers from 1`,
    )
  // A unit of degree d sees the elements before d. One of the last layer must not see its own.
  const ofInput = (i: number): number => i + 1
  const ofHidden = (k: number): number => 1 + (k % Math.max(features - 1, 1))
  const ofOutput = (o: number): number => o % features
  const widths = [features, ...hidden, features * each]
  const end = widths.length - 2
  const layers = widths.slice(1).map((outputs, i) => {
    const [before, own] = [i === 0 ? ofInput : ofHidden, i === end ? ofOutput : ofHidden]
    const masked = maskedLinear(widths[i], outputs, (input, output) => before(input) <= own(output), {
      weight,
      bias,
      ...(i === end && last),
    })
    return i === end ? masked : pipe(masked, followedBy(activation))
  })
  return sequence(...layers)
}
