import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  broadcastTo,
  expandDims,
  foldIn,
  arange,
  generate,
  mapTree,
  neg,
  parts,
  reshape,
  scan,
  slice,
  softplus,
  split,
  type Draw,
  type Gen,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { Normal, StudentT, type Distribution } from '@elbo/distributions'
import { linear, type LinearParameters, type Rows } from '@elbo/nn'
import type { Given, Gru, GruParameters, GruStates, Width } from '../gru.js'
import type { Mask, Sequence } from '../sequence.js'

type Real = Tensor<Shape, 'f32'>

/** What is foretold of values: their density, and draws of them. */
export type Forecast = Distribution<Shape, [], 'f32', 'sample' | 'mean'>

/** A family of distributions by unbounded numbers, so many for each value. */
export interface DistributionHead<D> {
  readonly numbers: number
  readonly of: (numbers: readonly Real[]) => D
}

/** No scale is smaller: a value that repeats itself would be foretold with an infinite density. */
const leastScale = 1e-4
const scaleOf = (x: Real): Real => add(leastScale)(softplus(x))

/** Norm[μ, σ²], of μ and of what σ is the softplus of. */
export const normalHead: DistributionHead<Normal> = {
  numbers: 2,
  of: ([loc, scale]) => Normal({ loc, scale: scaleOf(scale) }),
}

/** Student's t, for values with outliers: of μ, σ and ν, which is above 2, so that there is a variance. */
export const studentTHead: DistributionHead<StudentT> = {
  numbers: 3,
  of: ([loc, scale, df]) =>
    StudentT({ loc, scale: scaleOf(scale), df: pipe(df, softplus, add(2 + leastScale)) }),
}

/** Paths: `gru.0.forward.…`, `head.weight`, `head.bias`. */
export interface ForecasterParameters<N extends number, H extends number, Options> {
  readonly gru: GruParameters<N, H, Options>
  readonly head: LinearParameters<Width<H, Options>, number>
}

export interface Forecaster<N extends number, H extends number, Options, D> {
  readonly init: Gen<ForecasterParameters<N, H, Options>>
  /** Of each next value, after each step of a series: batch shape [steps, batch, n]. */
  readonly apply: (
    parameters: ForecasterParameters<N, H, Options>,
  ) => (
    x: Sequence<N>,
    given?: Given<H, Options>,
  ) => { readonly next: D; readonly states: GruStates<H, Options> }
  /** −ln p of each value from the second on, given all before it, in nats: [steps − 1, batch, n]. */
  readonly surprise: (
    parameters: ForecasterParameters<N, H, Options>,
  ) => (x: Sequence<N>, given?: Given<H, Options>) => Sequence<N>
  /**
   * Draws of how series go on, value by value, each read in turn: [horizon, paths, batch, n]. Quantiles over the axis of paths are those of
   * the forecast.
   */
  readonly sample: (
    parameters: ForecasterParameters<N, H, Options>,
  ) => (
    x: Sequence<N>,
    ahead: { readonly horizon: number; readonly paths: number },
  ) => Draw<Tensor<readonly [horizon: number, paths: number, batch: number, N], 'f32'>>
}

/**
 * A forecaster of series of `n` values a step, n being what the GRU takes in: a GRU reads the series, and after each step a linear layer gives
 * the numbers of the distribution of the next values (Salinas et al. 2020), independent of each other.
 *
 *     forecaster(gru(1, 32), studentTHead)
 *
 * @throws RangeError for a bidirectional GRU, which would see what it is to foretell.
 */
export const forecaster = <N extends number, H extends number, Options, D extends Forecast>(
  layer: Gru<N, H, Options>,
  distribution: DistributionHead<D>,
): Forecaster<N, H, Options, D> => {
  type P = ForecasterParameters<N, H, Options>
  type States = GruStates<H, Options>
  if (layer.options.bidirectional === true)
    throw new RangeError('forecaster: a bidirectional GRU would see what it is to foretell')
  const [n, hidden]: readonly [number, number] = [layer.inputs, layer.hidden]
  const head = linear(hidden, distribution.numbers * n)
  const headOf = ({ head: parameters }: P) => head.apply(parameters)
  /** From outputs [rows, hidden] to the distribution of values of the given shape. */
  const distributionOf = (parameters: P) => {
    const numbers = headOf(parameters)
    return (outputs: Real, shape: Shape): D => {
      const rows = reshape([-1, hidden])(outputs) as Real as Rows<number>
      const each = parts(distribution.numbers, 1)(numbers(rows))
      return distribution.of(each.map(part => reshape(shape)(part as Real)))
    }
  }
  const apply = (parameters: P) => {
    const [over, foretold] = [layer.apply(parameters.gru), distributionOf(parameters)]
    return (x: Sequence<N>, given?: Given<H, Options>) => {
      const { outputs, states } = over(x, given)
      return { next: foretold(outputs, x.shape), states }
    }
  }
  return {
    init: key => {
      const [forLayer, forHead, next] = split(key, 3) as readonly [Key, Key, Key]
      const drawn = generate(forHead)(head.init) as unknown as P['head']
      return [{ gru: generate(forLayer)(layer.init), head: drawn }, next]
    },
    apply,
    surprise: parameters => (x, given) => {
      const steps = x.shape[0]
      const before = (tensor: Real): Real => slice([0, steps - 1])(tensor)
      const mask = given?.mask && (before(given.mask as unknown as Real) as unknown as Mask)
      const { next } = apply(parameters)(before(x) as unknown as Sequence<N>, { ...given, mask })
      const after: Real = slice([1, steps])(x as Real)
      const density: Real = next.logProb(after)
      return neg(density) as unknown as Sequence<N>
    },
    sample:
      parameters =>
      (x, { horizon, paths }) =>
      key => {
        const batch = x.shape[1]
        const [step, foretold] = [layer.step(parameters.gru), distributionOf(parameters)]
        const repeated = (tensor: Real): Real =>
          pipe(tensor, expandDims(0), broadcastTo([paths, ...tensor.shape]), reshape([paths * batch, -1]))
        const { outputs, states } = layer.apply(parameters.gru)(x)
        const last: Real = slice([x.shape[0] - 1, x.shape[0]])(outputs as unknown as Real)
        interface Carry {
          readonly states: States
          readonly output: Rows<Width<H, Options>>
        }
        const [, values] = scan(
          ({ states: before, output }: Carry, { count }: { readonly count: Tensor<readonly [], 'u32'> }) => {
            const value: Real = foretold(output as unknown as Real, [paths * batch, n]).sample()(
              foldIn(count)(key),
            )
            const { output: next, states: after } = step(value as unknown as Rows<N>, before)
            return [{ states: after, output: next }, value] as const
          },
        )(
          { states: mapTree(repeated)(states), output: repeated(last) as unknown as Carry['output'] },
          {
            count: arange(horizon, 'u32'),
          },
        )
        return reshape([horizon, paths, batch, n])(values as Real) as Real as never
      },
  }
}
