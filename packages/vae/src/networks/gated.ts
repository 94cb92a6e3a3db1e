import { ShapeError } from '@elbo/tensor'
import {
  fanInUniform,
  gatedLinear,
  linear,
  sequence,
  type GatedLinearParameters,
  type Layer,
  type LinearOptions,
  type LinearParameters,
  type Network,
  type Rows,
  type Widths,
} from '@elbo/nn'

/** `[784, 300, 300, 40]` → the parameters of two gated layers and of the linear one after them. */
export type GatedParameters<W extends readonly number[]> = W extends readonly [
  infer In extends number,
  infer Out extends number,
]
  ? readonly [LinearParameters<In, Out>]
  : W extends readonly [infer In extends number, infer Hidden extends number, ...infer Rest extends number[]]
    ? readonly [GatedLinearParameters<In, Hidden>, ...GatedParameters<readonly [Hidden, ...Rest]>]
    : readonly (GatedLinearParameters<number, number> | LinearParameters<number, number>)[]

type Inputs<W extends readonly number[]> = W extends readonly [infer N extends number, ...number[]]
  ? N
  : number
type Outputs<W extends readonly number[]> = W extends readonly [...number[], infer N extends number]
  ? N
  : number
type Hidden<W extends readonly number[]> = W extends readonly [...infer Init extends number[], number]
  ? Init
  : number[]

export type Gated<W extends readonly number[]> = Network<
  GatedParameters<W>,
  Inputs<W>,
  Outputs<W>,
  GatedParameters<readonly [...Hidden<W>, number]>
>

const layered = (
  widths: readonly number[],
  { weight = fanInUniform, bias = fanInUniform }: LinearOptions,
  last: (options: Required<LinearOptions>) => LinearOptions = options => options,
) =>
  sequence(
    ...(widths
      .slice(1)
      .map((outputs, i) =>
        i + 2 === widths.length
          ? linear(widths[i], outputs, last({ weight, bias }))
          : gatedLinear(widths[i], outputs, { weight, bias }),
      ) as Layer<unknown, Rows<number>, Rows<number>>[]),
  )

/**
 * Gated linear units (Dauphin et al. 2017) and a linear layer after them; nothing else is nonlinear. `gated([784, 300, 300, 40])` is the
 * encoder of Tomczak and Welling 2018, and `gated([40, 300, 300, 784])` the decoder. `weight` and `bias` initialise every map;
 * `fanInUniform` unless told. Paths: `0.value.weight`, `0.value.bias`, `0.gate.weight`, …, and of the last layer `2.weight`, `2.bias`.
 * @throws ShapeError `gated: [784]: needs at least the widths of the input and the output`
 */
export const gated = <const W extends Widths>(widths: W, options: LinearOptions = {}): Gated<W> => {
  const list: readonly number[] = widths
  if (list.length < 2) {
    throw new ShapeError(`gated: [${list.join(', ')}]: needs at least the widths of the input and the output`)
  }
  const network = {
    ...layered(list, options),
    inputs: list[0],
    outputs: list[list.length - 1],
    withOutputs: (outputs: number, last?: (options: Required<LinearOptions>) => LinearOptions) =>
      layered([...list.slice(0, -1), outputs], options, last),
  }
  return network as unknown as Gated<W>
}
