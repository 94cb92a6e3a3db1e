import { path, type Biased, type LayerRules, type Rule } from './rule.js'

const weightAndBias =
  (axes?: readonly number[]): LayerRules =>
  (ours, theirs, { bias = true }: Biased = {}) => [
    {
      ours: path(ours, 'weight'),
      theirs: path(theirs, 'weight'),
      ...(axes === undefined ? {} : { axes }),
    },
    ...(bias ? [{ ours: path(ours, 'bias'), theirs: path(theirs, 'bias') }] : []),
  ]

const projections = ['query', 'key', 'value']

/**
 * Rules for layers in a `state_dict` of PyTorch: `pytorch.linear('encoder.0', '0')`. Its convolutions, norms and embeddings are laid out as
 * ours; weights of linear layers are transposed.
 */
export const pytorch = {
  /** `nn.Linear`: weight [out, in]. */
  linear: weightAndBias([1, 0]),
  /** `nn.Conv2d`: weight [out, in / groups, height, width]. */
  conv2d: weightAndBias(),
  /** `nn.ConvTranspose2d`: weight [in, out / groups, height, width]. */
  conv2dTranspose: weightAndBias(),
  /** Weight and bias of `nn.LayerNorm`, `nn.GroupNorm` and `nn.BatchNorm2d`. */
  norm: weightAndBias(),
  /** The statistics of `nn.BatchNorm2d`: `mean` and `variance` here. How many batches it has seen is no part of a tree. */
  runningStatistics: (ours: string, theirs: string): readonly Rule[] => [
    { ours: path(ours, 'mean'), theirs: path(theirs, 'running_mean') },
    { ours: path(ours, 'variance'), theirs: path(theirs, 'running_var') },
    { ours: [], theirs: path(theirs, 'num_batches_tracked') },
  ],
  /** `nn.Embedding`: weight [count, width]. */
  embedding: (ours: string, theirs: string): readonly Rule[] =>
    weightAndBias()(ours, theirs, { bias: false }),
  /** `nn.MultiheadAttention` with queries, keys and values of one width: the projections joined as `in_proj_weight` [3 · width, width]. */
  attention: ((ours, theirs, { bias = true } = {}) => [
    {
      ours: projections.map(name => path(ours, `${name}.weight`)),
      theirs: path(theirs, 'in_proj_weight'),
      axes: [1, 0],
    },
    ...(bias
      ? [{ ours: projections.map(name => path(ours, `${name}.bias`)), theirs: path(theirs, 'in_proj_bias') }]
      : []),
    ...weightAndBias([1, 0])(path(ours, 'output'), path(theirs, 'out_proj'), { bias }),
  ]) satisfies LayerRules,
} as const
