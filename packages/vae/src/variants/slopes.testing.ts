import {
  add,
  foldIn,
  grad,
  key,
  leavesOf,
  mul,
  normal,
  stack,
  sum,
  withLeaves,
  type Shape,
  type Tensor,
} from '@elbo/tensor'

type Real = Tensor<Shape, 'f32'>
type Evaluate = (x: Real) => Promise<{ readonly data: ArrayLike<number> }>

const times = (h: number, x: Real): Real => mul(h)(x)

/** x + h · direction */
const moved = (x: Real, h: number, direction: Real): Real => add<Shape, 'f32'>(times(h, direction))(x)

export interface Slope {
  readonly path: string
  /** By automatic differentiation. */
  readonly slope: number
  /** By differences. */
  readonly difference: number
}

/**
 * The slope of f along one random direction of each leaf, and what central differences of two steps say of it, from which what is of the second
 * order is taken away (Richardson). `evaluate` is in double precision, draws included.
 */
export const slopesOf = async <P extends object>(
  evaluate: Evaluate,
  f: (parameters: P) => Tensor<[]>,
  parameters: P,
): Promise<readonly Slope[]> => {
  const leaves = leavesOf<Tensor>(parameters)
  const slopes = leavesOf<Tensor>(grad(f)(parameters))
  const rows = leaves.map(({ leaf }, i): Real => {
    const direction: Real = normal(leaf.shape)(foldIn(i)(key(99)))
    const at = (h: number): Real =>
      f(
        withLeaves(
          parameters,
          leaves.map(({ leaf: own }, j) => (i === j ? moved(own, h, direction) : own)),
        ) as P,
      )
    const central = (h: number): Real => times(0.5 / h, moved(at(h), -1, at(-h)))
    const difference = moved(times(4 / 3, central(5e-5)), -1 / 3, central(1e-4))
    const slope: Real = sum()(mul<Shape, 'f32'>(direction)(slopes[i].leaf))
    return stack(0)([slope, difference])
  })
  const { data } = await evaluate(stack(0)(rows))
  return leaves.map(({ path }, i) => ({ path, slope: data[2 * i], difference: data[2 * i + 1] }))
}
