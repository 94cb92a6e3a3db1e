import { describe, expect, it } from '@jest/globals'
import { reference } from '../backends/reference/reference.js'
import { ndarray } from '../graph/ndarray.js'
import { nonDifferentiable, type Primitive } from '../graph/primitive.js'
import { apply, type AnyTensor, type Tensor } from '../graph/tensor.js'
import { constant, scalar, tensor } from '../ops/creation.js'
import { add, cast, clip, div, maximum, minimum, mul, sub } from '../ops/elementwise.js'
import { abs, exp, floor, relu, round, sigmoid, sign, sin, square, stopGradient } from '../ops/functions.js'
import { maxPool } from '../ops/images.js'
import { reshape } from '../ops/layout.js'
import { max, min, sum } from '../ops/reduction.js'
import { evaluator } from '../runtime/evaluate.js'
import { run } from '../runtime/run.js'
import { customGradient, grad, valueAndGrad, valueAndGradAux, vjp } from './grad.js'
import { GradientError } from './pullback.js'

const evaluate = evaluator(run(reference()))
type Vector = Tensor<number[]>
const total = (x: Vector): Tensor<[]> => reshape([])(sum()(x))
const vector = (...values: readonly number[]): Vector => tensor(values, [values.length])
const numbers = async (x: AnyTensor): Promise<number[]> => Array.from((await evaluate(x)).data)

describe('grad', () => {
  it('has the form of its first argument, with zeros where nothing depends on a leaf', async () => {
    const params = { used: vector(1, 2), unused: vector(3), list: [vector(4)] as const }
    const slope = grad((p: typeof params) => add(sum()(p.list[0]))(sum()(square(p.used))))(params)
    const { used, unused, list } = await evaluate(slope)
    expect([used, unused, list[0]].map(({ data }) => Array.from(data))).toEqual([[2, 4], [0], [1]])
  })

  it('gives integers zeros of their own type', async () => {
    const params = { x: vector(1, 2), n: tensor([3, 4], [2], 'i32') }
    const slope = grad((p: typeof params) => sum()(mul(cast('f32')(p.n))(p.x)))(params)
    expect(await evaluate(slope)).toMatchObject({ x: { data: Float32Array.of(3, 4) }, n: { dtype: 'i32' } })
  })

  it('holds constant what the function captures, the point itself too', async () => {
    const x = vector(2, 3)
    expect(await numbers(grad((z: Vector) => sum()(mul(x)(z)))(x))).toEqual([2, 3])
  })

  it('takes further arguments as they are', async () => {
    const loss = (w: Vector, x: Vector) => sum()(mul(x)(w))
    expect(await numbers(grad(loss)(vector(1, 2), vector(5, 6)))).toEqual([5, 6])
  })

  it('is a function to differentiate again', async () => {
    const f = (x: Vector): Tensor<[]> => total(sin(x))
    const third = grad((x: Vector) => sum()(grad((y: Vector) => sum()(grad(f)(y)))(x)))(vector(0.3, -1.2))
    const [a, b] = await numbers(third)
    expect(a).toBeCloseTo(-Math.cos(0.3), 6)
    expect(b).toBeCloseTo(-Math.cos(-1.2), 6)
  })

  it('adds up what arrives by several paths', async () => {
    const f = (x: Vector) => {
      const y = square(x)
      return sum()(add(mul(y)(y))(add(x)(y)))
    }
    expect(await numbers(grad(f)(vector(2)))).toEqual([4 * 8 + 1 + 4])
  })

  it.each<readonly [string, (x: Vector) => AnyTensor, string]>([
    ['a vector', x => x, 'grad: the function must return a scalar f32[], not f32[2]; take a sum or a mean'],
    ['an integer', x => sum()(cast('i32')(x)), 'grad: the function must return a scalar f32[], not i32[]'],
  ])('refuses a function that returns %s', (_, f, message) => {
    expect(() => grad(f)(vector(1, 2))).toThrow(message)
  })

  it('names a primitive without a derivative', () => {
    const opaque: Primitive<Record<never, never>> = {
      name: 'opaque',
      outputs: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
      gradient: nonDifferentiable,
      evaluate: () => undefined,
    }
    const f = (x: Vector): AnyTensor => sum()(apply(opaque, [x], {}) as Vector)
    expect(() => grad(f)(vector(1))).toThrow(
      new GradientError('grad: opaque has no derivative; stopGradient says that none is wanted'),
    )
    expect(() =>
      grad((x: Vector) => sum()(add(x)(stopGradient(apply(opaque, [x], {})) as Vector)))(vector(1)),
    ).not.toThrow()
  })
})

