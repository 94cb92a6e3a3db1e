import type { Requires, Tensor } from '@elbo/tensor'
import { logSumExpOver, total } from '../arithmetic.js'
import { requireSites, standIn, type BatchOfSites, type Conditioned, type Latent } from '../interpret.js'
import type { Spelt, Unless } from '../sentence.js'
import { scores, trace, type Assign } from '../trace.js'
import { enumeration } from './enumerate.js'
import { unknownSites } from './pairing.js'
import { repeated } from './repeat.js'

/** Every latent site has a finite support, as a rule. */
export type Finite<S, O> = string extends keyof S | keyof O
  ? Unless<never>
  : Unless<
      {
        readonly [N in Latent<S, O>]: S[N] extends { readonly family: infer F }
          ? S[N] extends { readonly enumerateSupport: unknown }
            ? never
            : `evidence: site ${Spelt<N>}: ${Spelt<F>} has no finite support to enumerate`
          : never
      }[Latent<S, O>]
    >

/**
 * ln P(x) = ln Σ_z P(x, z) exactly, for each of the batch, in nats: the sum over all values of all latent sites, in one loop.
 * @throws ProgramError where a latent site has no finite support; the compiler says so where it can
 */
export const evidence = <S, O>(
  conditioned: Conditioned<S, O> & Requires<Finite<S, O>>,
): Tensor<BatchOfSites<S>> => {
  const { program, observed } = unknownSites(conditioned)
  const given: Assign = (name, distribution) => standIn('condition', name, observed[name], distribution)
  const { branches, assign } = enumeration('evidence', program, name => !(name in observed), given)
  const joint = repeated(branches, n => {
    const walked = trace('evidence', program, assign(n, given))
    requireSites('condition', observed, walked.sites)
    return total(Object.values(scores(walked)))
  })
  return logSumExpOver(0, joint) as never
}
