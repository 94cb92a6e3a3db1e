import type { Gen } from '@elbo/tensor'
import type { Layer } from './layer.js'

/** What every layer is, whatever it takes. */
interface AnyLayer {
  readonly init: Gen<unknown>
  readonly apply: (parameters: never) => (x: never) => unknown
}

/** Layers one after the other. The parameters are a list, so the paths of the k-th (from 0) begin with `k.` */
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
export function sequence<P, X>(...layers: readonly Layer<P, X, X>[]): Layer<readonly P[], X, X>
export function sequence(...layers: readonly AnyLayer[]): AnyLayer {
  return {
    init: key => {
      const parameters: unknown[] = []
      let next = key
      for (const { init } of layers) {
        const [drawn, after] = init(next)
        parameters.push(drawn)
        next = after
      }
      return [parameters, next]
    },
    apply: (parameters: readonly never[]) => {
      const parts = layers.map(({ apply }, i) => apply(parameters[i]))
      return (x: unknown) => parts.reduce((y, part) => part(y as never), x)
    },
  }
}
