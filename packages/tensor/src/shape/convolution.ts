import type { Multiply, Quotient } from './digits.js'
import type { Agree, Fit, Misfit, NotNatural, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'
import {
  type OptionOf,
  type Pair,
  type ResolvedWindow,
  resolveWindows,
  type WindowLengths,
  type WindowPadding,
} from './window.js'

export interface ConvolutionOptions {
  /** Default 1. */
  readonly stride?: Pair
  /** Default `'valid'`. */
  readonly padding?: WindowPadding
  /** Default 1. */
  readonly dilation?: Pair
  /** Default 1: every output channel reads every input channel. */
  readonly groups?: number
}

/** A convolution worked out: what kernels and gradients need to know. */
export interface ResolvedConvolution {
  readonly shape: Shape
  readonly groups: number
  readonly windows: readonly [height: ResolvedWindow, width: ResolvedWindow]
}

/**
 * Input `[batch, channels, height, width]`, kernel `[outputs, channels / groups, height, width]` →
 * `[batch, outputs, height', width']`. `operation` is the name in the sentence.
 *
 * @throws ShapeError `conv2d: [1, 3, 8, 8] x [16, 4, 3, 3]: the input has 3 channels, the kernel takes 4`,
 * `conv2d: [1, 8, 8, 8] x [16, 3, 3, 3]: the input has 8 channels, the kernel takes 2 groups of 3`,
 * `conv2d: [3, 8, 8] x [16, 3, 3, 3]: both operands need four axes`,
 * `conv2d: [1, 4, 8, 8] x [9, 2, 3, 3]: 9 output channels do not divide into 2 groups`, or
 * `conv2d: [1, 3, 2, 2] x [16, 3, 3, 3]: a window of 3 does not fit in 2`
 */
export const resolveConvolution = (
  input: Shape,
  kernel: Shape,
  { stride = 1, padding = 'valid', dilation = 1, groups = 1 }: ConvolutionOptions = {},
): ResolvedConvolution => {
  const fail = (reason: string) =>
    new ShapeError(`conv2d: ${formatShape(input)} x ${formatShape(kernel)}: ${reason}`)
  if (input.length !== 4 || kernel.length !== 4) throw fail('both operands need four axes')
  const [batch, channels, height, width] = input as readonly [number, number, number, number]
  const [outputs, taken, kernelHeight, kernelWidth] = kernel as readonly [number, number, number, number]
  if (!Number.isSafeInteger(groups) || groups < 1)
    throw fail(`the groups ${groups} are not a positive integer`)
  if (channels !== taken * groups)
    throw fail(
      `the input has ${channels} channels, the kernel takes ${groups === 1 ? taken : `${groups} groups of ${taken}`}`,
    )
  if (outputs % groups !== 0) throw fail(`${outputs} output channels do not divide into ${groups} groups`)
  const windows = resolveWindows(
    fail,
    [height, width],
    [kernelHeight, kernelWidth],
    stride,
    padding,
    dilation,
  )
  return { shape: [batch, outputs, windows[0].length, windows[1].length], groups, windows }
}

/** The shape of a two-dimensional convolution; throws as `resolveConvolution`. */
export const conv2dShape = <
  const I extends Shape,
  const K extends Shape,
  const O extends ConvolutionOptions = Record<never, never>,
>(
  input: I,
  kernel: K,
  options?: O,
): ShapeOf<Conv2d<I, K, O>> => resolveConvolution(input, kernel, options).shape as ShapeOf<Conv2d<I, K, O>>

/** `conv2dShape`. Height and width are worked out for strides of 1, 2, 4 and 8, and are `number` for others. */
export type Conv2d<
  I extends Shape,
  K extends Shape,
  O extends ConvolutionOptions = Record<never, never>,
> = number extends I['length'] | K['length']
  ? Unknown
  : I extends readonly [
        infer N extends number,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? K extends readonly [
        infer Out extends number,
        infer In extends number,
        infer KH extends number,
        infer KW extends number,
      ]
      ? GroupsFault<C, In, Out, OptionOf<O, 'groups', 1>> extends infer Fault extends string
        ? [Fault] extends [never]
          ? WindowLengths<
              [H, W],
              [KH, KW],
              OptionOf<O, 'stride', 1>,
              OptionOf<O, 'padding', 'valid'>,
              OptionOf<O, 'dilation', 1>
            > extends infer L
            ? L extends [infer H2 extends number, infer W2 extends number]
              ? Fit<[N, Out, H2, W2]>
              : L extends string
                ? ConvolutionMisfit<I, K, L>
                : Unknown
            : Unknown
          : ConvolutionMisfit<I, K, Fault>
        : Unknown
      : ConvolutionMisfit<I, K, 'both operands need four axes'>
    : ConvolutionMisfit<I, K, 'both operands need four axes'>

type ConvolutionMisfit<
  I extends Shape,
  K extends Shape,
  Reason extends string,
> = Misfit<`conv2d: ${Show<I>} x ${Show<K>}: ${Reason}`>

type GroupsFault<C extends number, In extends number, Out extends number, G extends number> = [
  NotNatural<G> | Extract<G, 0>,
] extends [never]
  ? Agree<C, Multiply<In, G>> extends true
    ? Agree<Out, Multiply<Quotient<Out, G>, G>> extends true
      ? never
      : `${Out} output channels do not divide into ${G} groups`
    : `the input has ${C} channels, the kernel takes ${G extends 1 ? In : `${G} groups of ${In}`}`
  : `the groups ${G} are not a positive integer`
