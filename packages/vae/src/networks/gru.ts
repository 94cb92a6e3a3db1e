import { pipe } from 'fp-ts/lib/function.js'
import { broadcastTo, expandDims, reshape, tanh, transpose, type Shape, type Tensor } from '@elbo/tensor'
import {
  block,
  fanInUniform,
  linear,
  type LinearOptions,
  type LinearParameters,
  type Network,
  type Rows,
} from '@elbo/nn'
import { gru, type GruParameters, type Sequence } from '@elbo/gru'
import { perPixel, requireImage, type ImageSize } from './image.js'
import { shared } from './shared.js'

type Real = Tensor<Shape, 'f32'>
type Plain = Readonly<Record<never, never>>

export interface RecurrentOptions extends LinearOptions {
  /** A sequence of `height` steps of `width` numbers each: the rows of an image, from the top. */
  readonly image: ImageSize
  /** Numbers in the state. */
  readonly hidden: number
}

/** Paths: `gru.0.forward.inputWeight`, …, `output.weight`, `output.bias`. */
export interface GruEncoderParameters<Out extends number> {
  readonly gru: GruParameters<number, number, Plain>
  readonly output: LinearParameters<number, Out>
}

const encoderOf = (
  { image: [steps, width], hidden, weight = fanInUniform, bias = fanInUniform }: RecurrentOptions,
  outputs: number,
  last: (options: Required<LinearOptions>) => LinearOptions = own => own,
) =>
  block(
    { gru: gru(width, hidden), output: linear(hidden, outputs, last({ weight, bias })) },
    parts =>
      (x: Rows<number>): Rows<number> => {
        const sequence: Real = pipe(x, reshape([-1, steps, width]), transpose([1, 0, 2]))
        return parts.output(parts.gru(sequence as Sequence<number>).last)
      },
  )

/**
 * An encoder of sequences, given as rows with one step after the other: a GRU reads the steps, and a linear layer its last state. `weight` and
 * `bias` initialise the linear layer, the GRU's are those of `gru`.
 * @throws ShapeError unless there are steps with numbers.
 */
export const gruEncoder = <const Out extends number>(
  options: RecurrentOptions & { readonly outputs: Out },
): Network<GruEncoderParameters<Out>, number, Out, GruEncoderParameters<number>> => {
  requireImage('gruEncoder', options.image)
  const [steps, width] = options.image
  const network = {
    ...encoderOf(options, options.outputs),
    inputs: steps * width,
    outputs: options.outputs as number,
    withOutputs: (outputs: number, last?: (own: Required<LinearOptions>) => LinearOptions) =>
      encoderOf(options, outputs, last),
  }
  return network as unknown as Network<GruEncoderParameters<Out>, number, Out, GruEncoderParameters<number>>
}

/** Paths: `state.weight`, `state.bias`, `gru.0.forward.inputWeight`, …, `output.weight`, `output.bias`. */
export interface GruDecoderParameters<In extends number> {
  readonly state: LinearParameters<In, number>
  readonly gru: GruParameters<In, number, Plain>
  readonly output: LinearParameters<number, number>
}

const decoderOf = (
  inputs: number,
  { image, hidden, weight = fanInUniform, bias = fanInUniform }: RecurrentOptions,
  outputs: number,
  last?: (options: Required<LinearOptions>) => LinearOptions,
) => {
  const [steps, width] = image
  const each = perPixel('gruDecoder', image, outputs)
  const own = { weight, bias }
  const ofSteps =
    last === undefined
      ? own
      : shared(
          { ...own, ...last(own) },
          { each, places: steps * width, kept: width },
          { inputs: hidden, drawn: x => x },
        )
  return block(
    {
      state: linear(inputs, hidden, own),
      gru: gru(inputs, hidden),
      output: linear(hidden, each * width, ofSteps),
    },
    parts =>
      (z: Rows<number>): Rows<number> => {
        const [batch] = z.shape
        const forward = tanh(parts.state(z))
        const atEveryStep: Real = pipe(z, expandDims(0), broadcastTo([steps, batch, inputs]))
        const { outputs: states } = parts.gru(atEveryStep as Sequence<number>, { states: [{ forward }] })
        const rows = reshape([steps * batch, hidden])(states as Real) as Rows<number>
        const y: Real = reshape([steps, batch, each, width])(parts.output(rows) as Real)
        return pipe(y, transpose([1, 2, 0, 3]), reshape([batch, outputs])) as Real as Rows<number>
      },
  )
}

/**
 * A decoder to sequences, given as rows with one step after the other: the state begins as tanh of a linear map of z, a GRU reads z at every
 * step, and a linear layer, the same at every step, gives a step's numbers. Several numbers for each place are one sequence after the other.
 * `weight` and `bias` initialise the linear layers, the GRU's are those of `gru`.
 *
 * It does not read the steps before (as Bowman et al. 2016 have it, who drop most of them): P(x | z) is independent given z, so that any
 * likelihood fits, a draw needs no loop over steps, and everything that steps have in common has to come by z.
 * @throws ShapeError unless there are steps with numbers.
 */
export const gruDecoder = <const In extends number>({
  inputs,
  ...options
}: RecurrentOptions & { readonly inputs: In }): Network<
  GruDecoderParameters<In>,
  In,
  number,
  GruDecoderParameters<In>
> => {
  requireImage('gruDecoder', options.image)
  const [steps, width] = options.image
  const network = {
    ...decoderOf(inputs, options, steps * width),
    inputs: inputs as number,
    outputs: steps * width,
    withOutputs: (outputs: number, last?: (own: Required<LinearOptions>) => LinearOptions) =>
      decoderOf(inputs, options, outputs, last),
  }
  return network as unknown as Network<GruDecoderParameters<In>, In, number, GruDecoderParameters<In>>
}
