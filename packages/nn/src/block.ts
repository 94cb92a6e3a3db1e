import { foldIn, type Key } from '@elbo/tensor'
import { initialised } from './initialised.js'
import type { Layer } from './layer.js'
import { modalStage, type AnyLayer, type AnyStage, type ModalLayer, type NoState } from './modal.js'

/**
 * Layers by name. No more is asked of them here, because what is asked would be inferred: a layer that takes any shape would take none. What
 * is no layer has no function to wire.
 */
type Parts = Readonly<Record<string, Pick<AnyStage, 'init'>>>

/** The parameters of named layers: a record of theirs. */
export type ParametersOf<L extends Parts> = {
  readonly [K in keyof L]: L[K] extends { readonly init: (key: Key) => [infer P, Key] } ? P : never
}

/** The states of named layers: a record of theirs. */
export type StatesOf<L extends Parts> = {
  readonly [K in keyof L]: L[K] extends { readonly state: infer S } ? S : NoState
}

type FunctionOf<L> = L extends { readonly apply: (parameters: never) => infer F } ? F : never

/** Named layers as functions, their parameters in place. */
export type Applied<L extends Parts> = { readonly [K in keyof L]: FunctionOf<L[K]> }

/** `Applied`, for layers of either kind. */
export type AppliedStages<L extends Parts> = {
  readonly [K in keyof L]: L[K] extends {
    readonly evaluate: (parameters: never, state: never) => infer F
  }
    ? F
    : FunctionOf<L[K]>
}

const record = (names: readonly string[], values: readonly unknown[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]))

/**
 * Named layers, and how they are wired: for what is no plain sequence, such as a branch that joins again or an input beside the image.
 *
 *     block({ conv: conv2d(8, 8, 3, { padding: 'same' }), time: linear(32, 8) }, ({ conv, time }) => ([x, t]: readonly [Images<8>, Rows<32>]) =>
 *       pipe(conv(x), add(reshape([-1, 8, 1, 1])(time(t))))
 *     )
 *
 * The parameters are a record under the given names, so that paths begin with them. They are drawn in the order in which they are written.
 * A layer that is used twice shares its parameters.
 */
export const block = <const L extends Parts, X, Y>(
  parts: L,
  wire: (parts: Applied<L>) => (x: X) => Y,
): Layer<ParametersOf<L>, X, Y> => {
  const names = Object.keys(parts)
  const init = initialised(Object.values(parts))
  return {
    init: key => {
      const [drawn, next] = init(key)
      return [record(names, drawn) as ParametersOf<L>, next]
    },
    apply: parameters =>
      wire(
        record(
          names,
          names.map(name => (parts[name] as AnyLayer).apply(parameters[name] as never)),
        ) as Applied<L>,
      ),
  }
}

/**
 * `block` for layers of either kind. While training, every use of a layer draws from a key of its own, and a layer that is used again sees
 * the state that its last use left.
 */
export const modalBlock = <const L extends Parts, X, Y>(
  parts: L,
  wire: (parts: AppliedStages<L>) => (x: X) => Y,
): ModalLayer<ParametersOf<L>, StatesOf<L>, X, Y> => {
  const names = Object.keys(parts)
  const layers = Object.values(parts).map(part => modalStage(part as AnyStage))
  const init = initialised(layers)
  const states = (values: readonly unknown[]) => record(names, values) as StatesOf<L>
  const applied = (values: readonly unknown[]) => record(names, values) as AppliedStages<L>
  return {
    init: key => {
      const [drawn, next] = init(key)
      return [record(names, drawn) as ParametersOf<L>, next]
    },
    state: states(layers.map(({ state }) => state)),
    train: (parameters, state, key) => x => {
      const current: unknown[] = names.map(name => state[name])
      let uses = 0
      const functions = layers.map(({ train }, i) => (input: never) => {
        const [y, next] = train(
          parameters[names[i]] as never,
          current[i] as never,
          foldIn(uses++)(key),
        )(input)
        current[i] = next
        return y
      })
      const y = wire(applied(functions))(x)
      return [y, states(current)]
    },
    evaluate: (parameters, state) =>
      wire(
        applied(
          layers.map(({ evaluate }, i) => evaluate(parameters[names[i]] as never, state[names[i]] as never)),
        ),
      ),
  }
}
