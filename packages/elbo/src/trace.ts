import { foldIn, type AnyTensor, type Draw, type DType, type Key, type Shape } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import type { Real } from './arithmetic.js'
import type { Program } from './program.js'
import { ProgramError } from './sentence.js'

/** A distribution where the compiler does not know its family. */
export interface Seen {
  readonly family: string
  readonly batchShape: Shape
  readonly eventShape: Shape
  readonly dtype: DType
  readonly reparameterized: boolean
  readonly support: { readonly described: string; readonly contains?: unknown }
  readonly logProb: (x: AnyTensor) => Real
  readonly sample?: (shape?: Shape) => Draw<AnyTensor>
  readonly enumerateSupport?: () => AnyTensor
}

/** The same distribution, without its family. */
export const seen = (d: AnyDistribution): Seen => d as unknown as Seen

/** A site that an interpreter came by. */
export interface Visited {
  readonly name: string
  readonly distribution: Seen
  readonly value: AnyTensor
}

/** What an interpreter came by, in order. */
export interface Trace<A = unknown> {
  readonly sites: readonly Visited[]
  readonly result: A
}

/** How a site gets its value; `index` counts the sites that came before. */
export type Assign = (name: string, distribution: Seen, index: number) => AnyTensor

const spell = (shape: Shape): string => `[${shape.join(', ')}]`

const admit = (operation: string, name: string, { batchShape }: Seen, before: readonly Visited[]): void => {
  if (before.some(other => other.name === name))
    throw new ProgramError(`site ${name}: there is a site of this name already`)
  const [first] = before
  if (first !== undefined && first.distribution.batchShape.join() !== batchShape.join())
    throw new ProgramError(
      `${operation}: site ${name} has the batch ${spell(batchShape)}, site ${first.name} has ` +
        `${spell(first.distribution.batchShape)}; the sites of a program share one: see toEvent and expand`,
    )
}

/**
 * Walks through a program. Every interpreter is this walk with its own way of giving values.
 * @throws ProgramError where a name comes twice, or batches differ.
 */
export const trace = <A>(operation: string, program: Program<unknown, A>, assign: Assign): Trace<A> => {
  const [result, sites] = program.interpret<readonly Visited[]>((name, given, before) => {
    const distribution = seen(given)
    admit(operation, name, distribution, before)
    const value = assign(name, distribution, before.length)
    return [value, [...before, { name, distribution, value }]]
  })([])
  return { sites, result }
}

/**
 * Draws the n-th site with a key of its own.
 * @throws ProgramError where a distribution has no draws.
 */
export const drawing =
  (operation: string, key: Key): Assign =>
  (name, { family, sample }, index) => {
    if (sample === undefined) throw new ProgramError(`${operation}: site ${name}: ${family} has no draws`)
    return sample()(foldIn(index)(key))
  }

/** ln p of each site's value, in nats, one number for each of the batch. */
export const scores = ({ sites }: Trace): Readonly<Record<string, Real>> =>
  Object.fromEntries(sites.map(({ name, distribution, value }) => [name, distribution.logProb(value)]))
