import { mean, neg, split, type Key } from '@elbo/tensor'
import type { ImportanceOptions } from '@elbo/elbo'
import type { Vae } from '../vae.js'
import type { Objective } from './objective.js'

/**
 * The mean of the negative importance-weighted bound over a batch (IWAE, Burda et al. 2016), with its doubly reparameterised gradient (Tucker et
 * al. 2018). Of its own: `bound`, and `effectiveSampleSize`, from 1 to the number of draws. The ELBO and its terms are those of one further draw.
 */
export const importanceLoss =
  (options: ImportanceOptions) =>
  <A>(model: Vae<A>): Objective<A> =>
  (parameters, x, key) => {
    const [forBound, forTerms] = split(key, 2) as readonly [Key, Key]
    const { bound, effectiveSampleSize } = model.importance(parameters, x, options)(forBound)
    const terms = model.bound(parameters, x)(forTerms)
    const value = mean()(bound)
    return [
      neg(value),
      {
        elbo: mean()(terms.elbo),
        reconstruction: mean()(terms.reconstruction),
        kl: mean()(terms.kl),
        bound: value,
        effectiveSampleSize: mean()(effectiveSampleSize),
      },
    ]
  }
