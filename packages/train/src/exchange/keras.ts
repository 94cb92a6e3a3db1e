import { below, path, type Biased, type LayerRules, type Rule } from './rule.js'

const name = below('/')

const kernelAndBias =
  (axes?: readonly number[]): LayerRules =>
  (ours, theirs, { bias = true }: Biased = {}) => [
    { ours: path(ours, 'weight'), theirs: name(theirs, 'kernel'), ...(axes === undefined ? {} : { axes }) },
    ...(bias ? [{ ours: path(ours, 'bias'), theirs: name(theirs, 'bias') }] : []),
  ]

export interface KerasAttention extends Biased {
  readonly heads: number
  /** Of the queries, and of all heads together. */
  readonly width: number
  /** Of the keys and values; `width` unless told. */
  readonly contextWidth?: number
}

/**
 * Rules for layers of Keras, whose weights are named `dense/kernel`: `keras.linear('encoder.0', 'dense')`. Its images have their channels
 * last, and so have the kernels of convolutions.
 */
export const keras = {
  /** `Dense`: kernel [in, out]. */
  linear: kernelAndBias(),
  /** `Conv2D`: kernel [height, width, in / groups, out]. */
  conv2d: kernelAndBias([2, 3, 1, 0]),
  /** `Conv2DTranspose`: kernel [height, width, out, in]. */
  conv2dTranspose: kernelAndBias([2, 3, 1, 0]),
  /** `gamma` and `beta` of `LayerNormalization`, `GroupNormalization` and `BatchNormalization`. */
  norm: (ours: string, theirs: string): readonly Rule[] => [
    { ours: path(ours, 'weight'), theirs: name(theirs, 'gamma') },
    { ours: path(ours, 'bias'), theirs: name(theirs, 'beta') },
  ],
  /** The statistics of `BatchNormalization`: `mean` and `variance` here. */
  runningStatistics: (ours: string, theirs: string): readonly Rule[] => [
    { ours: path(ours, 'mean'), theirs: name(theirs, 'moving_mean') },
    { ours: path(ours, 'variance'), theirs: name(theirs, 'moving_variance') },
  ],
  /** `Embedding`: embeddings [count, width]. */
  embedding: (ours: string, theirs: string): readonly Rule[] => [
    { ours: path(ours, 'weight'), theirs: name(theirs, 'embeddings') },
  ],
  /** `MultiHeadAttention`: kernels [in, heads, width / heads], and [heads, width / heads, out] of the output. */
  attention: (
    ours: string,
    theirs: string,
    { heads, width, contextWidth = width, bias = true }: KerasAttention,
  ): readonly Rule[] => {
    const each = [heads, width / heads]
    return [
      ...[
        { projection: 'query', inputs: width },
        { projection: 'key', inputs: contextWidth },
        { projection: 'value', inputs: contextWidth },
      ].flatMap(({ projection, inputs }) => {
        const [kernel, shift] = kernelAndBias()(path(ours, projection), name(theirs, projection))
        return [{ ...kernel, shape: [inputs, ...each] }, ...(bias ? [{ ...shift, shape: each }] : [])]
      }),
      ...kernelAndBias()(path(ours, 'output'), name(theirs, 'attention_output'), { bias }).map((rule, i) =>
        i === 0 ? { ...rule, shape: [...each, width] } : rule,
      ),
    ]
  },
} as const
