import {
  arange,
  cast,
  cos,
  exp,
  foldIn,
  grad,
  mapTree,
  scan,
  sqrt,
  square,
  sum,
  zerosLike,
  zipTrees,
  type AnyTensor,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { asReal, minus, over, plus, times, type Real } from '../arithmetic.js'

export interface RefineOptions {
  /** The number of gradient steps. */
  readonly steps: number
  /** The size of the first step; it falls to 0 along half a cosine. 0.05 by default. */
  readonly rate?: number
}

const combine = <T>(f: (a: Real, b: Real) => Real, a: T, b: T): T =>
  zipTrees((x, y) => f(x as Real, y as Real) as AnyTensor, a, b)

/** Decays of the mean slope and of its square, and what keeps a division from 0 (Kingma and Ba 2015). */
const [decay, squareDecay, tiny] = [0.9, 0.999, 1e-8]

/**
 * `refine(objective, { steps })(initial)(key)`: parameters that maximise the sum of `objective`, by Adam steps in one loop, each with a key of its
 * own. Where the parameters hold a row for each example, as those of `guide(rows)` in
 *
 *     refine((rows, k) => pipe(observed, elbo(guide(rows)))(k).elbo, { steps: 500 })(encoded)(key)
 *
 * the guide of each example is made the best of its family, apart from what an encoder can say (Cremer et al. 2018).
 * @throws RangeError unless there are steps
 */
export const refine = <P>(
  objective: (parameters: P, key: Key) => Tensor<Shape>,
  { steps, rate = 0.05 }: RefineOptions,
) => {
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new RangeError(`refine: ${steps} steps: the number is a positive integer`)
  return (initial: P): Draw<P> =>
    key => {
      const nothing = mapTree<AnyTensor, AnyTensor>(zerosLike)(initial)
      interface State {
        readonly parameters: P
        readonly slope: P
        readonly squares: P
      }
      const step = (state: State, n: Tensor<[], 'i32'>): readonly [State, object] => {
        const own = foldIn(cast('u32')(n))(key)
        const slopes = grad((p: P) => sum()(objective(p, own)))(state.parameters)
        const slope = combine((m, g) => plus(times(m, decay), times(g, 1 - decay)), state.slope, slopes)
        const squares = combine(
          (v, g) => plus(times(v, squareDecay), times(square(g), 1 - squareDecay)),
          state.squares,
          slopes,
        )
        const done: Real = plus(cast('f32')(n), 1)
        const bias = (b: number): Real => minus(asReal(1), exp(times(done, Math.log(b))))
        const size = times(plus(cos(times(minus(done, 1), Math.PI / steps)), 1), rate / 2)
        const moves = combine(
          (m, v) => times(over(over(m, bias(decay)), plus(sqrt(over(v, bias(squareDecay))), tiny)), size),
          slope,
          squares,
        )
        return [
          { parameters: combine((p, move) => plus(p, move), state.parameters, moves), slope, squares },
          {},
        ]
      }
      const start: State = { parameters: initial, slope: nothing, squares: nothing }
      const [{ parameters }] = scan(step)(start, arange(steps, 'i32'))
      return parameters
    }
}

/** What a bound lacks of ln P(x), for each example, in nats (Cremer et al. 2018): total = approximation + amortisation. */
export interface Gaps<B extends Shape> {
  /** ln P(x) less the bound of the best guide of the family: KL[q* ‖ P(z | x)]. */
  readonly approximation: Tensor<B>
  /** The bound of the best guide less that of the encoder's. */
  readonly amortisation: Tensor<B>
  readonly total: Tensor<B>
}

/**
 * The gaps from three numbers for each example: ln P(x), or a lower bound of it such as an importance-weighted one, whereupon the first gap is a
 * lower bound, too; the bound of the refined guide; and that of the encoder's.
 */
export const gaps = <B extends Shape>(
  evidence: Tensor<B>,
  refined: Tensor<B>,
  amortised: Tensor<B>,
): Gaps<B> =>
  ({
    approximation: minus(evidence, refined),
    amortisation: minus(refined, amortised),
    total: minus(evidence, amortised),
  }) as unknown as Gaps<B>
