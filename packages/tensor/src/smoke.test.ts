import { describe, expect, it } from '@jest/globals'
import { reference } from './backends/reference/reference.js'
import { evaluator } from './runtime/evaluate.js'
import { run } from './runtime/run.js'
import { constant } from './primitives/leaves.js'
import { ndarray } from './graph/ndarray.js'
import { mul, add } from './primitives/arithmetic.js'
import { tanh, exp } from './primitives/transcendental.js'
import { sum, broadcast } from './primitives/reduce.js'
import { scan } from './primitives/scan.js'
import { grad, valueAndGrad } from './autodiff/grad.js'
import { matmul } from './primitives/matmul.js'
import { open } from './runtime/open.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Tensor } from './graph/tensor.js'

const evaluate = evaluator(run(reference()))
describe('smoke', () => {
  it('grads', async () => {
    const x = constant(ndarray([1, 2, 3], [3]))
    const f = (t: Tensor) => sum(mul(exp(tanh(t)), t), [0])
    const [v, g] = await evaluate(valueAndGrad(f)(x) as unknown as Tensor[])
    const num = (k: number) => Math.exp(Math.tanh(k)) * k
    expect(v!.data[0]).toBeCloseTo(num(1) + num(2) + num(3), 4)
    const d = (k: number) => (num(k + 1e-5) - num(k - 1e-5)) / 2e-5
    expect(g!.data[1]).toBeCloseTo(d(2), 4)
    const h = await evaluate(grad((t: Tensor) => sum(grad(f)(t), [0]))(x))
    const d2 = (k: number) => (d(k + 1e-3) - d(k - 1e-3)) / 2e-3
    expect(h.data[1]).toBeCloseTo(d2(2), 3)
  })
  it('scans', async () => {
    const w = constant(ndarray([0.5, -0.25, 0.75, 0.3], [1, 2, 2]))
    const xs = constant(ndarray([1, 2, 3, 4, 5, 6], [3, 1, 1, 2]))
    const f = (t: Tensor) => {
      const { carry, outputs } = scan(([h], [x]) => { const n = tanh(add(matmul(h!, t), x!)); return { carry: [n], outputs: [mul(n, n)] } }, [constant(ndarray([0.1, 0.2], [1, 1, 2]))], [xs])
      return add(sum(outputs[0]!, [0, 1, 2, 3]), sum(carry[0]!, [0, 1, 2]))
    }
    const unrolled = (t: Tensor) => {
      let h: Tensor = constant(ndarray([0.1, 0.2], [1, 1, 2])); let total: Tensor | undefined
      for (const row of [[1, 2], [3, 4], [5, 6]]) { h = tanh(add(matmul(h, t), constant(ndarray(row, [1, 1, 2])))); const y = sum(mul(h, h), [0, 1, 2]); total = total ? add(total, y) : y }
      return add(total!, sum(h, [0, 1, 2]))
    }
    const [a, b] = await evaluate([valueAndGrad(f)(w), valueAndGrad(unrolled)(w)] as unknown as Tensor[][])
    expect([...(a![1] as any).data]).toEqual([...(b![1] as any).data])
    const hess = (q: (t: Tensor) => Tensor) => grad((t: Tensor) => { const g = grad(q)(t); return sum(mul(g, g), [0, 1, 2]) })(w)
    const [c, d] = await evaluate([hess(f), hess(unrolled)])
    ;[...c!.data].forEach((v, i) => expect(v).toBeCloseTo(d!.data[i] as number, 4))
  })
  it('trains', async () => {
    const step = (s: { w: Tensor }, b: { x: Tensor }) => {
      const [loss, g] = valueAndGrad((p: { w: Tensor }) => { const e = add(matmul(b.x, p.w), broadcast(constant(ndarray([-1], [1])), [1, 4, 1])); return sum(mul(e, e), [0, 1, 2]) })(s)
      return [{ w: add(s.w, mul(g.w, broadcast(constant(ndarray([-0.01], [1])), [1, 2, 1]))) }, { loss }] as const
    }
    const session = await run(pipe(reference(), TE.chain(open(step as any, { state: { w: ndarray([0.1, 0.2], [1, 2, 1]) }, inputs: { x: { shape: [1, 4, 2], dtype: 'f32' } } }))))
    const losses = []
    for (let i = 0; i < 20; i++) losses.push(((await run(session.step({ x: ndarray([1, 2, 0, 1, 1, 1, 2, 0.5], [1, 4, 2]) } as any))) as any).loss.data[0])
    expect(losses[19]).toBeLessThan(losses[0] * 0.5)
  })
})
