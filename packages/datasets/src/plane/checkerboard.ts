import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  and,
  cast,
  clip,
  eq,
  floor,
  full,
  ge,
  integers,
  lt,
  mod,
  mul,
  split,
  sub,
  uniform,
  where,
  type Key,
} from '@elbo/tensor'
import { coordinatesOf, perPoint, pointsOf, type Numbers, type PlaneDensity } from './density.js'

/** The eight dark fields of a board of 4 × 4 on [−2, 2)²: uniform on the squares [i, i + 1) × [j, j + 1) with i + j even. Its entropy is ln 8. */
export const checkerboard: PlaneDensity = {
  sample: count => key => {
    const [forX, forY, forRow] = split(key, 3) as readonly [Key, Key, Key]
    const x: Numbers = pipe(uniform([count])(forX), mul(4), sub(2))
    // A number just below 1 would be rounded up, to the next field.
    const within: Numbers = clip(0, 1 - 2 ** -22)(uniform([count])(forY))
    const pair: Numbers = cast('f32')(integers(0, 2)([count])(forRow))
    // Of the four fields of a column two are dark: the lower and the upper pair of fields has one each.
    const y = pipe(mul(2)(pair), add(mod(2)(floor(x))), sub(2), add(within))
    return pointsOf(x, y)
  },
  logDensity: points => {
    const [x, y] = coordinatesOf(points)
    const onBoard = (along: Numbers) => and(lt(2)(along))(ge(-2)(along))
    const dark = eq(0)(mod(2)(add(floor(y))(floor(x))))
    const inside = pipe(dark, and(onBoard(x)), and(onBoard(y)))
    const value = (log: number): Numbers => full(inside.shape, log)
    return perPoint(where(value(-Math.log(8)), value(-Infinity))(inside))
  },
  entropy: Math.log(8),
  entropyError: 0,
}
