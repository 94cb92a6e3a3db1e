import {
  ddim,
  discretePath,
  dpmSolver2mSde,
  eulerAncestral,
  samplers,
  SamplingError,
  spacings,
  type DiscreteProcess,
  type Path,
  type Sampler,
  type SamplerName,
  type SpacingName,
} from '@elbo/diffusion'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { failure, type Failure } from '../failure.js'
import { hasEta, type WithEta } from './names.js'

const noisy: Readonly<Record<WithEta, (eta: number) => Sampler>> = {
  ddim: eta => ddim({ eta }),
  'dpm-solver-2m-sde': eta => dpmSolver2mSde({ eta }),
  'euler-ancestral': eta => eulerAncestral({ eta }),
}

export interface Walk {
  readonly sampler: SamplerName
  readonly spacing: SpacingName
  readonly steps: number
  /** `undefined`: as the sampler has it. */
  readonly eta: number | undefined
}

/** A sampler and its path down a process. Left: the process has too few levels, or the sampler has no meaning on it. */
export const walkDown =
  (process: DiscreteProcess) =>
  ({
    sampler: name,
    spacing,
    steps,
    eta,
  }: Walk): Either<Failure, { readonly sampler: Sampler; readonly path: Path }> =>
    E.tryCatch(
      () => {
        const sampler = eta !== undefined && hasEta(name) ? noisy[name](eta) : samplers[name]
        const path = discretePath(spacings[spacing], process)(steps)
        sampler.coefficients(path)
        return { sampler, path }
      },
      (error): Failure => {
        if (!(error instanceof SamplingError)) throw error
        return failure('usage')(`${error.message}.`)
      },
    )
