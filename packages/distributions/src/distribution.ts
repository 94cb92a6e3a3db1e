import {
  cast,
  floor,
  isNaN,
  not,
  reshape,
  type DType,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  allLast,
  asReal,
  atLeast,
  atMost,
  below,
  both,
  choose,
  either,
  equal,
  spread,
  type Real,
  type Truth,
} from './arithmetic.js'
import type { BoundedSupport, Support } from './constraints/constraint.js'
import { observedShape, type Observed } from './observed.js'
import type { Check } from './parameters.js'

/**
 * Shapes follow NumPyro: a draw has `sampleShape + batchShape + eventShape`. The batch holds independent distributions with parameters of
 * their own; an event is one outcome, whose elements may depend on each other. A density has one number for each event, in nats.
 */
export interface Density<B extends Shape = Shape, E extends Shape = Shape, D extends DType = DType> {
  /** The name of the family, as its constructor is called. */
  readonly family: string
  /** By name, each broadcast to the batch. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly batchShape: B
  readonly eventShape: E
  /** The element type of a value: f32 for quantities and counts, i32 for an index. */
  readonly dtype: D
  readonly support: Support
  /** Do gradients pass from draws to parameters? Where the type knows, it says `true`. */
  readonly reparameterized: boolean
  /** What the parameters have to satisfy and could not be checked yet, because they were traced. See `violations`. */
  readonly checks: readonly Check[]
  /** ln p(x), in nats; −∞ outside the support. The last axes of x are the event, the others broadcast with the batch. */
  readonly logProb: <X extends Shape>(
    x: Tensor<X, D> & Requires<Observed<'logProb', X, B, E>>,
  ) => Tensor<ShapeOf<Observed<'logProb', X, B, E>>>
}

/** What a family may have besides. Where it does not exist, it is absent: from the value and from its type. */
export interface Capabilities<B extends Shape = Shape, E extends Shape = Shape, D extends DType = DType> {
  /** Independent draws: `sample([10])(key)`, `sample()(key)` for one. The same numbers on every backend. */
  readonly sample: <const S extends Shape = []>(shape?: S) => Draw<Tensor<[...S, ...B, ...E], D>>
  readonly reparameterized: true
  readonly mean: () => Tensor<[...B, ...E]>
  readonly variance: () => Tensor<[...B, ...E]>
  /** The value of largest density; where there are several, one of them. */
  readonly mode: () => Tensor<[...B, ...E], D>
  /** −E[ln p(x)], in nats. */
  readonly entropy: () => Tensor<[...B]>
  /** P(X ≤ x). */
  readonly cdf: <X extends Shape>(
    x: Tensor<X, D> & Requires<Observed<'cdf', X, B, E>>,
  ) => Tensor<ShapeOf<Observed<'cdf', X, B, E>>>
  /** The inverse of `cdf`: the least x of the support with P(X ≤ x) ≥ p; NaN unless 0 ≤ p ≤ 1. */
  readonly icdf: <P extends Shape>(
    p: Tensor<P> & Requires<Observed<'icdf', P, B, E>>,
  ) => Tensor<ShapeOf<Observed<'icdf', P, B, E>>, D>
  /** Every value that a finite family takes, along a new first axis. */
  readonly enumerateSupport: () => Tensor<[number, ...B, ...E], D>
}

export type Capability = keyof Capabilities

/** A density with the named capabilities. A family is an interface that extends one of these by its name and parameters. */
export type Distribution<
  B extends Shape,
  E extends Shape,
  D extends DType,
  C extends Capability = never,
> = Density<B, E, D> & Pick<Capabilities<B, E, D>, C>

/** Any distribution at all: what wrappers take. */
export interface AnyDistribution extends Omit<Density, 'logProb'> {
  readonly logProb: (x: never) => Tensor<Shape>
}

export type BatchOf<P extends AnyDistribution> = P['batchShape']
export type EventOf<P extends AnyDistribution> = P['eventShape']
export type DTypeOf<P extends AnyDistribution> = P['dtype']
/** What a distribution can do, read off its type. */
export type CapabilitiesOf<P extends AnyDistribution> =
  | Exclude<Extract<keyof P, Capability>, 'reparameterized'>
  | (P['reparameterized'] extends true ? 'reparameterized' : never)

/** A distribution from the inside, where shapes are not known to the compiler. */
export interface Dynamic {
  readonly family: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly batchShape: Shape
  readonly eventShape: Shape
  readonly dtype: DType
  readonly support: Support
  readonly reparameterized: boolean
  readonly checks: readonly Check[]
  readonly logProb: (x: Real) => Real
  readonly sample?: (shape?: Shape) => Draw<Real>
  readonly mean?: () => Real
  readonly variance?: () => Real
  readonly mode?: () => Real
  readonly entropy?: () => Real
  readonly cdf?: (x: Real) => Real
  readonly icdf?: (p: Real) => Real
  readonly enumerateSupport?: () => Real
}

