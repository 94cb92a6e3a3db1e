import { reshape, transpose, type Shape, type Tensor } from '@elbo/tensor'
import type { Images, Layer, Tokens } from './layer.js'

type DTypes = 'f32' | 'i32'

/**
 * A layer for a batch of examples, on every token of a batch of sequences: [batch, tokens, …] is taken as [batch · tokens, …], so that all
 * share the parameters. `perToken(linear(64, 32))`, `perToken(layerNorm(64))`, `perToken(embedding(50, 64))`. Paths: the layer's.
 */
export const perToken = <
  P,
  A extends readonly number[],
  B extends readonly number[],
  D extends DTypes,
  E extends DTypes,
>({
  init,
  apply,
}: Layer<P, Tensor<readonly [number, ...A], D>, Tensor<readonly [number, ...B], E>>): Layer<
  P,
  Tensor<readonly [number, number, ...A], D>,
  Tensor<readonly [number, number, ...B], E>
> => ({
  init,
  apply: parameters => {
    const f = apply(parameters)
    return x => {
      const [batch, tokens, ...rest]: Shape = x.shape as Shape
      const flat = reshape([batch * tokens, ...rest])(x as Tensor<Shape, D>)
      const y = f(flat as Tensor<Shape, D> as Tensor<readonly [number, ...A], D>) as Tensor<Shape, E>
      return reshape([batch, tokens, ...y.shape.slice(1)])(y) as Tensor<Shape, E> as Tensor<
        readonly [number, number, ...B],
        E
      >
    }
  },
})

/**
 * A layer for sequences, on images whose pixels are the tokens, row by row: [batch, channels, height, width] is taken as
 * [batch, height · width, channels] and brought back. `overPixels(selfAttention(64, 4))`. Paths: the layer's.
 */
export const overPixels = <P, A extends number, B extends number>({
  init,
  apply,
}: Layer<P, Tokens<A>, Tokens<B>>): Layer<P, Images<A>, Images<B>> => ({
  init,
  apply: parameters => {
    const f = apply(parameters)
    return x => {
      const [batch, channels, height, width] = x.shape as readonly [number, number, number, number]
      const pixels: Tensor<Shape, 'f32'> = reshape([batch, channels, height * width])(x as Tensor)
      const y: Tensor<Shape, 'f32'> = f(transpose([0, 2, 1])(pixels) as Tensor as Tokens<A>)
      return reshape([batch, y.shape[2], height, width])(
        transpose([0, 2, 1])(y) as Tensor,
      ) as Tensor as Images<B>
    }
  },
})
