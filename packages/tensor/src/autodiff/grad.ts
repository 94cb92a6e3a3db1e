import { ShapeError } from '../shape/index.js'
import type { Tensor } from '../graph/tensor.js'
import { full } from '../primitives/leaves.js'
import { customGradient as customGradientNode } from '../primitives/identity.js'
import { leavesOf, withLeaves } from '../tree/tree.js'
import { pullback } from './pullback.js'

/** The same value as a variable of its own, so that what a function captures stays constant under its derivative. */
const variable = (tensor: Tensor): Tensor => customGradientNode(tensor, [tensor], g => [g])

const scalar = (name: string, value: Tensor): Tensor => {
  if (value.shape.length !== 0 || value.dtype !== 'f32') {
    throw new ShapeError(
      `${name}: the function must return a scalar f32[], not ${value.dtype}[${value.shape.join(', ')}]; take a sum or a mean`,
    )
  }
  return value
}

const zerosLike = ({ shape }: Tensor): Tensor => full(shape, 'f32', 0)

const differentiate = (
  results: readonly Tensor[],
  cotangents: readonly Tensor[],
  leaves: readonly Tensor[],
): readonly Tensor[] =>
  pullback(results, cotangents, leaves).map((slope, i) => slope ?? zerosLike(leaves[i] as Tensor))

/**
 * `valueAndGrad(f)(p, …rest)` → `[f(p, …rest), ∂f/∂p]`, the gradient in the form of the tree `p` (zeros where nothing depends on a leaf, or
 * the leaf is not f32). Reverse mode by rewriting the graph: gradients of gradients are gradients.
 * @throws ShapeError unless f returns f32[]; GradientError where a primitive on the way has no derivative.
 */
export const valueAndGrad =
  <P, R extends readonly unknown[], L extends Tensor>(f: (params: P, ...rest: R) => L) =>
  (params: P, ...rest: R): readonly [value: L, slope: P] => {
    const [value, , slope] = gradientOf('valueAndGrad', (p: P) => [f(p, ...rest), undefined], params)
    return [value, slope]
  }

/** As `valueAndGrad`, for a function that returns `[loss, auxiliary]`: the auxiliary tree (metrics, say) is handed on. */
export const valueAndGradAux =
  <P, R extends readonly unknown[], L extends Tensor, A>(f: (params: P, ...rest: R) => readonly [L, A]) =>
  (params: P, ...rest: R): readonly [value: L, auxiliary: A, slope: P] =>
    gradientOf('valueAndGradAux', (p: P) => f(p, ...rest), params)

/** `grad(f)(p, …rest)` → ∂f/∂p in the form of `p`. */
export const grad =
  <P, R extends readonly unknown[]>(f: (params: P, ...rest: R) => Tensor) =>
  (params: P, ...rest: R): P =>
    gradientOf('grad', (p: P) => [f(p, ...rest), undefined], params)[2]

const gradientOf = <P, L extends Tensor, A>(
  name: string,
  f: (params: P) => readonly [L, A],
  params: P,
): readonly [L, A, P] => {
  const leaves = leavesOf<Tensor>(params).map(({ leaf }) => variable(leaf))
  const [value, auxiliary] = f(withLeaves(params, leaves) as P)
  const slopes = differentiate([scalar(name, value)], [full([], 'f32', 1)], leaves)
  return [value, auxiliary, withLeaves(params, slopes) as P]
}

/**
 * `vjp(f, x)` → `[f(x), back]`, where `back(cotangent)` is the cotangent times the Jacobian: trees in, trees out.
 */
export const vjp = <X, Y>(f: (x: X) => Y, x: X): readonly [value: Y, back: (cotangent: Y) => X] => {
  const leaves = leavesOf<Tensor>(x).map(({ leaf }) => variable(leaf))
  const value = f(withLeaves(x, leaves) as X)
  const results = leavesOf<Tensor>(value).map(({ leaf }) => leaf)
  return [
    value,
    cotangent => {
      const arriving = leavesOf<Tensor>(cotangent).map(({ leaf }) => leaf)
      return withLeaves(x, differentiate(results, arriving, leaves)) as X
    },
  ]
}

/**
 * A function with a derivative of its own: `customGradient(f, backward)(x)` has the value f(x), and the cotangent of x is
 * `backward(g, x, y)` in the form of x.
 */
export const customGradient =
  <X, Y extends Tensor>(f: (x: X) => Y, backward: (cotangent: Y, x: X, y: Y) => X) =>
  (x: X): Y => {
    const y = f(x)
    const args = leavesOf<Tensor>(x).map(({ leaf }) => leaf)
    return customGradientNode(y, args, g =>
      leavesOf<Tensor>(backward(g as Y, x, y)).map(({ leaf }) => leaf),
    ) as Y
  }
