import { pipe } from 'fp-ts/lib/function.js'
import {
  arange,
  div,
  exp,
  full,
  gt,
  le,
  and,
  matmul,
  max,
  mul,
  reshape,
  ShapeError,
  softmax,
  stopGradient,
  sub,
  sum,
  transpose,
  where,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { AffineOptions } from './affine.js'
import { block } from './block.js'
import { glorotUniform, zeros } from './initialisers.js'
import type { Layer, Tokens } from './layer.js'
import { linear, type LinearParameters } from './linear.js'
import { perToken } from './tokens.js'

type Real = Tensor<Shape, 'f32'>
/** True where a query may look at a key. Broadcasts to [batch, heads, queries, keys]. */
export type AttentionMask = Tensor<Shape, 'bool'>

/** The k-th query may look at the first k + 1 keys: [queries, keys]. */
export const causalMask = (queries: number, keys: number): Tensor<readonly [number, number], 'bool'> => {
  const query: Real = reshape([queries, 1])(arange(queries))
  const key: Real = reshape([1, keys])(arange(keys))
  const seen: AttentionMask = le(query)(key)
  return seen as Tensor<readonly [number, number], 'bool'>
}

/** The softmax over what the mask leaves; zeros where it leaves nothing. */
const maskedSoftmax = (scores: Real, mask: AttentionMask): Real => {
  const seen: Real = where(scores, full(scores.shape, -Infinity))(mask)
  const largest: Real = stopGradient(max(-1, { keepDims: true })(seen) as Real)
  const shift: Real = where(largest, full(largest.shape, 0))(gt(-Infinity)(largest))
  const weights: Real = pipe(seen, sub(shift), exp)
  const total: Real = sum(-1, { keepDims: true })(weights)
  const divisor: Real = where(total, full(total.shape, 1))(gt(0)(total))
  return div(divisor)(weights)
}

/**
 * softmax(q·kᵀ/√d)·v (Vaswani et al. 2017, eq. 1): q [batch, heads, queries, d], k [batch, heads, keys, d], v [batch, heads, keys, e] →
 * [batch, heads, queries, e]. A query that the mask lets look at nothing gives zeros.
 */
export const scaledDotProduct = (q: Real, k: Real, v: Real, mask?: AttentionMask): Real => {
  const scores: Real = pipe(
    q,
    matmul(transpose()(k) as Real),
    mul(1 / Math.sqrt(q.shape[q.shape.length - 1])),
  )
  return matmul(v)(mask === undefined ? softmax(-1)(scores) : maskedSoftmax(scores, mask))
}

export interface AttentionParameters<Width extends number, Context extends number> {
  readonly query: LinearParameters<Width, Width>
  readonly key: LinearParameters<Context, Width>
  readonly value: LinearParameters<Context, Width>
  readonly output: LinearParameters<Width, Width>
}

/** What looks, what it looks at, and where it may look. */
export interface AttentionInput<Width extends number, Context extends number> {
  readonly queries: Tokens<Width>
  readonly context: Tokens<Context>
  readonly mask?: AttentionMask
}

export interface AttentionOptions extends AffineOptions {
  /** Whether the k-th query may look at the first k + 1 keys alone. */
  readonly causal?: boolean
}

const both = (a: AttentionMask | undefined, b: AttentionMask | undefined): AttentionMask | undefined =>
  a === undefined ? b : b === undefined ? a : and(b)(a)

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2.2): `heads` dot-product attentions over projections of the queries
 * [batch, queries, width] and of the context [batch, keys, contextWidth], side by side, projected to [batch, queries, width]. The mask is
 * true where a query may look, and broadcasts to [batch, heads, queries, keys]; a padded batch has one of [batch, 1, 1, keys]. Weights are
 * `glorotUniform` and biases `zeros` unless told. Paths: `query.weight` [width, width], `query.bias` [width], `key.weight`
 * [contextWidth, width], `key.bias`, `value.weight` [contextWidth, width], `value.bias`, `output.weight` [width, width], `output.bias`
 * (PyTorch's `nn.MultiheadAttention` keeps the transposes of the first three as one `in_proj_weight`).
 * @throws ShapeError `attention: 3 heads do not divide a width of 8`
 */
export const attention = <const Width extends number, const Context extends number>(
  width: Width,
  contextWidth: Context,
  heads: number,
  { causal = false, weight = glorotUniform, bias = zeros }: AttentionOptions = {},
): Layer<AttentionParameters<Width, Context>, AttentionInput<Width, Context>, Tokens<Width>> => {
  if (!Number.isSafeInteger(width / heads) || heads < 1)
    throw new ShapeError(`attention: ${heads} heads do not divide a width of ${width as number}`)
  const options = { weight, bias }
  /** [batch, tokens, width] → [batch, heads, tokens, width / heads]. */
  const parted = (x: Tokens<Width>): Real => {
    const [batch, tokens] = x.shape as Shape
    return transpose([0, 2, 1, 3])(reshape([batch, tokens, heads, width / heads])(x as Tensor) as Real)
  }
  const joined = (x: Real): Tokens<Width> => {
    const [batch, , tokens] = x.shape
    return reshape([batch, tokens, width as number])(
      transpose([0, 2, 1, 3])(x) as Real,
    ) as Real as Tokens<Width>
  }
  return block(
    {
      query: perToken(linear(width, width, options)),
      key: perToken(linear(contextWidth, width, options)),
      value: perToken(linear(contextWidth, width, options)),
      output: perToken(linear(width, width, options)),
    },
    ({ query, key, value, output }) =>
      ({ queries, context, mask }: AttentionInput<Width, Context>) => {
        const lookingBack = causal ? causalMask(queries.shape[1], context.shape[1]) : undefined
        const [q, k, v] = [query(queries), key(context), value(context)].map(parted)
        return output(joined(scaledDotProduct(q, k, v, both(mask, lookingBack))))
      },
  )
}

/** `attention` of a sequence [batch, tokens, width] to itself. Paths: as `attention`. */
export const selfAttention = <const Width extends number>(
  width: Width,
  heads: number,
  options?: AttentionOptions,
): Layer<AttentionParameters<Width, Width>, Tokens<Width>, Tokens<Width>> => {
  const { init, apply } = attention(width, width, heads, options)
  return {
    init,
    apply: parameters => {
      const attend = apply(parameters)
      return x => attend({ queries: x, context: x })
    },
  }
}
