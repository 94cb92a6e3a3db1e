import { ShapeError } from '../shape/index.js'
import type { AnyTensor } from '../graph/tensor.js'
import { full } from '../primitives/leaves.js'
import { customGradient as customGradientNode } from '../primitives/identity.js'
import { leavesInForm, leavesOf, withLeaves } from '../tree/tree.js'
import { pullback } from './pullback.js'

/** The same value as a variable of its own, so that what a function captures stays constant under its derivative. */
const variable = (tensor: AnyTensor): AnyTensor => customGradientNode(tensor, [tensor], g => [g])

const scalar = (name: string, value: AnyTensor): AnyTensor => {
  if (value.shape.length !== 0 || value.dtype !== 'f32') {
    throw new ShapeError(
      `${name}: the function must return a scalar f32[], not ${value.dtype}[${value.shape.join(', ')}]; take a sum or a mean`,
    )
  }
  return value
}

const zerosLike = ({ shape, dtype }: AnyTensor): AnyTensor => full(shape, dtype, 0)

const agree = (name: string, given: AnyTensor, expected: AnyTensor): void => {
  if (given.shape.join() !== expected.shape.join())
    throw new ShapeError(`${name}: [${given.shape.join(', ')}] stands for [${expected.shape.join(', ')}]`)
}

const differentiate = (
  results: readonly AnyTensor[],
  cotangents: readonly AnyTensor[],
  leaves: readonly AnyTensor[],
): readonly AnyTensor[] =>
  pullback(results, cotangents, leaves).map((slope, i) => slope ?? zerosLike(leaves[i]))

/**
 * `valueAndGrad(f)(p, …rest)` → `[f(p, …rest), ∂f/∂p]`, the gradient in the form of the tree `p` (zeros where nothing depends on a leaf, or
 * the leaf is not f32). Reverse mode by rewriting the graph: gradients of gradients are gradients.
 * @throws ShapeError unless f returns f32[]; GradientError where a primitive on the way has no derivative.
 */
export const valueAndGrad =
  <P, R extends readonly unknown[], L extends AnyTensor>(f: (params: P, ...rest: R) => L) =>
  (params: P, ...rest: R): readonly [value: L, slope: P] => {
    const [value, , slope] = gradientOf('valueAndGrad', (p: P) => [f(p, ...rest), undefined], params)
    return [value, slope]
  }

/** As `valueAndGrad`, for a function that returns `[loss, auxiliary]`: the auxiliary tree (metrics, say) is handed on. */
export const valueAndGradAux =
  <P, R extends readonly unknown[], L extends AnyTensor, A>(f: (params: P, ...rest: R) => readonly [L, A]) =>
  (params: P, ...rest: R): readonly [value: L, auxiliary: A, slope: P] =>
    gradientOf('valueAndGradAux', (p: P) => f(p, ...rest), params)

/** `grad(f)(p, …rest)` → ∂f/∂p in the form of `p`. */
export const grad =
  <P, R extends readonly unknown[]>(f: (params: P, ...rest: R) => AnyTensor) =>
  (params: P, ...rest: R): P =>
    gradientOf('grad', (p: P) => [f(p, ...rest), undefined], params)[2]

const gradientOf = <P, L extends AnyTensor, A>(
  name: string,
  f: (params: P) => readonly [L, A],
  params: P,
): readonly [L, A, P] => {
  const leaves = leavesOf<AnyTensor>(params).map(({ leaf }) => variable(leaf))
  const [value, auxiliary] = f(withLeaves(params, leaves) as P)
  const slopes = differentiate([scalar(name, value)], [full([], 'f32', 1)], leaves)
  return [value, auxiliary, withLeaves(params, slopes) as P]
}

/**
 * `vjp(f, x)` → `[f(x), back]`, where `back(cotangent)` is the cotangent times the Jacobian: trees in, trees out.
 */
export const vjp = <X, Y>(f: (x: X) => Y, x: X): readonly [value: Y, back: (cotangent: Y) => X] => {
  const leaves = leavesOf<AnyTensor>(x).map(({ leaf }) => variable(leaf))
  const value = f(withLeaves(x, leaves) as X)
  const results = leavesOf<AnyTensor>(value).map(({ leaf }) => leaf)
  return [
    value,
    cotangent => {
      const arriving = leavesInForm<AnyTensor>('vjp: the cotangent', value, cotangent)
      arriving.forEach((given, i) => agree('vjp: the cotangent', given, results[i]))
      return withLeaves(x, differentiate(results, arriving, leaves)) as X
    },
  ]
}

/**
 * A function with a derivative of its own: `customGradient(f, backward)(x)` has the value y = f(x), and the cotangent of x is
 * `backward(g, x, y)` in the form of x. In there y has the derivative of its own too, for the sake of second derivatives. What f captures
 * is held constant.
 * @throws TypeError or ShapeError, when differentiated, unless `backward` returns the form and the shapes of x.
 */
export const customGradient =
  <X, Y extends AnyTensor>(f: (x: X) => Y, backward: (cotangent: Y, x: X, y: Y) => X) =>
  (x: X): Y => {
    const args = leavesOf<AnyTensor>(x).map(({ leaf }) => leaf)
    const y: Y = customGradientNode(f(x), args, g => {
      const slopes = leavesInForm<AnyTensor>(
        'customGradient: what backward returns',
        x,
        backward(g as Y, x, y),
      )
      slopes.forEach((slope, i) => agree('customGradient: what backward returns', slope, args[i]))
      return slopes
    }) as Y
    return y
  }
