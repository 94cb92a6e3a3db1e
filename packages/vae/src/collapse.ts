/**
 * Posterior collapse: q(z | x) is the same for every x in some coordinates of z, which then say nothing of x. A bound can be reached that way, and
 * training seldom leaves it.
 */

/** Sums over examples, for each coordinate of z, of the moments of q(z | x). */
export interface CodeSums {
  /** Examples. */
  readonly count: number
  readonly mean: readonly number[]
  readonly meanSquare: readonly number[]
  readonly variance: readonly number[]
  readonly logVariance: readonly number[]
}

/**
 * Nats that each coordinate of z tells of x, as a normal code of the same moments would: ½ ln(Var[μ] + E[σ²]) − ½ E[ln σ²]. Under the prior
 * Norm[0, I] it is the coordinate's mean KL, less that of the aggregate posterior: 0 where q is the same for every x, whatever the prior is.
 */
export const informationOf = ({
  count,
  mean,
  meanSquare,
  variance,
  logVariance,
}: CodeSums): readonly number[] =>
  mean.map((sum, d) => {
    const spread = Math.max(0, meanSquare[d] / count - (sum / count) ** 2)
    return 0.5 * (Math.log(spread + variance[d] / count) - logVariance[d] / count)
  })

/** Nats below which a coordinate counts as collapsed. */
export const leastInformation = 0.01

/** How many coordinates tell anything of x. */
export const activeDimensions = (sums: CodeSums): number =>
  informationOf(sums).filter(nats => nats >= leastInformation).length

/** Models leave coordinates that they do not need: no more than this share of active ones is a collapse. */
const collapsedShare = 0.25

/** What is wrong and what to do; `undefined` where enough coordinates are active. */
export const collapseOf = (active: number, latent: number): string | undefined =>
  active > collapsedShare * latent
    ? undefined
    : `posterior collapse: ${active === 0 ? `none of the ${latent} dimensions of z tells` : `only ${active} of the ${latent} dimensions of z ${active === 1 ? 'tells' : 'tell'}`} ` +
      `more than ${leastInformation} nats of x. Let the divergence's weight rise over the first steps (objective.warmUp), leave it some nats free ` +
      '(objective.freeBits), or give it a smaller weight (objective.beta); a weaker decoder helps, too'
