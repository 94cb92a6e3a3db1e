import { add, type Shape, type Tensor } from '@elbo/tensor'
import { block } from './block.js'
import type { Layer } from './layer.js'
import type { ModalLayer } from './modal.js'

type Real = Tensor<Shape, 'f32'>

const sumOf = (a: Real, b: Real): Real => add(b)(a)

/** x + body(x) (He et al. 2016, eq. 1), for layers of either kind that keep the shape. Paths: the body's. */
export function residual<P, X extends Real>(body: Layer<P, X, X>): Layer<P, X, X>
export function residual<P, S, X extends Real>(body: ModalLayer<P, S, X, X>): ModalLayer<P, S, X, X>
export function residual(
  body: Layer<unknown, Real, Real> | ModalLayer<unknown, unknown, Real, Real>,
): Layer<unknown, Real, Real> | ModalLayer<unknown, unknown, Real, Real> {
  if ('apply' in body) {
    return { init: body.init, apply: parameters => x => sumOf(x, body.apply(parameters)(x)) }
  }
  return {
    ...body,
    train: (parameters, state, key) => x => {
      const [y, next] = body.train(parameters, state, key)(x)
      return [sumOf(x, y), next]
    },
    evaluate: (parameters, state) => x => sumOf(x, body.evaluate(parameters, state)(x)),
  }
}

/**
 * shortcut(x) + body(x), where the body changes the shape (He et al. 2016, eq. 2), such as a convolution in steps of two beside one by a
 * kernel of 1. Paths: `body.…`, `shortcut.…`.
 */
export const residualBy = <PB, PS, X, Y extends Real>(
  body: Layer<PB, X, Y>,
  shortcut: Layer<PS, X, Y>,
): Layer<{ readonly body: PB; readonly shortcut: PS }, X, Y> =>
  block({ body, shortcut }, parts => (x: X) => sumOf(parts.shortcut(x), parts.body(x)) as Y)
