import { Normal, toEvent, type Independent } from '@elbo/distributions'
import type { Shape, Tensor } from '@elbo/tensor'
import { plus, times, type Real } from '../arithmetic.js'
import { posterior, transition } from './kernel.js'
import type { Level } from './level.js'

type Given<S extends Shape, N extends number> = Independent<Normal<[...S]>, N>

const normal = <S extends Shape, N extends number>(axes: N, loc: Real, variance: number): Given<S, N> =>
  toEvent(axes)(Normal({ loc, scale: Math.sqrt(variance) })) as unknown as Given<S, N>

/**
 * q(z_t | z_s), s < t; from level 0, q(z_t | x). `forward(s, t, axes)(z_s)`: the last `axes` axes are one event.
 */
export const forward =
  <const N extends number>(from: Level, to: Level, axes: N) =>
  <S extends Shape>(z: Tensor<S>): Given<S, N> => {
    const { scale, variance } = transition(from, to)
    return normal(axes, times(z as Real, scale), variance)
  }

/** q(z_s | z_t, x), 0 < s < t: `backward(s, t, axes)(z_t, x)`. */
export const backward =
  <const N extends number>(earlier: Level, later: Level, axes: N) =>
  <S extends Shape>(z: Tensor<S>, x: Tensor<S>): Given<S, N> => {
    const { ofZ, ofX, variance } = posterior(earlier, later)
    return normal(axes, plus(times(z as Real, ofZ), times(x as Real, ofX)), variance)
  }
