import { asReal } from '../arithmetic.js'
import type { BoundedSupport, Support } from '../constraints/index.js'
import { compose } from './compose.js'
import { exp, identity, sigmoid } from './elementwise.js'
import { onto } from './interval.js'
import { corrCholesky, gram, lowerCholesky } from './matrices.js'
import type { AnyTransform } from './transform.js'
import { ordered, stickBreaking } from './vectors.js'

const between = (support: Support): AnyTransform => {
  const [low, high] = (support as BoundedSupport).bounds.map(asReal)
  return onto(support as BoundedSupport, low, high)
}

/** By the name of a support: what maps all numbers, or vectors, onto its inside. A further support is one row. */
const bijectors: Readonly<Record<string, (support: Support) => AnyTransform>> = {
  real: () => identity,
  line: () => identity,
  circle: () => identity,
  realVector: () => identity,
  lineVector: () => identity,
  lineArray: () => identity,
  positive: () => exp,
  nonNegative: () => exp,
  halfLine: () => exp,
  positiveVector: () => exp,
  unitInterval: () => sigmoid,
  openUnitInterval: () => sigmoid,
  positiveProbability: () => sigmoid,
  interval: between,
  greaterThan: between,
  simplex: () => stickBreaking,
  positiveSimplex: () => stickBreaking,
  orderedVector: () => ordered,
  realMatrix: () => identity,
  lowerCholesky: () => lowerCholesky,
  positiveDefinite: () => compose(lowerCholesky, gram),
  correlationCholesky: () => corrCholesky,
}

/**
 * A transform of unconstrained numbers onto a support, for optimisers and samplers that know no bounds. Those of numbers act on each element.
 * There is none onto whole numbers, onto what is not in one piece (`nonZero`) or onto spheres, which a plane does not cover.
 * @throws RangeError `bijectorTo: nothing maps the line onto binary`
 */
export const bijectorTo = (support: Support): AnyTransform => {
  const found = bijectors[support.name]
  if (found === undefined || support.discrete)
    throw new RangeError(`bijectorTo: nothing maps the line onto ${support.name}`)
  return found(support)
}
