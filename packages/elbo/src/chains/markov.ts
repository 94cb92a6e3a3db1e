import { full, type Shape, type Tensor } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import { chain as after, draw, type Program } from '../program.js'
import { ProgramError } from '../sentence.js'

/** The number t of a latent in a chain, i32, traced: the latents are z₁ … z_T, and x is beside z₁. */
export type Level = Tensor<[], 'i32'>

/** A latent of a chain. All of one chain have one form. */
export type Latents<B extends Shape, E extends Shape> = Tensor<[...B, ...E]>

/**
 * Latents that are drawn from the top down, z_T, then z_{T−1}, …, z₁, each from the one before. `D` is the top's distribution, `C` the others'.
 * The conditionals share one form, so that a chain is one loop however long it is.
 */
export interface Markov<D extends AnyDistribution, C extends AnyDistribution> {
  /** T, at least 1. */
  readonly length: number
  /** The distribution of z_T. */
  readonly top: D
  /** The distribution of z_{t−1} given z_t, for t = T … 2. */
  readonly next: (t: Level, z: Latents<D['batchShape'], D['eventShape']>) => C
}

/** A hierarchical latent-variable model x ← z₁ ← … ← z_T. */
export interface Chain<D extends AnyDistribution, C extends AnyDistribution, X extends AnyDistribution> {
  readonly latents: Markov<D, C>
  /** P(x | z₁) */
  readonly likelihood: (z: Latents<D['batchShape'], D['eventShape']>) => X
}

/**
 * A guide of a chain: q(z_T | x), and q(z_{t−1} | z_t, x), built for one x. A fixed encoder, such as the noise of a diffusion, also knows
 * q(z_t | x).
 */
export interface ChainGuide<D extends AnyDistribution, C extends AnyDistribution> extends Markov<D, C> {
  /** q(z_t | x), of which the bound can then draw at each level on its own. */
  readonly marginal?: (t: Level) => AnyDistribution
}

/** @throws ProgramError unless there is a latent at least */
export const requireLength = (length: number): void => {
  if (!Number.isSafeInteger(length) || length < 1)
    throw new ProgramError(`chain: a length of ${length}: it is a positive integer`)
}

/** A level whose number is known. */
export const level = (t: number): Level => full([], t, 'i32')

type AnyProgram = Program<Readonly<Record<string, AnyDistribution>>, never>

const latent = (t: number, distribution: AnyDistribution): AnyProgram =>
  draw(`z${t}`, distribution) as unknown as AnyProgram

/**
 * A hierarchy of any conditionals, each of the value of the one before: `hierarchy(top, [z3 => …, z2 => …])` has the sites z3, z2 and z1, in
 * this order, and returns z₁.
 */
export const hierarchy = <
  D extends AnyDistribution,
  const F extends readonly ((z: never) => AnyDistribution)[],
>(
  top: D,
  conditionals: F,
): Program<Readonly<Record<string, D | ReturnType<F[number]>>>, Tensor<Shape>> => {
  let program: AnyProgram = latent(conditionals.length + 1, top)
  conditionals.forEach((conditional, i) => {
    program = after((z: never): AnyProgram => latent(conditionals.length - i, conditional(z)))(program)
  })
  return program as never
}

/**
 * The latents of a chain as a program with the sites zT, …, z2, z1, which returns z₁: a chain for every interpreter that programs have. It grows
 * with the length; `chainBound` does not.
 */
export const unrolled = <D extends AnyDistribution, C extends AnyDistribution>({
  length,
  top,
  next,
}: Markov<D, C>): Program<Readonly<Record<string, D | C>>, Latents<D['batchShape'], D['eventShape']>> => {
  requireLength(length)
  const conditionals = Array.from(
    { length: length - 1 },
    (_, i) => (z: Latents<D['batchShape'], D['eventShape']>) => next(level(length - i), z),
  )
  return hierarchy(top, conditionals) as never
}

/** A chain as a program: the sites of its latents, and `x`. */
export const unrolledChain = <
  D extends AnyDistribution,
  C extends AnyDistribution,
  X extends AnyDistribution,
>({
  latents,
  likelihood,
}: Chain<D, C, X>): Program<Readonly<Record<string, D | C | X>>, Tensor<Shape>> =>
  after((z: Latents<D['batchShape'], D['eventShape']>) => draw('x', likelihood(z)))(
    unrolled(latents),
  ) as never
