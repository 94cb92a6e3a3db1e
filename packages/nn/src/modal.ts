import type { Key } from '@elbo/tensor'
import type { Layer } from './layer.js'

/**
 * A layer with two modes. While training it may draw (dropout) and may change a state that no gradient moves (the running statistics of
 * batch norm); while evaluating it does neither. The state is a tree of tensors as the parameters are, kept and stored beside them: its paths
 * are a format too.
 *
 *     const [y, next] = network.train(parameters, state, key)(x)
 *     const z = network.evaluate(parameters, state)(x)
 */
export interface ModalLayer<P, S, X, Y> extends Pick<Layer<P, X, Y>, 'init'> {
  /** The state before the first step. */
  readonly state: S
  /** One key gives the same draws; take another for every step. */
  readonly train: (parameters: P, state: S, key: Key) => (x: X) => readonly [y: Y, state: S]
  readonly evaluate: (parameters: P, state: S) => (x: X) => Y
}

/** What a layer without a state has. */
export type NoState = Readonly<Record<never, never>>

/** What networks with two modes are put together from: a layer of either kind. */
export type Stage<P, S, X, Y> = Layer<P, X, Y> | ModalLayer<P, S, X, Y>

/** What every stage is, whatever it takes. */
export type AnyStage = AnyLayer | AnyModalLayer

/** What every layer is, whatever it takes. */
export interface AnyLayer extends Pick<Layer<unknown, never, unknown>, 'init'> {
  readonly apply: (parameters: never) => (x: never) => unknown
}

/** What every layer with two modes is, whatever it takes. */
export interface AnyModalLayer extends Pick<Layer<unknown, never, unknown>, 'init'> {
  readonly state: unknown
  readonly train: (
    parameters: never,
    state: never,
    key: Key,
  ) => (x: never) => readonly [y: unknown, state: unknown]
  readonly evaluate: (parameters: never, state: never) => (x: never) => unknown
}

/** A layer that is the same in both modes, as one with two: without a state, drawing nothing. */
export const modal = <P, X, Y>({ init, apply }: Layer<P, X, Y>): ModalLayer<P, NoState, X, Y> => ({
  init,
  state: {},
  train: (parameters, state) => {
    const f = apply(parameters)
    return x => [f(x), state]
  },
  evaluate: apply,
})

/** `modal` for a stage of either kind. */
export const modalStage = (stage: AnyStage): AnyModalLayer =>
  'apply' in stage ? modal<never, never, unknown>(stage as Layer<never, never, unknown>) : stage

/** The layer that a network is once its state is settled: its evaluating mode. */
export const evaluating =
  <S>(state: S) =>
  <P, X, Y>({ init, evaluate }: ModalLayer<P, S, X, Y>): Layer<P, X, Y> => ({
    init,
    apply: parameters => evaluate(parameters, state),
  })
