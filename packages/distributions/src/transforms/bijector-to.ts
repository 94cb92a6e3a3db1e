import { asReal, minus, type Operand } from '../arithmetic.js'
import type { Support } from '../constraints/index.js'
import { compose } from './compose.js'
import { affine, exp, identity, sigmoid } from './elementwise.js'
import { corrCholesky, lowerCholesky } from './matrices.js'
import type { AnyTransform } from './transform.js'
import { ordered, stickBreaking } from './vectors.js'

const between = ([low, high]: readonly [Operand, Operand]): AnyTransform =>
  compose(sigmoid, affine({ loc: low, scale: minus(asReal(high), low) }))

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
  interval: ({ bounds }) => (bounds === undefined ? sigmoid : between(bounds)),
  simplex: () => stickBreaking,
  orderedVector: () => ordered,
  lowerCholesky: () => lowerCholesky,
  correlationCholesky: () => corrCholesky,
}

/**
 * A transform of unconstrained numbers onto a support, for optimisers and samplers that know no bounds. Those of numbers act on each element.
 * @throws RangeError `bijectorTo: nothing maps the line onto binary`
 */
export const bijectorTo = (support: Support): AnyTransform => {
  const found = bijectors[support.name]
  if (found === undefined || support.discrete)
    throw new RangeError(`bijectorTo: nothing maps the line onto ${support.name}`)
  return found(support)
}
