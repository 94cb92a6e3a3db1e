import { foldIn, type Key } from '@elbo/tensor'
import { initialised } from './initialised.js'
import {
  modalStage,
  type AnyModalLayer,
  type AnyStage,
  type ModalLayer,
  type NoState,
  type Stage,
} from './modal.js'

/**
 * `sequence` for layers of either kind: the parameters are a list, the state is one, and the paths of the k-th (from 0) in both begin with
 * `k.` Every layer draws from a key of its own.
 */
export function modalSequence<P0, P1, X, Y0, Y1, S0 = NoState, S1 = NoState>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
): ModalLayer<readonly [P0, P1], readonly [S0, S1], X, Y1>
export function modalSequence<P0, P1, P2, X, Y0, Y1, Y2, S0 = NoState, S1 = NoState, S2 = NoState>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
): ModalLayer<readonly [P0, P1, P2], readonly [S0, S1, S2], X, Y2>
export function modalSequence<
  P0,
  P1,
  P2,
  P3,
  X,
  Y0,
  Y1,
  Y2,
  Y3,
  S0 = NoState,
  S1 = NoState,
  S2 = NoState,
  S3 = NoState,
>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
  fourth: Stage<P3, S3, Y2, Y3>,
): ModalLayer<readonly [P0, P1, P2, P3], readonly [S0, S1, S2, S3], X, Y3>
export function modalSequence<
  P0,
  P1,
  P2,
  P3,
  P4,
  X,
  Y0,
  Y1,
  Y2,
  Y3,
  Y4,
  S0 = NoState,
  S1 = NoState,
  S2 = NoState,
  S3 = NoState,
  S4 = NoState,
>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
  fourth: Stage<P3, S3, Y2, Y3>,
  fifth: Stage<P4, S4, Y3, Y4>,
): ModalLayer<readonly [P0, P1, P2, P3, P4], readonly [S0, S1, S2, S3, S4], X, Y4>
export function modalSequence<
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  X,
  Y0,
  Y1,
  Y2,
  Y3,
  Y4,
  Y5,
  S0 = NoState,
  S1 = NoState,
  S2 = NoState,
  S3 = NoState,
  S4 = NoState,
  S5 = NoState,
>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
  fourth: Stage<P3, S3, Y2, Y3>,
  fifth: Stage<P4, S4, Y3, Y4>,
  sixth: Stage<P5, S5, Y4, Y5>,
): ModalLayer<readonly [P0, P1, P2, P3, P4, P5], readonly [S0, S1, S2, S3, S4, S5], X, Y5>
export function modalSequence<
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  P6,
  X,
  Y0,
  Y1,
  Y2,
  Y3,
  Y4,
  Y5,
  Y6,
  S0 = NoState,
  S1 = NoState,
  S2 = NoState,
  S3 = NoState,
  S4 = NoState,
  S5 = NoState,
  S6 = NoState,
>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
  fourth: Stage<P3, S3, Y2, Y3>,
  fifth: Stage<P4, S4, Y3, Y4>,
  sixth: Stage<P5, S5, Y4, Y5>,
  seventh: Stage<P6, S6, Y5, Y6>,
): ModalLayer<readonly [P0, P1, P2, P3, P4, P5, P6], readonly [S0, S1, S2, S3, S4, S5, S6], X, Y6>
export function modalSequence<
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  P6,
  P7,
  X,
  Y0,
  Y1,
  Y2,
  Y3,
  Y4,
  Y5,
  Y6,
  Y7,
  S0 = NoState,
  S1 = NoState,
  S2 = NoState,
  S3 = NoState,
  S4 = NoState,
  S5 = NoState,
  S6 = NoState,
  S7 = NoState,
>(
  first: Stage<P0, S0, X, Y0>,
  second: Stage<P1, S1, Y0, Y1>,
  third: Stage<P2, S2, Y1, Y2>,
  fourth: Stage<P3, S3, Y2, Y3>,
  fifth: Stage<P4, S4, Y3, Y4>,
  sixth: Stage<P5, S5, Y4, Y5>,
  seventh: Stage<P6, S6, Y5, Y6>,
  eighth: Stage<P7, S7, Y6, Y7>,
): ModalLayer<readonly [P0, P1, P2, P3, P4, P5, P6, P7], readonly [S0, S1, S2, S3, S4, S5, S6, S7], X, Y7>
export function modalSequence<P, S, X>(
  ...stages: readonly ModalLayer<P, S, X, X>[]
): ModalLayer<readonly P[], readonly S[], X, X>
export function modalSequence(...stages: readonly AnyStage[]): AnyModalLayer {
  const layers = stages.map(modalStage)
  return {
    init: initialised(layers),
    state: layers.map(({ state }) => state),
    train: (parameters: readonly never[], state: readonly never[], key: Key) => {
      const parts = layers.map(({ train }, i) => train(parameters[i], state[i], foldIn(i)(key)))
      return (x: unknown) => {
        const next: unknown[] = []
        let y = x
        for (const part of parts) {
          const [value, after] = part(y as never)
          y = value
          next.push(after)
        }
        return [y, next]
      }
    },
    evaluate: (parameters: readonly never[], state: readonly never[]) => {
      const parts = layers.map(({ evaluate }, i) => evaluate(parameters[i], state[i]))
      return (x: unknown) => parts.reduce((y, part) => part(y as never), x)
    },
  }
}
