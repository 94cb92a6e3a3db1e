import { broadcastShapes, type Shape } from '@elbo/tensor'
import {
  above,
  allLast,
  asReal,
  both,
  choose,
  spread,
  type Operand,
  type Real,
  type Truth,
} from '../arithmetic.js'
import type { Support } from '../constraints/index.js'
import type { Bijection } from './transform.js'

/** A bound, or a witness, under the map; `event` is the shape that one value needs at least. */
const mapped = (t: Bijection, x: Operand, event: Shape): Real => {
  const value = asReal(x)
  const shape = broadcastShapes<string, readonly Shape[]>(t.name, value.shape, event) as Shape
  return t.forward(spread(shape)(value))
}

/** The shape into which a map's parameters broadcast. */
const own = ({ parameters }: Bijection): Shape =>
  broadcastShapes<string, readonly Shape[]>(
    'image',
    ...Object.values(parameters).flatMap(x =>
      typeof x === 'object' && x !== null && 'shape' in x ? [x.shape as Shape] : [],
    ),
  )

/**
 * Where the values of a support come to lie. `event` is the shape of one value, without which no witness of the support can be mapped. More
 * axes than the map takes belong to a value of the image too; where it takes more, each of its elements lies in the support.
 */
export const image = (of: Support, t: Bijection, event?: Shape): Support => {
  const more = Math.max(of.eventRank - t.from, 0)
  const fewer = Math.max(t.from - of.eventRank, 0)
  const { contains: ends } = t.codomain
  const whole = (y: Real): Truth | undefined => ends && allLast(ends(y), more)
  const comesFrom = of.name === t.domain.name ? undefined : of.contains
  const contains =
    ends === undefined && comesFrom === undefined
      ? undefined
      : (y: Real): Truth => {
          const belongs = whole(y)
          if (comesFrom === undefined) return belongs as Truth
          const before = allLast(comesFrom(t.inverse(y)), fewer)
          return belongs === undefined ? before : both(belongs, before)
        }
  const { bounds } = of
  const [left, right] =
    bounds === undefined || t.sign === undefined ? [] : bounds.map(x => mapped(t, x, own(t)))
  const isRising = above(asReal(t.sign ?? 1), 0)
  return {
    name: comesFrom === undefined ? t.codomain.name : `${t.name} of ${of.name}`,
    described: comesFrom === undefined ? t.codomain.described : `${t.name} of what is ${of.described}`,
    eventRank: t.to + more,
    discrete: false,
    witness: event === undefined ? t.codomain.witness : mapped(t, of.witness, event),
    ...(contains && { contains }),
    ...(left && right && { bounds: [choose(isRising, left, right), choose(isRising, right, left)] as const }),
    // The whole domain: its image has bounds that are known.
    ...(comesFrom === undefined && t.codomain.bounds && { bounds: t.codomain.bounds }),
  }
}
