import { readFileSync } from 'node:fs'
import {
  evaluator,
  type AnyTensor,
  type Backend,
  type DType,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import * as t from '@elbo/tensor'
import { describe, expect, it } from '@jest/globals'
import { listed } from './values.js'

interface Stored {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: readonly (number | 'NaN' | 'Infinity' | '-Infinity')[]
}

/** One operation as PyTorch runs it (fixtures/pytorch.py). */
interface Fixture {
  readonly operation: keyof typeof operations
  readonly options: Options
  readonly inputs: readonly Stored[]
  readonly outputs: readonly Stored[]
  /** Of Σ output², by each f32 input. */
  readonly gradients?: readonly Stored[]
}

type Pair = number | readonly [number, number]
interface Options {
  readonly axis: number
  readonly axes: number | readonly number[]
  readonly stride: Pair
  readonly padding?: Pair
  readonly dilation: Pair
  readonly groups: number
  readonly outputPadding: Pair
  readonly window: Pair
  readonly size: readonly [number, number]
  readonly method: 'bilinear' | 'nearest'
  readonly subscripts: string
  readonly descending: boolean
  readonly k: number
}

type Real = Tensor<number[]>
type Index = Tensor<number[], 'i32'>
type Operation = (inputs: readonly Real[], options: Options) => AnyTensor | readonly AnyTensor[]

/** PyTorch pads both sides alike. */
const sides = (padding: Pair = 0): readonly [readonly [number, number], readonly [number, number]] => {
  const [h, w] = typeof padding === 'number' ? [padding, padding] : padding
  return [
    [h, h],
    [w, w],
  ]
}

const simple =
  (f: (x: Real) => AnyTensor): Operation =>
  ([x]) =>
    f(x)
const reduced =
  (f: (axes: number | readonly number[]) => (x: never) => AnyTensor): Operation =>
  ([x], { axes }) =>
    f(axes)(x as never)

const operations = {
  softmax: ([x], { axis }) => t.softmax(axis)(x),
  logSoftmax: ([x], { axis }) => t.logSoftmax(axis)(x),
  logSumExp: reduced(t.logSumExp),
  conv2d: ([x, w], { stride, padding, dilation, groups }) =>
    t.conv2d(w, { stride, dilation, groups, padding: sides(padding) })(x),
  conv2dTranspose: ([x, w], { stride, padding, dilation, groups, outputPadding }) =>
    t.conv2dTranspose(w, { stride, dilation, groups, outputPadding, padding: sides(padding) })(x),
  maxPool: ([x], { window, stride, padding, dilation = 1 }) =>
    t.maxPool(window, { stride, dilation, padding: sides(padding) })(x),
  avgPool: ([x], { window, stride, padding }) => t.avgPool(window, { stride, padding: sides(padding) })(x),
  resize: ([x], { size, method }) => t.resize(size, method)(x),
  einsum: (inputs, { subscripts }) =>
    (t.einsum(subscripts) as unknown as (...operands: readonly Real[]) => AnyTensor)(...inputs),
  take: ([x, i], { axis }) => t.take(i as unknown as Index, axis)(x),
  takeAlongAxis: ([x, i], { axis }) => t.takeAlongAxis(i as unknown as Index, axis)(x),
  scatterAdd: ([x, i, u], { axis }) => t.scatterAdd(i as unknown as Index, u, axis)(x),
  variance: reduced(t.variance),
  sampleVariance: reduced(t.sampleVariance),
  std: reduced(t.std),
  norm: reduced(t.norm),
  prod: reduced(t.prod),
  cumsum: ([x], { axis }) => t.cumsum(axis)(x),
  sort: ([x], { axis, descending }) => [t.sort(axis, { descending })(x), t.argsort(axis, { descending })(x)],
  topK: ([x], { k, axis }) => t.topK(k, axis)(x).values,
  argmax: ([x], { axis }) => t.argmax(axis)(x),
  max: reduced(t.max),
  min: reduced(t.min),
  gelu: simple(t.gelu),
  silu: simple(t.silu),
  elu: simple(t.elu),
  softplus: simple(t.softplus),
  logSigmoid: simple(t.logSigmoid),
  sigmoid: simple(t.sigmoid),
  relu: simple(t.relu),
  atan: simple(t.atan),
  sinh: simple(t.sinh),
  cosh: simple(t.cosh),
  tan: simple(t.tan),
  erf: simple(t.erf),
  asin: simple(t.asin),
  acos: simple(t.acos),
  erfinv: simple(t.erfinv),
  lgamma: simple(t.lgamma),
  digamma: simple(t.digamma),
  rsqrt: simple(t.rsqrt),
} satisfies Record<string, Operation>

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/pytorch.json', import.meta.url), 'utf8'),
) as readonly Fixture[]

const arrayOf = ({ shape, dtype, data }: Stored): NDArray => listed(data.map(Number), shape, dtype)

/** Both round: a few units in the last place, and as many of the largest term where terms cancel. */
const unlike = (got: NDArray, stored: Stored, what: string): readonly string[] => {
  const expected = arrayOf(stored)
  if (got.dtype !== expected.dtype || got.shape.join() !== expected.shape.join())
    return [
      `${what} is ${got.dtype}[${got.shape.join(', ')}] instead of ${stored.dtype}[${stored.shape.join(', ')}]`,
    ]
  let scale = 0
  for (const x of expected.data) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x))
  return Array.from(got.data).flatMap((value, i) => {
    const wanted = expected.data[i]
    const close =
      Object.is(value, wanted) ||
      Math.abs(value - wanted) <= 4e-6 * Math.abs(wanted) + 1e-6 * Math.min(scale, 1e3)
    return close ? [] : [`${what}, element ${i}: ${value} instead of ${wanted}`]
  })
}

const compared = async (
  evaluate: ReturnType<typeof evaluator>,
  { operation, options, inputs, outputs, gradients = [] }: Fixture,
): Promise<readonly string[]> => {
  const values = inputs.map(input => t.constant(arrayOf(input)))
  const results = (given: readonly AnyTensor[]): readonly AnyTensor[] =>
    [operations[operation](given as readonly Real[], options)].flat()
  const isReal = (x: AnyTensor): boolean => x.dtype === 'f32'
  const loss = (variables: readonly AnyTensor[]): Tensor<[]> => {
    let next = 0
    return results(values.map(x => (isReal(x) ? variables[next++] : x)))
      .filter(isReal)
      .map(y => t.reshape([])(t.sum()(t.square(y as Real))))
      .reduce((a, b) => t.add(b)(a))
  }
  const slopes = gradients.length === 0 ? [] : t.grad(loss)(values.filter(isReal))
  const [got, gotSlopes] = await evaluate([results(values), slopes] as const)
  return [
    ...outputs.flatMap((stored, i) => unlike(got[i], stored, `output ${i}`)),
    ...gradients.flatMap((stored, i) => unlike(gotSlopes[i], stored, `gradient ${i}`)),
  ]
}

/** Registers the comparison with PyTorch, of operations whose meaning its users know by heart, and their gradients. */
export const pytorchTests = (backend: () => Backend): void => {
  describe('agrees with PyTorch', () => {
    it.each(Object.keys(operations))('on %s', async name => {
      const mine = fixtures.filter(({ operation }) => operation === name)
      expect(mine.length).toBeGreaterThan(0)
      const evaluate = evaluator(Promise.resolve(backend()))
      const wrong: string[] = []
      for (const fixture of mine)
        wrong.push(
          ...(await compared(evaluate, fixture)).map(text => `${JSON.stringify(fixture.options)}: ${text}`),
        )
      expect(wrong).toEqual([])
    })
  })
}