/** The same distribution, seen from the inside. */
export const inside = (d: AnyDistribution): Dynamic => d as unknown as Dynamic

type Functions = Pick<
  Dynamic,
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf' | 'enumerateSupport'
>

/**
 * What the file of a family says. Values and parameters come broadcast against each other; `logProb`, `cdf` and `icdf` are asked inside the
 * support only.
 */
export type Definition<C extends Capability = Capability> = Pick<
  Dynamic,
  'family' | 'support' | 'logProb'
> & {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly batchShape: Shape
  readonly checks: readonly Check[]
  readonly eventShape?: Shape
  readonly dtype?: DType
} & { readonly [K in Extract<C, 'reparameterized'>]: true } & {
  /** `sample` is given the whole shape: sample, batch and event. */
  readonly [K in Exclude<C, 'reparameterized'>]: K extends 'sample'
    ? (shape: Shape) => Draw<Real>
    : NonNullable<Functions[K & keyof Functions]>
}

/** The truths, one for each event, beside every element of the event. */
const overEvent = (truth: Truth, rank: number): Truth =>
  (reshape([...truth.shape, ...Array.from({ length: rank }, () => 1)]) as (x: Truth) => Truth)(truth)

/** Outside the support the density is 0; a value of the support stands in for x there, so that no NaN enters a gradient. */
const supported =
  ({ contains, eventRank, witness }: Support, logProb: (x: Real) => Real) =>
  (x: Real): Real => {
    if (contains === undefined) return logProb(x)
    const belongs = contains(x)
    const safe = choose(overEvent(belongs, eventRank), x, cast(x.dtype)(asReal(witness)))
    const isAbsent = not(allLast(not(isNaN(x)), eventRank))
    return choose(belongs, logProb(safe), choose(isAbsent, NaN, -Infinity))
  }

/** 0 before the first value, 1 from the last on; in between the family's own, of the whole number below where values are whole. */
const bounded =
  ({ bounds: [low, high], discrete, witness }: BoundedSupport, cdf: (x: Real) => Real) =>
  (x: Real): Real => {
    const value = discrete && x.dtype === 'f32' ? floor(x) : x
    const [before, after] = [discrete ? below(x, low) : atMost(x, low), atLeast(x, high)]
    const inner = choose(either(before, after), cast(x.dtype)(asReal(witness)), value)
    return choose(before, 0, choose(after, 1, cdf(inner)))
  }

/** The ends of the support at 0 and 1, NaN outside of them. */
const quantiled =
  ({ bounds: [low, high] }: BoundedSupport, icdf: (p: Real) => Real) =>
  (p: Real): Real => {
    const inner = icdf(choose(both(above(p, 0), below(p, 1)), p, 0.5))
    if (inner.dtype !== 'f32') return inner
    return choose(
      both(above(p, 0), below(p, 1)),
      inner,
      choose(equal(p, 0), low, choose(equal(p, 1), high, NaN)),
    )
  }

/** A distribution from its definition: values are checked, broadcast and held to the support in this one place. */
export const assemble = (definition: Definition<never> & Partial<Definition>): Dynamic => {
  const { batchShape, eventShape = [], dtype = 'f32', support, sample } = definition
  const observing =
    (operation: string, event: Shape, f: (x: Real) => Real) =>
    (x: Real): Real => {
      const front = observedShape(operation, x.shape, batchShape, event)
      return spread(front)(f(spread([...front, ...event])(x)))
    }
  const whole = [...batchShape, ...eventShape]
  const constant = (f: (() => Real) | undefined, shape: Shape) => f && (() => spread(shape)(f()))
  const { mean, variance, mode, entropy, cdf, icdf, enumerateSupport } = definition
  const all: { readonly [K in keyof Dynamic]: Dynamic[K] | undefined } = {
    family: definition.family,
    parameters: definition.parameters,
    batchShape,
    eventShape,
    dtype,
    support,
    reparameterized: definition.reparameterized === true,
    checks: definition.checks,
    logProb: observing('logProb', eventShape, supported(support, definition.logProb)),
    sample: sample && ((shape = []) => sample([...shape, ...whole])),
    mean: constant(mean, whole),
    variance: constant(variance, whole),
    mode: constant(mode, whole),
    entropy: constant(entropy, batchShape),
    cdf: cdf && observing('cdf', [], bounded(support as BoundedSupport, cdf)),
    icdf: icdf && observing('icdf', [], quantiled(support as BoundedSupport, icdf)),
    enumerateSupport,
  }
  return Object.fromEntries(
    Object.entries(all).filter(([, part]) => part !== undefined),
  ) as unknown as Dynamic
}

/** `assemble` for a family: the definition has exactly the capabilities of the type. */
export const distribution = <T extends AnyDistribution>(
  definition: Definition<CapabilitiesOf<T>> & {
    readonly [K in Exclude<Capability, CapabilitiesOf<T>>]?: never
  },
): T => assemble(definition) as unknown as T
