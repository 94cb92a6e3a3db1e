import { expect, it } from '@jest/globals'
import { add, draw, evaluate, full, mul, square, sub, zeros, type Tensor } from '@elbo/tensor'
import { sgd } from '../optimiser/sgd.js'
import { carryingStep, initialState, type CarryingState } from './state.js'

type Scalar = Tensor<readonly [], 'f32'>

it('a step hands on what its loss leaves, and sends no slope back through what came', async () => {
  // The loss is (p − (b + c))², and leaves p·b.
  const step = carryingStep(
    (p: Scalar, b: Scalar, _, c: Scalar) => {
      const apart = sub(add(c)(b))(p)
      return [square(apart), { apart }, mul(b)(p)] as const
    },
    sgd({ learningRate: 0.125 }),
  )
  let state: CarryingState<Scalar, Scalar> = {
    ...initialState(sgd({ learningRate: 0.125 }))(1)(draw((_): Scalar => zeros([]))),
    carried: zeros([]),
  }
  let [p, c] = [0, 0]
  for (const b of [2, -1, 4]) {
    const [next, { loss, apart }] = step(state, full([], b))
    const [parameters, carried, seen] = await evaluate([
      next.parameters,
      next.carried,
      [loss, apart],
    ] as const)
    const distance = p - (b + c)
    expect(seen.map(({ data }) => data[0])).toEqual([distance ** 2, distance])
    ;[p, c] = [p - 0.125 * 2 * distance, p * b]
    expect([parameters.data[0], carried.data[0]]).toEqual([p, c])
    state = next
  }
})
