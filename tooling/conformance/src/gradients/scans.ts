import {
  add,
  cast,
  exp,
  full,
  grad,
  matmul,
  mul,
  scan,
  sin,
  square,
  sub,
  sum,
  tanh,
  transpose,
  where,
  type AnyTensor,
  type Tensor,
} from '@elbo/tensor'
import { draw, listed } from '../values.js'
import type { GradientCase } from './case.js'

type Real = Tensor<number[]>
type F = (inputs: readonly Real[]) => readonly AnyTensor[]
const real = (f: F): GradientCase['f'] => f as unknown as GradientCase['f']

type Cell = (w: Real) => (h: Real, x: Real) => Real

/** What a step adds to the gradient of a weight: products, whose factors are stacked where they have few rows, and other things. */
const weightGradients: readonly (readonly [about: string, rows: number, cell: Cell])[] = [
  ['a product of few rows', 1, w => (h, x) => add(x)(matmul(w)(h))],
  ['a product of more rows', 2, w => (h, x) => add(x)(matmul(w)(h))],
  ['two products', 1, w => (h, x) => add(matmul(w)(x))(matmul(w)(h))],
  ['a product, and another of its result', 1, w => (h, x) => add(x)(matmul(w)(tanh(matmul(w)(h))))],
  [
    'a product and other things',
    1,
    w => (h, x) => add(x)(mul(add(sum()(w))(sum()(square(w))))(matmul(w)(h))),
  ],
  ['a product with the transpose', 1, w => (h, x) => add(x)(matmul(transpose()(w))(h))],
  ['a product from the left', 1, w => (h, x) => add(x)(transpose()(matmul(transpose()(h))(w)))],
  [
    'a product of what is the same at each step',
    1,
    w => (h, x) => add(mul(h)(x))(matmul(w)(full([1, 8], 0.3))),
  ],
]

