import { ShapeError, type Shape, type Tensor } from '@elbo/tensor'
import type { Operand, Real } from '../arithmetic.js'
import type { Support } from '../constraints/constraint.js'
import type { Cut } from '../shapes.js'

/**
 * A smooth map that can be undone, with the logarithm of the size of its Jacobian's determinant. `From` and `To` count the last axes that
 * one argument and one result occupy: 0 for numbers, 1 for vectors, 2 for matrices. `Keeps` says whether shapes stay as they are; where
 * they do not, the compiler does not know the result's.
 *
 * `forward` consists of exact operations, as draws pass through it: see `sampling/`.
 */
export interface Transform<
  From extends number = number,
  To extends number = number,
  Keeps extends boolean = boolean,
> extends AnyTransform {
  readonly from: From
  readonly to: To
  readonly keepsShape: Keeps
  readonly forward: <X extends Shape>(x: Tensor<X>) => Tensor<Keeps extends true ? X : number[]>
  readonly inverse: <Y extends Shape>(y: Tensor<Y>) => Tensor<Keeps extends true ? Y : number[]>
  /** ln |det ∂y/∂x| at x, one number for each argument. */
  readonly logDeterminant: <X extends Shape>(x: Tensor<X>) => Tensor<Cut<X, From>['front']>
}

/** Any transform at all: what wrappers take. */
export interface AnyTransform {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly from: number
  readonly to: number
  readonly keepsShape: boolean
  readonly domain: Support
  readonly codomain: Support
  readonly forward: (x: never) => Tensor<Shape>
  readonly inverse: (y: never) => Tensor<Shape>
  readonly logDeterminant: (x: never) => Tensor<Shape>
}

/** A map of single numbers. Each is monotone. */
export type Elementwise = Transform<0, 0, true>

/** A transform from the inside, where shapes are not known to the compiler. */
export interface Bijection extends Omit<AnyTransform, 'forward' | 'inverse' | 'logDeterminant'> {
  readonly forward: (x: Real) => Real
  readonly inverse: (y: Real) => Real
  readonly logDeterminant: (x: Real) => Real
  /** Of numbers: above 0 where it rises, below where it falls. */
  readonly sign?: Operand
  /** `inverse(y)`, and `logDeterminant` there: of maps for which both together cost less than one after the other. */
  readonly undone?: (y: Real) => readonly [x: Real, logDeterminant: Real]
}

/** The argument of y, and ln |det ∂y/∂x| there. */
export const undo =
  ({ undone, inverse, logDeterminant }: Bijection) =>
  (y: Real): readonly [x: Real, logDeterminant: Real] => {
    if (undone !== undefined) return undone(y)
    const x = inverse(y)
    return [x, logDeterminant(x)]
  }

/** The same transform, seen from the inside. */
export const bijection = (t: AnyTransform): Bijection => t as unknown as Bijection

/** A transform from its definition. */
export const transform = <T extends AnyTransform>(definition: Bijection): T => definition as unknown as T

/** A map of single numbers from its definition, which may take shapes for granted: parameters are held to broadcast into the argument. */
export const elementwise = (
  definition: Pick<
    Bijection,
    'name' | 'domain' | 'codomain' | 'forward' | 'inverse' | 'logDeterminant' | 'sign'
  > & { readonly parameters?: Bijection['parameters'] },
): Elementwise => {
  const keeping =
    (f: (x: Real) => Real) =>
    (x: Real): Real => {
      const result = f(x)
      if (result.shape.join() !== x.shape.join())
        throw new ShapeError(
          `${definition.name}: its parameters do not broadcast into [${x.shape.join(', ')}]`,
        )
      return result
    }
  return transform({
    parameters: {},
    sign: 1,
    ...definition,
    forward: keeping(definition.forward),
    inverse: keeping(definition.inverse),
    logDeterminant: keeping(definition.logDeterminant),
    from: 0,
    to: 0,
    keepsShape: true,
  })
}
