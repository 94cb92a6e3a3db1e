import type { Gen, Key } from '@elbo/tensor'
import type { AnyStage } from './modal.js'

type Initialised = Pick<AnyStage, 'init'>

/** Draws the parameters of layers one after the other, threading the key: as many values as layers. */
export const initialised =
  (layers: readonly Initialised[]): Gen<readonly unknown[]> =>
  (key: Key) => {
    const parameters: unknown[] = []
    let next = key
    for (const { init } of layers) {
      const [drawn, after] = init(next)
      parameters.push(drawn)
      next = after
    }
    return [parameters, next]
  }