/** Loops, with all that may stand in one. */
export const scanGradients: readonly GradientCase[] = [
  ...weightGradients.flatMap(([about, rows, cell]) =>
    [false, true].map(reverse => ({
      about: `the weight of ${about}${reverse ? ', backwards' : ''}`,
      inputs: [draw([rows, 8], 1), draw([3, rows, 8], 2), draw([8, 8], 3)],
      f: real(([h, xs, w]) => {
        const step = (c: Real, x: Real) => [tanh(cell(w)(c, x)), sin(c)] as const
        const [last, ys] = scan(step, { reverse })(h, xs)
        return [last, ys]
      }),
    })),
  ),
  {
    about: 'a final carry alone, its outputs unused',
    inputs: [draw([2], 1), draw([4, 2], 2)],
    f: real(([a, xs]) => {
      const [last] = scan((c: Real, x: Real) => [sin(add(x)(c)), { unused: exp(c) }] as const)(a, xs)
      return [last]
    }),
  },
  {
    about: 'outputs alone, the final carry unused',
    inputs: [draw([2], 1), draw([4, 2], 2)],
    f: real(([a, xs]) => {
      const [, ys] = scan((c: Real, x: Real) => [sin(add(x)(c)), mul(x)(c)] as const)(a, xs)
      return [ys]
    }),
  },
  {
    about: 'backwards',
    inputs: [draw([2], 1), draw([4, 2], 2)],
    f: real(([a, xs]) => {
      const [last, ys] = scan((c: Real, x: Real) => [tanh(add(x)(mul(0.7)(c))), square(c)] as const, {
        reverse: true,
      })(a, xs)
      return [last, ys]
    }),
  },
  {
    about: 'captured parameters, used twice, and one made outside from them',
    inputs: [draw([1, 3], 1), draw([4, 1, 2], 2), draw([2, 3], 3), draw([3, 3], 4)],
    f: real(([h, xs, w, u]) => {
      const scaled = exp(mul(0.1)(u))
      const [last, ys] = scan((c: Real, x: Real) => {
        const next = tanh(add(matmul(u)(c))(matmul(w)(x)))
        return [next, add(matmul(scaled)(next))(next)] as const
      })(h, xs)
      return [last, ys]
    }),
  },
  {
    about: 'the same tensor captured, carried and scanned over',
    inputs: [draw([3], 1)],
    f: real(([w]) => {
      const [last, ys] = scan(
        (c: Real, x: Tensor<[]>) => [sin(mul(x as unknown as Real)(add(w)(c))), sum()(c)] as const,
      )(w, w as unknown as Tensor<[number]>)
      return [last, ys]
    }),
  },
  {
    about: 'several carries that change places',
    inputs: [draw([2], 1), draw([2], 2), draw([3, 2], 3)],
    f: real(([a, b, xs]) => {
      const [{ p, q }, ys] = scan(
        ({ p, q }: { p: Real; q: Real }, x: Real) => [{ p: q, q: mul(x)(sin(p)) }, mul(q)(p)] as const,
      )({ p: a, q: b }, xs)
      return [p, q, ys]
    }),
  },
  {
    about: 'a carry handed on unchanged, one that is overwritten',
    inputs: [draw([2], 1), draw([2], 2), draw([3, 2], 3)],
    f: real(([a, b, xs]) => {
      const [{ kept, lost }, ys] = scan(
        ({ kept, lost }: { kept: Real; lost: Real }, x: Real) =>
          [{ kept, lost: square(x) }, mul(kept)(lost)] as const,
      )({ kept: a, lost: b }, xs)
      return [kept, lost, ys]
    }),
  },
  {
    about: 'integer and bool carries beside real ones',
    inputs: [draw([2], 1), draw([5, 2], 2), listed([1, 0], [2], 'i32')],
    f: inputs => {
      const [a, xs, n] = inputs as unknown as readonly [Real, Real, Tensor<number[], 'i32'>]
      const [{ c, count }, ys] = scan(
        ({ c, count }: { c: Real; count: Tensor<number[], 'i32'> }, x: Real) =>
          [
            { c: mul(cast('f32')(count))(sin(add(x)(c))), count: add(1)(count) },
            where(c, x)(cast('bool')(count)),
          ] as const,
      )({ c: a, count: n }, xs)
      return [c, ys, cast('f32')(count)]
    },
  },
  {
    about: 'several sequences, one of them unused, one an output',
    inputs: [draw([2], 1), draw([3, 2], 2), draw([3, 2], 3), draw([3], 4)],
    f: real(([a, xs, ys, zs]) => {
      const [last, outs] = scan(
        (c: Real, { x }: { x: Real; y: Real; z: Tensor<[]> }) =>
          [mul(x)(sin(c)), { x, twice: mul(x)(x), y: full([2], 1) }] as const,
      )(a, { x: xs, y: ys, z: zs as unknown as Tensor<[number]> })
      return [last, outs.x, outs.twice, outs.y]
    }),
  },
  {
    about: 'one step',
    inputs: [draw([2], 1), draw([1, 2], 2)],
    f: real(([a, xs]) => {
      const [last, ys] = scan((c: Real, x: Real) => [mul(x)(exp(c)), sin(c)] as const)(a, xs)
      return [last, ys]
    }),
  },
  {
    about: 'no steps',
    inputs: [draw([2], 1), draw([0, 2], 2), draw([2], 3)],
    f: real(([a, xs, w]) => {
      const [last, ys] = scan((c: Real, x: Real) => [mul(w)(add(x)(c)), mul(w)(c)] as const)(a, xs)
      return [last, ys]
    }),
  },
  {
    about: 'no sequences',
    inputs: [draw([2], 1), draw([2], 2)],
    f: real(([a, w]) => {
      const [last, ys] = scan((c: Real) => [sin(mul(w)(c)), c] as const, { length: 5 })(a, [])
      return [last, ys]
    }),
  },
  {
    about: 'no carry',
    inputs: [draw([3, 2], 1), draw([2], 2)],
    f: real(([xs, w]) => {
      const [, ys] = scan((_: readonly [], x: Real) => [[] as const, exp(mul(w)(x))] as const)(
        [] as const,
        xs,
      )
      return [ys]
    }),
  },
  {
    about: 'a loop in a loop, capturing the outer carry, the outer slice and parameters',
    inputs: [draw([2], 1), draw([3, 2], 2), draw([2, 2], 3), draw([2], 4)],
    f: real(([a, xs, ys, w]) => {
      const [last, outs] = scan((c: Real, x: Real) => {
        const [inner, zs] = scan(
          (d: Real, y: Real) => [tanh(add(mul(w)(x))(mul(y)(add(c)(d)))), mul(c)(d)] as const,
          { reverse: true },
        )(sin(x), ys)
        return [inner, sum(0)(zs)] as const
      })(a, xs)
      return [last, outs]
    }),
  },
  {
    about: 'a loop over the outputs of a loop',
    inputs: [draw([2], 1), draw([3, 2], 2)],
    f: real(([a, xs]) => {
      const [c, ys] = scan((s: Real, x: Real) => [sin(add(x)(s)), exp(s)] as const)(a, xs)
      const [d, zs] = scan((s: Real, y: Real) => [mul(y)(s), sub(y)(s)] as const, { reverse: true })(c, ys)
      return [d, zs]
    }),
  },
  {
    about: 'a gradient inside the loop',
    inputs: [draw([2], 1), draw([3, 2], 2)],
    f: real(([a, xs]) => {
      const [last, ys] = scan((c: Real, x: Real) => {
        const slope = grad((z: Real) => sum()(mul(x)(sin(mul(z)(z)))))(c)
        return [sub(mul(0.1)(slope))(c), slope] as const
      })(a, xs)
      return [last, ys]
    }),
  },
  {
    about: 'results that no input reaches',
    inputs: [draw([2], 1), draw([3, 2], 2)],
    f: real(([a, xs]) => {
      const [{ c, one }, ys] = scan(
        ({ c, one }: { c: Real; one: Real }, x: Real) =>
          [
            { c: mul(one)(sin(c)), one: full([2], 2) },
            { one: full([3], 1), x },
          ] as const,
      )({ c: a, one: full([2], 1) }, xs)
      return [c, one, ys.one, ys.x]
    }),
  },
]
