import type { Gen, Tensor } from '@elbo/tensor'

/**
 * A layer is two functions: `init` draws its parameters, a plain tree of tensors, and `apply` uses them. Nothing is hidden in it, so layers
 * compose as values, and parameters can be stored, mapped and differentiated as what they are.
 *
 * The key paths of the parameters are the format of checkpoints: renaming one is a breaking change.
 */
export interface Layer<P, X, Y> {
  readonly init: Gen<P>
  readonly apply: (parameters: P) => (x: X) => Y
}

/** A batch of vectors: one row for each example. */
export type Rows<N extends number> = Tensor<readonly [number, N], 'f32'>

/** The same layer with a function after it, such as an activation: `pipe(linear(3, 4), followedBy(relu))`. The paths stay the same. */
export const followedBy =
  <Y, Z>(f: (y: Y) => Z) =>
  <P, X>({ init, apply }: Layer<P, X, Y>): Layer<P, X, Z> => ({
    init,
    apply: parameters => {
      const first = apply(parameters)
      return x => f(first(x))
    },
  })
