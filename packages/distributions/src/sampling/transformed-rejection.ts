import { abs, floor, split, type Draw, type Key, type Shape } from '@elbo/tensor'
import {
  atLeast,
  atMost,
  both,
  either,
  minus,
  over,
  plus,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import { exactLog } from './exact.js'
import { rejectionSampled } from './leftover.js'
import { openUniform } from './uniform.js'

/** Proposals ⌊(2a/(½ − |u|) + b)·u + centre⌋ for a uniform u from −½ to ½. */
export interface Hat {
  readonly a: Real
  readonly b: Real
  readonly centre: Real
  /** What the height of the hat is multiplied by to lie above the mass. */
  readonly scale: Real
  /** In the middle, a proposal under this share of the hat is accepted. */
  readonly ratio: Real
}

type Parts = Readonly<Record<string, Real>>

/** A distribution over whole numbers, and how Hörmann's hat is put over it. */
export interface Transformed<P extends Parts> {
  readonly parameters: P
  readonly shape: Shape
  readonly hat: (parameters: P) => Hat
  readonly contains: (k: Real, parameters: P) => Truth
  /** ln P(k), up to the constant that `hat` allows for; asked outside the support too, where it may be any number. */
  readonly logMass: (k: Real, parameters: P) => Real
  /** A value for where no proposal is accepted. */
  readonly fallback: (parameters: P) => Real
  /** At most this share of proposals is rejected. */
  readonly rejected: number
  readonly attempts: number
}

/** Hörmann's transformed rejection (1993, The transformed rejection method for generating Poisson random variables). */
export const transformedRejection = <P extends Parts>({
  hat,
  contains,
  logMass,
  ...about
}: Transformed<P>): Draw<Real> =>
  rejectionSampled({
    ...about,
    propose: (parameters, shape) => {
      const { a, b, centre } = hat(parameters)
      return key => {
        const [first, second] = split(key, 2) as readonly [Key, Key]
        const u = minus(openUniform(shape)(first), 0.5)
        const distance = minus(0.5, abs(u))
        const k = floor(plus(times(plus(over(times(a, 2), distance), b), u), centre))
        return { k, distance, v: openUniform(shape)(second) }
      }
    },
    value: ({ k }) => k,
    accepts: ({ k, distance, v }, parameters) => {
      const { a, b, scale, ratio } = hat(parameters)
      const isQuick = both(atLeast(distance, 0.07), atMost(v, ratio))
      const height = exactLog(over(times(v, scale), plus(over(a, times(distance, distance)), b)))
      return either(isQuick, both(contains(k, parameters), atMost(height, logMass(k, parameters))))
    },
  })
