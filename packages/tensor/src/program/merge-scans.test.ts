import { describe, expect, it } from '@jest/globals'
import { spec, type Spec, type Tensor } from '../graph/tensor.js'
import { grad, valueAndGrad } from '../autodiff/grad.js'
import { add, mul } from '../ops/elementwise.js'
import { exp, sin, tanh } from '../ops/functions.js'
import { matmul } from '../ops/products.js'
import { sum } from '../ops/reduction.js'
import { scan } from '../ops/scan.js'
import { optimise } from './optimise.js'
import type { Instruction, Program } from './program.js'
import { trace } from './trace.js'

type Vector = Tensor<number[]>
const specs = { w: { shape: [2], dtype: 'f32' }, xs: { shape: [5, 2], dtype: 'f32' } } as const
type Inputs = { w: Vector; xs: Vector }

const loops = ({ instructions }: Program): Program[] =>
  instructions.flatMap(({ name, body }) => (name === 'scan' ? [body as Program] : []))

const compiled = (f: (inputs: Inputs) => unknown): Program =>
  optimise(
    trace((_: object, inputs: unknown) => [{}, f(inputs as Inputs)], { state: {}, inputs: specs }).program,
  )

const rolled = ({ w, xs }: Inputs): Tensor => {
  const [last, ys] = scan((c: Vector, x: Vector) => [tanh(add(x)(mul(w)(c))), exp(c)] as const)(w, xs)
  return add(sum()(ys))(sum()(last))
}

describe('merging loops', () => {
  it('runs the loop of a value and of its gradient once forwards and once backwards', () => {
    expect(
      loops(compiled(inputs => valueAndGrad((w: Vector) => rolled({ ...inputs, w }))(inputs.w))),
    ).toHaveLength(2)
  })

  it('runs it once for gradients by several things', () => {
    expect(loops(compiled(inputs => valueAndGrad(rolled)(inputs)))).toHaveLength(2)
  })

  it('merges inside the body of an outer loop', () => {
    const program = compiled(({ w, xs }) => {
      const [last] = scan(
        (c: Vector) => {
          const [value, slope] = valueAndGrad((p: Vector) => rolled({ w: p, xs }))(c)
          return [add(slope)(c), value] as const
        },
        { length: 3 },
      )(w, [])
      return last
    })
    const [outer] = loops(program)
    expect(loops(outer)).toHaveLength(2)
  })

  it('leaves loops apart that were written twice', () => {
    const program = compiled(({ w, xs }) => {
      const once = (start: Vector) =>
        scan((c: Vector, x: Vector) => [sin(add(x)(c)), []] as const)(start, xs)[0]
      return [once(w), once(exp(w))]
    })
    expect(loops(program)).toHaveLength(2)
  })

  it('saves only what the backward loop reads', () => {
    const [forward] = loops(
      compiled(({ w, xs }) =>
        grad((p: Vector) => sum()(scan((c: Vector, x: Vector) => [add(x)(c), exp(c)] as const)(p, xs)[0]))(w),
      ),
    )
    // Sums have constant slopes: nothing of the forward loop is needed.
    expect(forward.outputs.length).toBeLessThanOrEqual(1)
  })

  it.each([
    [2, [], [10, 16]],
    [3, [[1, 16, 16]], undefined],
  ])(
    'adds up products of %d rows of 16 after the loop where they are flat, in it where not',
    (rows, carried, whole) => {
      const { program } = trace(
        (_: object, { w, h }: { w: Vector; h: Vector }) => {
          const last = (p: Vector): Tensor =>
            sum()(scan((c: Vector) => [tanh(matmul(p)(c)), []] as const, { length: 5 })(h, [])[0])
          return [{}, grad(last)(w)]
        },
        { state: {}, inputs: { w: spec([16, 16]), h: spec([rows, 16]) } },
      )
      const isMatrix = ({ shape }: Spec): boolean => shape.join() === '1,16,16'
      const backward = program.instructions.findLast(({ name }) => name === 'scan') as Instruction<'scan'>
      const { params, outputs } = backward
      const carry = outputs.slice(0, params.carry).map(value => program.values[value])
      expect(carry.filter(isMatrix).map(({ shape }) => shape)).toEqual(carried)
      const product = program.instructions.find(({ name }) => name === 'matmul')
      expect(product && program.values[product.inputs[0]].shape.slice(1)).toEqual(whole)
    },
  )
})
