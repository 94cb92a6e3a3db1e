import { checkerboard } from './checkerboard.js'
import type { PlaneDensity } from './density.js'
import { scaledBy } from './scaled.js'
import { eightWideGaussians } from './wheels.js'

/** Densities in the sizes of the code of Grathwohl et al. (2019), FFJORD, in which many papers state their results. */
export const ffjord: Readonly<Record<'eightGaussians' | 'checkerboard', PlaneDensity>> = {
  /** On a circle of radius 4, 0.5 wide, all divided by 1.414: an entropy of 2.8319 nats. */
  eightGaussians: scaledBy(2 / 1.414)(eightWideGaussians),
  /** On [−4, 4)²: an entropy of ln 32 nats. */
  checkerboard: scaledBy(2)(checkerboard),
}
