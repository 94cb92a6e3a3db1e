import {
  arange,
  concat,
  expandDims,
  full,
  log,
  log1p,
  normal,
  slice,
  split,
  sqrt,
  square,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  below,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  smaller,
  spread,
  sumLast,
  times,
  type Real,
} from '../arithmetic.js'
import { correlationCholeskyOf, positive, wholeFrom } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { belowDiagonal, diagonal, identity } from '../linear.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { reparameterizedLogGamma } from '../sampling/reparameterized-gamma.js'
import { logStandardGamma } from '../sampling/gamma.js'
import { exactSum } from '../sampling/sums.js'
import { logMinusDigamma, stirlingError } from '../special/index.js'

export interface LKJCholesky<B extends Shape = Shape, N extends number = number> extends Distribution<
  B,
  [N, N],
  'f32',
  'sample' | 'reparameterized' | 'entropy'
> {
  readonly family: 'LKJCholesky'
  readonly parameters: { readonly dimension: N; readonly concentration: Tensor<B> }
}

const column = (x: Real): Real => expandDims(-1)(x)
const row = (x: Real): Real => expandDims(-2)(x)

/** The rows (or elements) from the second on, along an axis counted from the last. */
const rest = (x: Real, axis: number): Real =>
  slice(...x.shape.map((extent, place) => (place === x.shape.length + axis ? ([1, extent] as const) : null)))(
    x,
  )

/** ln Lₖₖ from the second row on, by the elements before it where those are small. */
const logDiagonal = (l: Real): Real => {
  const squares = rest(sumLast(square(belowDiagonal(l)), 1), -1)
  const isNear = below(squares, 0.5)
  return choose(isNear, times(log1p(times(choose(isNear, squares, 0), -1)), 0.5), log(rest(diagonal(l), -1)))
}

/**
 * Lower triangular L with rows of length 1, `dimension` n of them, so that LLᵀ is a correlation matrix with a density in proportion to
 * |LLᵀ|^(η − 1): Lewandowski, Kurowicka and Joe 2009, Generating random correlation matrices based on vines and extended onion method.
 * η = 1 is uniform over correlation matrices, a larger concentration η > 0 favours weak correlations. Over the elements below the diagonal,
 *
 *   ln p(L) = Σ 2(bₖ − 1) ln Lₖₖ − Σ ln[π^((k−1)/2) Γ(bₖ)/Γ(c)],  bₖ = η + ½(n − k),  c = η + ½(n − 1),  k = 2, …, n
 *
 * Row k is a point of a ball whose squared radius 1 − Lₖₖ² is Beta[½(k − 1), bₖ]; draws are made of that, with implicit gradients.
 */
export const LKJCholesky = <const N extends number, const C extends Parameter>(about: {
  readonly dimension: N
  readonly concentration: C
}): LKJCholesky<ShapeOfParameter<C>, N> => {
  const { dimension: n } = about
  const given = parameters('LKJCholesky', {
    dimension: [n, wholeFrom(2)],
    concentration: [about.concentration, positive],
  })
  const eta = given.values.concentration
  // Of the rows from the second on.
  const preceding = arange(n - 1)
  const halves = times(plus(preceding, 1), 0.5)
  const total = plus(column(eta), (n - 1) / 2)
  const b = plus(column(eta), minus((n - 2) / 2, times(preceding, 0.5)))
  const isLarge = above(b, halves)
  /** ln(bₖ/c) */
  const logRatio = choose(
    isLarge,
    log1p(times(over(choose(isLarge, halves, 0), total), -1)),
    log(over(b, total)),
  )
  // By Stirling's formula for Γ, with c − bₖ = ½(k − 1).
  const logNormaliser = sumLast(
    plus(
      times(halves, Math.log(Math.PI)),
      minus(times(minus(b, 0.5), logRatio), times(halves, log(total)), times(halves, -1)),
      minus(stirlingError(b), stirlingError(total)),
    ),
    1,
  )
  const powers = times(minus(b, 1), 2)
  return distribution<LKJCholesky<ShapeOfParameter<C>, N>>({
    ...given,
    family: 'LKJCholesky',
    parameters: { dimension: n, concentration: eta },
    eventShape: [n, n],
    support: correlationCholeskyOf(n),
    reparameterized: true,
    logProb: x => minus(sumLast(times(powers, logDiagonal(x)), 1), logNormaliser),
    sample: shape => key => {
      const [first, second, third] = split(key, 3) as readonly [Key, Key, Key]
      const [front, rows] = [shape.slice(0, -2), [...shape.slice(0, -2), n - 1]]
      // ln of the odds of Lₖₖ² to the squares before it.
      const odds = minus(
        reparameterizedLogGamma(b, rows)(first),
        logStandardGamma(spread(rows)(halves), rows)(second),
      )
      const within = smaller(larger(odds, -80), 80)
      const root = (sign: number): Real => sqrt(over(1, plus(1, exactExp(times(within, sign)))))
      const behind = (start: number, x: Real): Real =>
        (concat(-1) as (parts: readonly Real[]) => Real)([full([...front, 1], start), x])
      const directions = belowDiagonal(normal(shape)(third))
      const lengths = sqrt(exactSum(square(directions)))
      const units = over(directions, choose(equal(lengths, 0), 1, lengths))
      return plus(times(column(behind(0, root(1))), units), times(identity(n), row(behind(1, root(-1)))))
    },
    entropy: () =>
      minus(
        logNormaliser,
        // E[ln Lₖₖ] = ½(ψ(bₖ) − ψ(c))
        sumLast(times(minus(b, 1), plus(minus(logRatio, logMinusDigamma(b)), logMinusDigamma(total))), 1),
      ),
  })
}
