import { pipe } from 'fp-ts/lib/function.js'
import { reshape, slice, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import type { Initialiser, LinearOptions } from '@elbo/nn'

type Real = Tensor<Shape, 'f32'>

/**
 * How a last layer begins whose weights many outputs share. A head initialises the layer as if every output had weights of its own: `each` kinds
 * of numbers one after the other, `places` of each. Here `kept` of the places have weights, which the others share, so that what the head asks
 * for at the first of them is what they get.
 *
 * `drawn` puts the weight, [inputs, each · kept], into the form of the layer.
 */
export const shared = (
  { weight, bias }: Required<LinearOptions>,
  { each, places, kept }: { readonly each: number; readonly places: number; readonly kept: number },
  { inputs, drawn }: { readonly inputs: number; readonly drawn: (weight: Real) => Real },
): Required<LinearOptions> => {
  const first = (x: Real, rows: number): Real =>
    pipe(x, reshape([rows, each, places]), slice(null, null, [0, kept]), reshape([rows, each * kept]))
  const initialiser =
    (own: Initialiser, rows: readonly number[], form: (x: Real) => Real): Initialiser =>
    fan =>
    <const S extends Shape>(_: S): Draw<Tensor<[...S], 'f32'>> =>
    key => {
      const all: Real = own(fan)([...rows, each * places])(key)
      return form(first(all, rows[0] ?? 1)) as Tensor<[...S], 'f32'>
    }
  return {
    weight: initialiser(weight, [inputs], drawn),
    bias: initialiser(bias, [], x => reshape([each * kept])(x)),
  }
}
