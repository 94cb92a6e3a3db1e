import type { Gen, Shape, Tensor } from '@elbo/tensor'

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

/** A batch of sequences: [batch, tokens, N]. */
export type Tokens<N extends number> = Tensor<readonly [number, number, N], 'f32'>

/** A batch of images: [batch, channels, height, width], the order of `conv2d` in `@elbo/tensor`, of PyTorch and of ONNX. */
export type Images<C extends number> = Tensor<readonly [number, C, number, number], 'f32'>

/** Anything with C channels on its second axis: rows, images, [batch, channels, length]. */
export type Channels<C extends number> = Tensor<readonly [number, C, ...number[]], 'f32'>

/** A function that keeps the shape, whatever it is: an activation. */
export type ShapePreserving = <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>

/** What a layer without parameters has: a record without entries. */
export type NoParameters = Readonly<Record<never, never>>

/** A function as a layer without parameters. Draws nothing: the key passes through. */
export const layerOf = <X, Y>(f: (x: X) => Y): Layer<NoParameters, X, Y> => ({
  init: key => [{}, key],
  apply: () => f,
})

/** The same layer with a function after it, such as an activation: `pipe(linear(3, 4), followedBy(relu))`. The paths stay the same. */
export function followedBy(
  f: ShapePreserving,
): <P, X, S extends Shape>(layer: Layer<P, X, Tensor<S, 'f32'>>) => Layer<P, X, Tensor<S, 'f32'>>
export function followedBy<Y, Z>(f: (y: Y) => Z): <P, X>(layer: Layer<P, X, Y>) => Layer<P, X, Z>
export function followedBy(f: (y: never) => unknown) {
  return <P, X>({ init, apply }: Layer<P, X, never>): Layer<P, X, unknown> => ({
    init,
    apply: parameters => {
      const first = apply(parameters)
      return x => f(first(x))
    },
  })
}
