import {
  arange,
  concat,
  expandDims,
  normal,
  ShapeError,
  slice,
  split,
  sqrt,
  square,
  stopGradient,
  type BroadcastAll,
  type Draw,
  type Key,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  atLeast,
  atMost,
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
import { positive, unitVector, unitVectorOf } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'
import { standardGamma } from '../sampling/gamma.js'
import { firstAccepted } from '../sampling/rejection.js'
import { exactSum } from '../sampling/sums.js'
import { openUniform } from '../sampling/uniform.js'
import { implicitly } from '../special/index.js'
import type { LastOf } from './dirichlet.js'
import { distance } from './distance.js'

export interface VonMisesFisher<B extends Shape = Shape, E extends Shape = [number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy'
> {
  readonly family: 'VonMisesFisher'
  readonly parameters: {
    readonly meanDirection: Tensor<[...B, ...E]>
    readonly concentration: Tensor<B>
  }
}

type Batches<M extends Parameter, C extends Parameter> = BroadcastAll<
  'VonMisesFisher: meanDirection, concentration',
  [Rows<ShapeOfParameter<M>>, ShapeOfParameter<C>]
>

const column = (x: Real): Real => expandDims(-1)(x)

/** ln of the area of the unit sphere in n ≥ 1 dimensions: two points, a circle, and 2π/(n − 2) times that of two dimensions less. */
const logSphere = (n: number): number =>
  n === 1 ? Math.LN2 : n === 2 ? Math.log(2 * Math.PI) : Math.log((2 * Math.PI) / (n - 2)) + logSphere(n - 2)

/** The share of accepted proposals is at least .65: none of these is, once in 10⁹ draws. */
const attempts = 20

/** Draws are not of the mean direction itself, nor of that opposite to it: they would have no derivative. */
const [nearest, farthest] = [2 ** -60, 2 - 2 ** -23]

/**
 * s = 1 − cos θ for the angle θ to the mean direction, by Wood's rejection from a beta envelope (1994, Simulation of the von Mises Fisher
 * distribution), written in s so that a small one keeps its digits. The envelope's beta variable is (1 + t)/2, where t is a coordinate of a
 * uniform unit vector.
 */
const distances =
  (n: number, kappa: Real, shape: Shape): Draw<Real> =>
  key => {
    const b = over(n - 1, plus(times(kappa, 2), sqrt(plus(times(kappa, kappa, 4), (n - 1) ** 2))))
    // 1 − x₀ and 1 − x₀² of Wood's x₀ = (1 − b)/(1 + b).
    const offset = over(times(b, 2), plus(b, 1))
    const square0 = over(times(offset, 2), plus(b, 1))
    return firstAccepted(attempts, shape, offset, attempt => {
      const [first, second, third] = split(attempt, 3) as readonly [Key, Key, Key]
      const x = normal(shape)(first) as Tensor<Shape>
      const others = times(standardGamma(spread(shape)(over(plus(times(b, 0), n - 1), 2)), shape)(second), 2)
      const z = times(plus(1, over(x, sqrt(plus(times(x, x), others)))), 0.5)
      const s = over(times(b, z, 2), minus(1, times(minus(1, b), z)))
      const rise = times(exactLog(over(plus(offset, times(minus(1, offset), s)), square0)), n - 1)
      return {
        value: s,
        isAccepted: atMost(exactLog(openUniform(shape)(third)), plus(times(kappa, minus(offset, s)), rise)),
      }
    })(key)
  }

/**
 * The von Mises-Fisher distribution on the unit sphere in n ≥ 2 dimensions, about a unit vector μ with concentration κ > 0: with I the modified
 * Bessel function,
 *
 *   ln p(x) = κ μ·x + (½n − 1) ln κ − ½n ln 2π − ln I_(n/2−1)(κ)
 *
 * with respect to the sphere's area (Mardia and Jupp 2000, Directional Statistics, 9.3.4). It is computed as −½κ|x − μ|² and the rest, in which
 * lengths that rounding has made other than 1 do not count. Draws have implicit gradients in κ, and turn with μ.
 * @throws ShapeError `VonMisesFisher: meanDirection must have 2 elements at least, not 1`
 */
export const VonMisesFisher = <const M extends Parameter, const C extends Parameter>(
  about: { readonly meanDirection: M; readonly concentration: C } & Requires<Batches<M, C>>,
): VonMisesFisher<ShapeOf<Batches<M, C>>, LastOf<ShapeOfParameter<M>>> => {
  const given = parameters('VonMisesFisher', {
    meanDirection: [about.meanDirection, unitVector],
    concentration: [about.concentration, positive],
  })
  const { meanDirection: mu, concentration: kappa } = given.values
  const n = mu.shape[mu.shape.length - 1]
  if (n < 2) throw new ShapeError(`VonMisesFisher: meanDirection must have 2 elements at least, not ${n}`)
  const angle = distance(n)
  const logNormaliser = plus(angle.logMass(kappa), logSphere(n - 1))
  return distribution<VonMisesFisher<ShapeOf<Batches<M, C>>, LastOf<ShapeOfParameter<M>>>>({
    ...given,
    family: 'VonMisesFisher',
    parameters: given.values,
    eventShape: [n],
    support: unitVectorOf(n),
    reparameterized: true,
    logProb: x => minus(times(kappa, sumLast(square(minus(x, mu)), 1), -0.5), logNormaliser),
    sample: shape => key => {
      const front = shape.slice(0, -1)
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const own = spread(front)(kappa)
      const drawn = distances(n, stopGradient(own), front)(first)
      const s = implicitly(smaller(larger(drawn, nearest), farthest), { kappa: own }, angle)
      const around = normal([...front, n - 1])(second) as Tensor<Shape>
      const sine = sqrt(times(s, minus(2, s)))
      // About the first axis, which a reflection then takes to μ or, the farther one of the two, to −μ.
      const y = (concat(-1) as (parts: readonly Real[]) => Real)([
        column(minus(1, s)),
        times(column(sine), over(around, sqrt(exactSum(times(around, around))))),
      ])
      const leading = slice(
        ...mu.shape.map((_, axis) => (axis === mu.shape.length - 1 ? ([0, 1] as const) : null)),
      )(mu) as Real
      const sign = choose(atLeast(leading, 0), 1, -1)
      const u = plus(mu, times(sign, choose(equal(arange(n), 0), 1, 0)))
      const along = over(times(exactSum(times(u, y)), 2), exactSum(times(u, u)))
      return times(sign, minus(times(along, u), y))
    },
    mean: () => times(column(minus(1, angle.moments(kappa).mean)), mu),
    variance: () => {
      const { variance, sine2 } = angle.moments(kappa)
      const squares = square(mu)
      // Along μ, and evenly in the other directions.
      return plus(
        times(column(variance), squares),
        times(column(over(sine2, n - 1)), larger(minus(1, squares), 0)),
      )
    },
    mode: () => mu,
    entropy: () => plus(times(kappa, angle.moments(kappa).mean), logNormaliser),
  })
}
