import { initialised } from './initialised.js'
import type { Layer } from './layer.js'
import type { AnyLayer } from './modal.js'

/**
 * Layers one after the other, up to eight; a sequence is a layer, and may stand in another. The parameters are a list, so the paths of the
 * k-th (from 0) begin with `k.`
 */
export function sequence<P0, P1, X, Y0, Y1>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
): Layer<readonly [P0, P1], X, Y1>
export function sequence<P0, P1, P2, X, Y0, Y1, Y2>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
): Layer<readonly [P0, P1, P2], X, Y2>
export function sequence<P0, P1, P2, P3, X, Y0, Y1, Y2, Y3>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
  fourth: Layer<P3, Y2, Y3>,
): Layer<readonly [P0, P1, P2, P3], X, Y3>
export function sequence<P0, P1, P2, P3, P4, X, Y0, Y1, Y2, Y3, Y4>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
  fourth: Layer<P3, Y2, Y3>,
  fifth: Layer<P4, Y3, Y4>,
): Layer<readonly [P0, P1, P2, P3, P4], X, Y4>
export function sequence<P0, P1, P2, P3, P4, P5, X, Y0, Y1, Y2, Y3, Y4, Y5>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
  fourth: Layer<P3, Y2, Y3>,
  fifth: Layer<P4, Y3, Y4>,
  sixth: Layer<P5, Y4, Y5>,
): Layer<readonly [P0, P1, P2, P3, P4, P5], X, Y5>
export function sequence<P0, P1, P2, P3, P4, P5, P6, X, Y0, Y1, Y2, Y3, Y4, Y5, Y6>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
  fourth: Layer<P3, Y2, Y3>,
  fifth: Layer<P4, Y3, Y4>,
  sixth: Layer<P5, Y4, Y5>,
  seventh: Layer<P6, Y5, Y6>,
): Layer<readonly [P0, P1, P2, P3, P4, P5, P6], X, Y6>
export function sequence<P0, P1, P2, P3, P4, P5, P6, P7, X, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7>(
  first: Layer<P0, X, Y0>,
  second: Layer<P1, Y0, Y1>,
  third: Layer<P2, Y1, Y2>,
  fourth: Layer<P3, Y2, Y3>,
  fifth: Layer<P4, Y3, Y4>,
  sixth: Layer<P5, Y4, Y5>,
  seventh: Layer<P6, Y5, Y6>,
  eighth: Layer<P7, Y6, Y7>,
): Layer<readonly [P0, P1, P2, P3, P4, P5, P6, P7], X, Y7>
export function sequence<P, X>(...layers: readonly Layer<P, X, X>[]): Layer<readonly P[], X, X>
export function sequence(...layers: readonly AnyLayer[]): AnyLayer {
  return {
    init: initialised(layers),
    apply: (parameters: readonly never[]) => {
      const parts = layers.map(({ apply }, i) => apply(parameters[i]))
      return (x: unknown) => parts.reduce((y, part) => part(y as never), x)
    },
  }
}
