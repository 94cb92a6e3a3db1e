import type { Agree, AnyTensor, Fit, Misfit, Shape, Show } from '@elbo/tensor'

/** Programs that do not fit together: a defect, thrown where it was made, in the words of the compiler's error. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError'
}

/** A rule that is kept. */
export type Well = Fit<[]>

/** A rule that is broken: the compiler shows the sentence. */
export type Unsuitable<Sentence extends string> = Misfit<Sentence>

/** One name of several, for a sentence: the union itself, where the compiler has it as a string. */
export type Spelt<N> = N extends string ? N : never

/** Whether two shapes agree, as far as they are known. */
type AgreeShapes<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? true
  : A extends readonly [infer X extends number, ...infer RestA extends Shape]
    ? B extends readonly [infer Y extends number, ...infer RestB extends Shape]
      ? Agree<X, Y> extends true
        ? AgreeShapes<RestA, RestB>
        : false
      : false
    : B extends readonly []
      ? true
      : false

/** Whether a value can stand for another: `never` if it can, else the sentence. */
type Replaces<Op extends string, N, A extends AnyTensor, B extends AnyTensor> =
  AgreeShapes<A['shape'], B['shape']> extends true
    ? A['dtype'] extends B['dtype']
      ? never
      : `${Op}: site ${Spelt<N>}: ${A['dtype']} stands for ${B['dtype']}`
    : `${Op}: site ${Spelt<N>}: ${Show<A['shape']>} stands for ${Show<B['shape']>}`

/** Given values stand for the values of sites. */
export type Stands<Op extends string, Given, Expected> = {
  readonly [N in keyof Given & keyof Expected]: Given[N] extends AnyTensor
    ? Expected[N] extends AnyTensor
      ? Replaces<Op, N, Given[N], Expected[N]>
      : never
    : never
}[keyof Given & keyof Expected]

/** Broken with a sentence, kept where there is none. */
export type Unless<Sentence extends string> = [Sentence] extends [never] ? Well : Unsuitable<Sentence>

const spell = ({ shape }: AnyTensor): string => `[${shape.join(', ')}]`

/** @throws ProgramError `condition: site x: [64, 5] stands for [64, 3]` */
export const requireStandIn = (
  operation: string,
  name: string,
  given: AnyTensor,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: string },
): void => {
  if (given.shape.join() !== shape.join())
    throw new ProgramError(`${operation}: site ${name}: ${spell(given)} stands for [${shape.join(', ')}]`)
  if (given.dtype !== dtype)
    throw new ProgramError(`${operation}: site ${name}: ${given.dtype} stands for ${dtype}`)
}
