import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  cos,
  integers,
  logSumExp,
  mul,
  normal,
  sin,
  split,
  sqrt,
  square,
  sub,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { chosen, coordinatesOf, perPoint, pointsOf, row, type Numbers, type PlaneDensity } from './density.js'

/**
 * Normal laws around the origin, one on each spoke of a wheel: at `distance`, with one deviation along the spoke and one across. Then every point is
 * turned about the origin by `twist` times its distance, which keeps areas, so that the density of a point is the one where it came from.
 */
interface Wheel {
  readonly spokes: number
  readonly distance: number
  readonly along: number
  readonly across: number
  readonly twist: number
}

const anglesOf = ({ spokes }: Wheel): readonly number[] =>
  Array.from({ length: spokes }, (_, k) => (2 * Math.PI * k) / spokes)

/** (x, y) turned by an angle about the origin. */
const turned = (x: Numbers, y: Numbers, cosine: Numbers, sine: Numbers): readonly [Numbers, Numbers] => [
  sub(mul(sine)(y))(mul(cosine)(x)),
  add(mul(sine)(x))(mul(cosine)(y)),
]

const twisted = (x: Numbers, y: Numbers, twist: number): readonly [Numbers, Numbers] => {
  if (twist === 0) return [x, y]
  const angle = pipe(square(x), add(square(y)), sqrt, mul(twist))
  return turned(x, y, cos(angle), sin(angle))
}

const sampleOf =
  (wheel: Wheel): PlaneDensity['sample'] =>
  count =>
  key => {
    const { spokes, distance, along, across, twist } = wheel
    const [forSpoke, forAlong, forAcross] = split(key, 3) as readonly [Key, Key, Key]
    const spoke: Tensor<Shape, 'i32'> = integers(0, spokes)([count])(forSpoke)
    const angles = anglesOf(wheel)
    const standard = (of: Key): Numbers => normal([count])(of)
    const u = pipe(standard(forAlong), mul(along), add(distance))
    const v = pipe(standard(forAcross), mul(across))
    const [x, y] = turned(u, v, chosen(angles.map(Math.cos), spoke), chosen(angles.map(Math.sin), spoke))
    return pointsOf(...twisted(x, y, twist))
  }

const logDensityOf =
  (wheel: Wheel): PlaneDensity['logDensity'] =>
  points => {
    const { spokes, distance, along, across, twist } = wheel
    const [x, y] = twisted(...coordinatesOf(points), -twist)
    const angles = anglesOf(wheel)
    const [u, v] = turned(x, y, row(angles.map(Math.cos)), row(angles.map(angle => -Math.sin(angle))))
    const distances = pipe(
      square(mul(1 / along)(sub(distance)(u))),
      add(square(mul(1 / across)(v))),
      mul(-0.5),
    )
    return pipe(
      perPoint(logSumExp(1, { keepDims: true })(distances)),
      sub(Math.log(2 * Math.PI * along * across * spokes)),
    )
  }

const density = (wheel: Wheel, entropy: number, entropyError: number): PlaneDensity => ({
  sample: sampleOf(wheel),
  logDensity: logDensityOf(wheel),
  entropy,
  entropyError,
})

// The entropies are by quadrature: fixtures/plane.py.

/** Eight round normal laws on a circle of radius 2, 0.2 wide. */
export const eightGaussians = density(
  { spokes: 8, distance: 2, along: 0.2, across: 0.2, twist: 0 },
  1.698061203122,
  1e-12,
)

/** The same, 0.25 wide. */
export const eightWideGaussians = density(
  { spokes: 8, distance: 2, along: 0.25, across: 0.25, twist: 0 },
  2.138431179966,
  1e-12,
)

/** Five long normal laws, bent into arms. */
export const pinwheel = density(
  { spokes: 5, distance: 2, along: 0.5, across: 0.1, twist: 1 },
  1.451293223952,
  1e-12,
)
