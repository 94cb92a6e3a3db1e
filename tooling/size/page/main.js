import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  cpu,
  evaluate,
  matmul,
  mean,
  mul,
  ndarray,
  open,
  run,
  spec,
  square,
  sub,
  valueAndGrad,
  zeros,
} from '@elbo/tensor'

// What the budget is about: a page that fits a line by gradient descent on the CPU backend.

const loss = ({ weight, bias }, { x, y }) => pipe(x, matmul(weight), add(bias), sub(y), square, mean())

const descend = (parameter, slope) => sub(mul(0.1)(slope))(parameter)

const step = (state, batch) => {
  const [value, slope] = valueAndGrad(loss)(state, batch)
  return [
    { weight: descend(state.weight, slope.weight), bias: descend(state.bias, slope.bias) },
    { loss: value },
  ]
}

const state = await evaluate({ weight: zeros([3, 1]), bias: zeros([1]) })
const inputs = { x: spec([64, 3]), y: spec([64, 1]) }
const session = await run(pipe(cpu(), TE.chain(open(step, { state, inputs }))))
const numbers = (length, f) =>
  ndarray(
    Float32Array.from({ length }, (_, i) => f(i)),
    [64, length / 64],
  )
const metrics = await run(session.step({ x: numbers(192, Math.sin), y: numbers(64, Math.cos) }))
globalThis.document.body.textContent = `loss ${metrics.loss.data[0]}`