describe('where a function has kinks', () => {
  it.each<readonly [string, (x: Vector) => AnyTensor, readonly number[], readonly number[]]>([
    ['maximum of equals is shared', x => maximum(vector(1, 1, 1))(x), [0, 1, 2], [0, 0.5, 1]],
    ['minimum of equals is shared', x => minimum(vector(1, 1, 1))(x), [0, 1, 2], [1, 0.5, 0]],
    ['a maximum with itself is whole', x => maximum(x)(x), [3], [1]],
    ['the largest share evenly', x => max()(x), [2, 1, 2, 2, 0], [1 / 3, 0, 1 / 3, 1 / 3, 0]],
    ['the smallest share evenly', x => min()(x), [0, 1, 0], [0.5, 0, 0.5]],
    ['|x| is flat at 0', abs, [-2, 0, 3], [-1, 0, 1]],
    ['relu is flat at 0', relu, [-1, 0, 1], [0, 0, 1]],
    ['steps are flat', x => add(sign(x))(add(floor(x))(round(x))), [-0.5, 0, 1.2], [0, 0, 0]],
    ['clip is flat outside', x => clip(-1, 1)(x), [-2, 0.5, 2], [0, 1, 0]],
    ['sigmoid is smooth at 0', sigmoid, [0], [0.25]],
  ])('%s', async (_, f, x, slope) => {
    const found = await numbers(grad((z: Vector) => sum()(f(z) as Vector))(vector(...x)))
    found.forEach((value, i) => expect(value).toBeCloseTo(slope[i], 6))
  })

  it('shares among the equal elements of a pooling window', async () => {
    const x = tensor([1, 3, 3, 2], [1, 1, 2, 2]) as unknown as Vector
    expect(await numbers(grad((z: Vector) => sum()(maxPool(2)(z as never)))(x))).toEqual([0, 0.5, 0.5, 0])
  })
})

describe('valueAndGrad and valueAndGradAux', () => {
  it('give the value beside the gradient, and hand on what else there is', async () => {
    const f = (x: Vector) => total(square(x))
    const [value, slope] = await evaluate(valueAndGrad(f)(vector(1, 2)))
    expect([value.data[0], ...slope.data]).toEqual([5, 2, 4])
    const withMetrics = (x: Vector) => [f(x), { largest: max()(x), many: [x] as const }] as const
    const [loss, metrics, again] = await evaluate(valueAndGradAux(withMetrics)(vector(1, 2)))
    expect([loss.data[0], metrics.largest.data[0], ...metrics.many[0].data, ...again.data]).toEqual([
      5, 2, 1, 2, 2, 4,
    ])
  })
})

describe('vjp', () => {
  it('multiplies a cotangent with the Jacobian, tree by tree', async () => {
    const [value, back] = vjp(({ a, b }: { a: Vector; b: Vector }) => ({ product: mul(b)(a), a }), {
      a: vector(2, 3),
      b: vector(5, 7),
    })
    expect(await evaluate(value)).toMatchObject({ product: { data: Float32Array.of(10, 21) } })
    const { a, b } = await evaluate(back({ a: vector(100, 100), product: vector(1, 10) }))
    expect([Array.from(a.data), Array.from(b.data)]).toEqual([
      [105, 170],
      [2, 30],
    ])
  })

  it('refuses a cotangent of another form or shape', () => {
    const [, back] = vjp((x: Vector) => ({ y: exp(x) }), vector(1, 2))
    expect(() => back({} as never)).toThrow(new TypeError('vjp: the cotangent: y is missing'))
    expect(() => back({ y: vector(1) })).toThrow('vjp: the cotangent: [1] stands for [2]')
  })
})

describe('customGradient', () => {
  /** Rounds, and lets the cotangent through (Bengio et al. 2013, the straight-through estimator). */
  const straightThrough = customGradient(
    (x: Vector) => round(x),
    g => g,
  )

  it('has the value of the function and the derivative that was given', async () => {
    const [value, slope] = await evaluate(
      valueAndGrad((x: Vector) => total(straightThrough(x)))(vector(0.4, 1.7)),
    )
    expect([value.data[0], ...slope.data]).toEqual([2, 1, 1])
  })

  it('is differentiated again through what backward computes', async () => {
    // x³ with the rule 3y/x: y in there is x³ with that rule, though its value comes from what has none.
    const cube = customGradient(
      (x: Vector) => stopGradient(mul(x)(mul(x)(x))),
      (g: Vector, x, y) => mul(g)(mul(3)(div(x)(y))),
    )
    const slope = (x: Vector): Tensor<[]> => total(grad((z: Vector) => sum()(cube(z)))(x))
    const [first, second] = await evaluate([slope(vector(2)), grad(slope)(vector(2))] as const)
    expect(first.data[0]).toBeCloseTo(12, 4)
    expect(second.data[0]).toBeCloseTo(12, 4)
  })

  it('takes trees of arguments', async () => {
    const scaled = customGradient(
      ({ a, b }: { a: Vector; b: Vector }) => mul(b)(a),
      (g, { a, b }) => ({ b: mul(a)(g), a: sub(b)(mul(10)(g)) }),
    )
    const { a, b } = await evaluate(
      grad((p: { a: Vector; b: Vector }) => sum()(scaled(p)))({ a: vector(2), b: vector(3) }),
    )
    expect([a.data[0], b.data[0]]).toEqual([7, 2])
  })

  it('refuses cotangents of another form or shape', () => {
    const wrong = customGradient(
      ({ a }: { a: Vector }) => exp(a),
      () => ({}) as never,
    )
    expect(() => grad((p: { a: Vector }) => sum()(wrong(p)))({ a: vector(1) })).toThrow(
      new TypeError('customGradient: what backward returns: a is missing'),
    )
    const narrow = customGradient(
      (x: Vector) => exp(x),
      () => scalar(1) as unknown as Vector,
    )
    expect(() =>
      grad((x: Vector) => sum()(narrow(x)))(constant(ndarray([1, 2], [2])) as unknown as Vector),
    ).toThrow('customGradient: what backward returns: [] stands for [2]')
  })
})
