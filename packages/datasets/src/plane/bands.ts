import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  and,
  atan2,
  clip,
  concat,
  cos,
  div,
  full,
  ge,
  integers,
  le,
  log,
  logSumExp,
  mod,
  mul,
  normal,
  sin,
  split,
  sqrt,
  square,
  sub,
  uniform,
  where,
  type Key,
  type Tensor,
  type Shape,
} from '@elbo/tensor'
import { chosen, coordinatesOf, perPoint, pointsOf, row, type Numbers, type PlaneDensity } from './density.js'

interface Band {
  readonly centre: readonly [number, number]
  /** Where its angles count from. */
  readonly turn: number
  /** At the angle 0. */
  readonly radius: number
}

/**
 * Curves ρ(t) = radius + slope·t in polar coordinates, each drawn as often. Points are spread evenly along a curve, for the density of t on
 * [start, stop] is ρ(t)/Z, and lie off it by a normal deviation along the radius:
 *
 * p(x) = mean over the curves of Σ ρ(t)/Z · Norm[r; ρ(t), deviation²] / r, with r the distance from the centre and t the angle, the sum over
 * its turns.
 *
 * What a deviation would bring beyond the centre is left out: less than 10⁻²⁰ of the mass for the curves below.
 */
interface Bands {
  readonly bands: readonly Band[]
  readonly start: number
  readonly stop: number
  readonly slope: number
  readonly deviation: number
}

const turn = 2 * Math.PI
const halfLogTurn = Math.log(turn) / 2

/** Places t on the curves, f32[n], for u uniform: the inverse of the distribution function of t. */
const placeOf = ({ start, stop, slope }: Bands, radius: Numbers, u: Numbers): Numbers => {
  if (slope === 0) return pipe(u, mul(stop - start), add(start))
  const [first, last] = [add(slope * start)(radius), add(slope * stop)(radius)]
  const rho = pipe(square(last), sub(square(first)), mul(u), add(square(first)), sqrt)
  return pipe(rho, sub(radius), mul(1 / slope))
}

const sampleOf =
  (curves: Bands): PlaneDensity['sample'] =>
  count =>
  key => {
    const { bands, slope, deviation } = curves
    const [forBand, forPlace, forDeviation] = split(key, 3) as readonly [Key, Key, Key]
    const band: Tensor<Shape, 'i32'> = integers(0, bands.length)([count])(forBand)
    const of = (constant: (band: Band) => number): Numbers => chosen(bands.map(constant), band)
    const radius = of(each => each.radius)
    const t = placeOf(curves, radius, uniform([count])(forPlace))
    const off: Numbers = normal([count])(forDeviation)
    const r = pipe(t, mul(slope), add(radius), add(mul(deviation)(off)))
    const angle = add(of(each => each.turn))(t)
    return pointsOf(
      pipe(cos(angle), mul(r), add(of(each => each.centre[0]))),
      pipe(sin(angle), mul(r), add(of(each => each.centre[1]))),
    )
  }

const logDensityOf =
  ({ bands, start, stop, slope, deviation }: Bands): PlaneDensity['logDensity'] =>
  points => {
    const [x, y] = coordinatesOf(points)
    const dx = sub(row(bands.map(({ centre }) => centre[0])))(x)
    const dy = sub(row(bands.map(({ centre }) => centre[1])))(y)
    const r = sqrt(add(square(dx))(square(dy)))
    const angle = pipe(atan2(dx)(dy), sub(row(bands.map(each => each.turn))), mod(turn))
    const radius = row(bands.map(each => each.radius))
    const lengths = row(
      bands.map(each => each.radius * (stop - start) + (slope * (stop ** 2 - start ** 2)) / 2),
    )
    const windings = Array.from(
      { length: Math.ceil(stop / turn) - Math.floor(start / turn) },
      (_, i) => turn * (Math.floor(start / turn) + i),
    )
    const terms = windings.map(winding => {
      const t = add(winding)(angle)
      // Outside the curve its place is moved to the end, so that what is not taken is finite, and its gradient too.
      const rho = pipe(clip(start, stop)(t), mul(slope), add(radius))
      const off = pipe(r, sub(rho), mul(1 / deviation))
      const inside = pipe(
        log(div(lengths)(rho)),
        sub(mul(0.5)(square(off))),
        sub(log(r)),
        sub(Math.log(deviation) + halfLogTurn + Math.log(bands.length)),
      )
      const outside: Numbers = full(inside.shape, -Infinity)
      return where(inside, outside)(and(le(stop)(t))(ge(start)(t)))
    })
    return perPoint(logSumExp(1, { keepDims: true })(concat(1)(terms)))
  }

const density = (curves: Bands, entropy: number, entropyError: number): PlaneDensity => ({
  sample: sampleOf(curves),
  logDensity: logDensityOf(curves),
  entropy,
  entropyError,
})

const origin = [0, 0] as const

// The entropies are by quadrature: fixtures/plane.py.

/** Two half circles of radius 1 that reach into each other, 0.1 wide. */
export const twoMoons = density(
  {
    bands: [
      { centre: [-0.5, -0.25], turn: 0, radius: 1 },
      { centre: [0.5, 0.25], turn: Math.PI, radius: 1 },
    ],
    start: 0,
    stop: Math.PI,
    slope: 0,
    deviation: 0.1,
  },
  0.949113,
  1e-6,
)

/** Circles of radius 1, 2 and 3 around the origin, 0.1 wide. */
export const rings = density(
  {
    bands: [1, 2, 3].map(radius => ({ centre: origin, turn: 0, radius })),
    start: 0,
    stop: turn,
    slope: 0,
    deviation: 0.1,
  },
  2.64779852,
  1e-8,
)

/** Two arms from radius 0.5 outwards, one and a half turns each, 0.05 wide. */
export const spirals = density(
  {
    bands: [0, Math.PI].map(angle => ({ centre: origin, turn: angle, radius: 0.5 })),
    start: 0,
    stop: 1.5 * turn,
    slope: 0.25,
    deviation: 0.05,
  },
  1.876802914441,
  1e-12,
)

/** One arm from radius 0.3π outwards, one and a half turns, 0.08 wide. */
export const swissRoll = density(
  {
    bands: [{ centre: origin, turn: 0, radius: 0 }],
    start: 0.75 * turn,
    stop: 2.25 * turn,
    slope: 0.2,
    deviation: 0.08,
  },
  1.769462493967,
  1e-12,
)
