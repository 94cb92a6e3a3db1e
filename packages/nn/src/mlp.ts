import { pipe } from 'fp-ts/lib/function.js'
import { relu, ShapeError, type Shape, type Tensor } from '@elbo/tensor'
import { fanInUniform } from './initialisers.js'
import { followedBy, type Layer, type Rows } from './layer.js'
import { linear, type LinearOptions, type LinearParameters } from './linear.js'
import { sequence } from './sequence.js'

/** Widths of a network: that of the input, those of hidden layers, that of the output. */
export type Widths = readonly [number, ...number[], number]

/** `[784, 400, 20]` → the parameters of 784 → 400 and of 400 → 20. */
export type MlpParameters<W extends readonly number[]> = W extends readonly [
  infer In extends number,
  infer Out extends number,
  ...infer Rest extends number[],
]
  ? readonly [LinearParameters<In, Out>, ...MlpParameters<readonly [Out, ...Rest]>]
  : W extends readonly [number]
    ? readonly []
    : readonly LinearParameters<number, number>[]

export type FirstOf<W extends readonly number[]> = W extends readonly [infer N extends number, ...number[]]
  ? N
  : number
export type LastOf<W extends readonly number[]> = W extends readonly [...number[], infer N extends number]
  ? N
  : number
type AllButLast<W extends readonly number[]> = W extends readonly [...infer Init extends number[], number]
  ? Init
  : number[]

/**
 * A layer that can be had with another number of outputs, for a head that needs several numbers for each (mean and variance, say).
 * `Wide` is the form of the parameters then.
 */
export interface Network<P, In extends number, Out extends number, Wide> extends Layer<
  P,
  Rows<In>,
  Rows<Out>
> {
  readonly inputs: In
  readonly outputs: Out
  /** `last` may change how the last layer is initialised. */
  readonly withOutputs: (
    outputs: number,
    last?: (options: Required<LinearOptions>) => LinearOptions,
  ) => Layer<Wide, Rows<In>, Rows<number>>
}

/** `weight` and `bias` initialise every layer; `fanInUniform` unless told. */
export interface MlpOptions extends LinearOptions {
  /** After every layer but the last; `relu` unless told. */
  readonly activation?: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>
}

export type Mlp<W extends readonly number[]> = Network<
  MlpParameters<W>,
  FirstOf<W>,
  LastOf<W>,
  MlpParameters<readonly [...AllButLast<W>, number]>
>

const layered = (
  widths: readonly number[],
  { activation = relu, weight = fanInUniform, bias = fanInUniform }: MlpOptions,
  last: (options: Required<LinearOptions>) => LinearOptions = options => options,
): Layer<readonly LinearParameters<number, number>[], Rows<number>, Rows<number>> =>
  sequence(
    ...widths.slice(1).map((outputs, i) => {
      const options = { weight, bias }
      return i + 2 === widths.length
        ? linear(widths[i], outputs, last(options))
        : pipe(linear(widths[i], outputs, options), followedBy(activation<readonly [number, number]>))
    }),
  )

/**
 * A multi-layer perceptron: linear layers with an activation between them. Paths: `0.weight`, `0.bias`, `1.weight`, …
 * @throws ShapeError `mlp: [784]: needs at least the widths of the input and the output`
 */
export const mlp = <const W extends Widths>(widths: W, options: MlpOptions = {}): Mlp<W> => {
  const list: readonly number[] = widths
  if (list.length < 2) {
    throw new ShapeError(`mlp: [${list.join(', ')}]: needs at least the widths of the input and the output`)
  }
  const network = {
    ...layered(list, options),
    inputs: list[0],
    outputs: list[list.length - 1],
    withOutputs: (outputs: number, last?: (options: Required<LinearOptions>) => LinearOptions) =>
      layered([...list.slice(0, -1), outputs], options, last),
  }
  return network as unknown as Mlp<W>
}
