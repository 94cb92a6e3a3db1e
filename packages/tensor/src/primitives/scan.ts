import { equalShapes, ShapeError, sizeOf } from '../shape/index.js'
import type { Cotangent, Primitive, Value } from '../graph/primitive.js'
import type { AnyTensor } from '../graph/tensor.js'
import { applyAll, keyOf, type Body, type Node } from '../graph/tensor.js'
import { add, addPrimitive } from './arithmetic.js'
import { reshape, reshapePrimitive } from './layout.js'
import { full, placeholder } from './leaves.js'
import { matmul, matmulPrimitive, type MatmulParams } from './matmul.js'

/**
 * A loop with state. The body's parameters are, in order: what it captures from outside (the same at every step), the carry, and one
 * slice of each sequence; its results are the next carry and the step's outputs, which are stacked.
 *
 * A captured tensor is its own parameter: the body refers to it directly, and whoever runs the body binds it.
 */
export interface ScanParams {
  readonly length: number
  /** Steps from the last slice to the first; stacked outputs keep the slices' places. */
  readonly reverse: boolean
  readonly captured: number
  readonly carry: number
}

export const scanPrimitive: Primitive<ScanParams> = {
  name: 'scan',
  outputs: (inputs, { length, captured, carry }, body) => {
    const { results } = body as Body
    results.slice(0, carry).forEach(({ shape, dtype }, i) => {
      const initial = inputs[captured + i]
      if (!equalShapes(shape, initial.shape) || dtype !== initial.dtype) {
        throw new ShapeError(
          `scan: carry ${i} starts as ${initial.dtype}[${initial.shape.join(', ')}] and the body returns ${dtype}[${shape.join(', ')}]`,
        )
      }
    })
    inputs.slice(captured + carry).forEach(({ shape }, i) => {
      if (shape[0] !== length)
        throw new ShapeError(
          `scan: sequence ${i} has shape [${shape.join(', ')}], its first axis should be the ${length} steps`,
        )
    })
    return results.map(({ shape, dtype }, i) => ({ shape: i < carry ? shape : [length, ...shape], dtype }))
  },
  gradient: (cotangents, node, pullback) => {
    const { params, inputs, body } = node
    const { parameters, results } = body as Body
    const { captured, carry, length, reverse } = params

    // 1. The body's own gradient, in terms of the body's values and of new placeholders for the cotangents.
    const arrives = results.map(
      (result, i) => result.dtype === 'f32' && (i < carry || cotangents[i] !== undefined),
    )
    const incoming = results.map((result, i) =>
      arrives[i] ? placeholder(result.shape, 'f32', `cotangent ${i}`) : undefined,
    )
    const slopes = pullback(results, incoming, parameters)
    const slopeOf = (i: number): Cotangent => (parameters[i]?.dtype === 'f32' ? slopes[i] : undefined)

    // 2. The backward loop carries the cotangent of the carry and the sums over steps for what was captured; but of a product of few rows, whose
    // sum over steps is one product of many, it stacks the factors.
    const carried = results.slice(0, carry).flatMap((_, i) => (arrives[i] ? [i] : []))
    const captures = Array.from({ length: captured }, (_, i) => i).filter(i => slopeOf(i) !== undefined)
    const parts = captures.map(i => addendsOf(slopeOf(i) as AnyTensor))
    const factors = distinct(
      parts.flatMap(({ products }) => products.flatMap(({ node: { inputs } }) => inputs)),
    )
    const summed = captures.flatMap((i, n) => {
      const { rest } = parts[n]
      return rest === undefined ? [] : [{ i, rest, sum: placeholder(rest.shape, 'f32', `sum ${i}`) }]
    })
    const nextCarry = carried.map(i => slopeOf(captured + i) ?? full(results[i].shape, 'f32', 0))
    const nextSums = summed.map(({ sum, rest }) => add(sum, rest))
    const sliceSlopes = inputs.flatMap((_, i) =>
      i >= captured + carry && slopeOf(i) !== undefined ? [i] : [],
    )
    const isForward = forwardValues(body as Body, captured)
    const made = factors.filter(tensor => !isForward(tensor))
    const backward = [...nextCarry, ...nextSums, ...sliceSlopes.map(i => slopeOf(i) as AnyTensor), ...made]

    // 3. What the backward body or the products read of the forward body is stacked as further outputs of its loop; slices are at hand already.
    const slices = parameters.slice(captured + carry)
    const sequences = new Map(slices.map((slice, i) => [keyOf(slice), inputs[captured + carry + i]]))
    const residuals = boundary(backward, body as Body, captured)
    const saved = distinct([...residuals, ...factors.filter(isForward)]).filter(
      tensor => !sequences.has(keyOf(tensor)),
    )
    const forward = loop(node, saved)
    saved.forEach((tensor, i) => sequences.set(keyOf(tensor), forward[results.length + i]))

    const ySlopes = results.flatMap((_, i) => (i >= carry && arrives[i] ? [i] : []))
    const outputs = scanBody({
      length,
      reverse: !reverse,
      carry: [...carried.map(i => incoming[i] as AnyTensor), ...summed.map(({ sum }) => sum)],
      initial: [
        ...carried.map(i => cotangents[i] ?? full(results[i].shape, 'f32', 0)),
        ...summed.map(({ rest }) => full(rest.shape, 'f32', 0)),
      ],
      slices: [...ySlopes.map(i => incoming[i] as AnyTensor), ...residuals],
      sequences: [
        ...ySlopes.map(i => cotangents[i] as AnyTensor),
        ...residuals.map(tensor => sequences.get(keyOf(tensor)) as AnyTensor),
      ],
      results: backward,
    })
    made.forEach((tensor, n) =>
      sequences.set(keyOf(tensor), outputs[carried.length + summed.length + sliceSlopes.length + n]),
    )

    // 4. Each input's cotangent from where it was gathered.
    const answers: Cotangent[] = inputs.map(() => undefined)
    carried.forEach((i, n) => (answers[captured + i] = outputs[n]))
    summed.forEach(({ i }, n) => (answers[i] = reshape(outputs[carried.length + n], inputs[i].shape)))
    sliceSlopes.forEach((i, n) => (answers[i] = outputs[carried.length + summed.length + n]))
    captures.forEach((i, n) => {
      for (const { node: product } of parts[n].products) {
        const [left, right] = product.inputs.map(factor => asRows(sequences.get(keyOf(factor)) as AnyTensor))
        const whole = reshape(matmul(left, right, true), inputs[i].shape)
        answers[i] = answers[i] === undefined ? whole : add(answers[i], whole)
      }
    })
    return answers
  },
  evaluate: (inputs, { length, reverse, captured, carry }, outputs, run) => {
    const outside = inputs.slice(0, captured)
    let state = inputs.slice(captured, captured + carry)
    const step = (value: Value, t: number): Value => {
      const shape = value.shape.slice(1)
      const size = sizeOf(shape)
      return { shape, dtype: value.dtype, data: value.data.subarray(t * size, (t + 1) * size) }
    }
    for (let n = 0; n < length; n++) {
      const t = reverse ? length - 1 - n : n
      const results = run([
        ...outside,
        ...state,
        ...inputs.slice(captured + carry).map(value => step(value, t)),
      ])
      state = results.slice(0, carry)
      results.slice(carry).forEach(({ data }, i) => outputs[carry + i].data.set(data, t * data.length))
    }
    state.forEach(({ data }, i) => outputs[i].data.set(data))
  },
}

const distinct = (tensors: readonly AnyTensor[]): AnyTensor[] => [
  ...new Map(tensors.map(tensor => [keyOf(tensor), tensor])).values(),
]

/**
 * Is this xᵀ·g with so few rows in x and g that one product of the rows of all steps is cheaper than a product and a sum at each? The sum goes
 * through as much memory as the result has elements; measured, an eighth of x's columns is about where stacking begins to gain.
 */
const isFlatProduct = ({ node }: AnyTensor): boolean => {
  if (node.primitive !== (matmulPrimitive as unknown)) return false
  const { transposeLeft, transposeRight } = node.params as MatmulParams
  const [batch, rows, columns] = node.inputs[0].shape
  return transposeLeft && !transposeRight && batch === 1 && 8 * rows <= columns
}

/** The products of few rows in a sum, and the rest of it, if there is any. */
const addendsOf = (
  sum: AnyTensor,
): { readonly products: readonly AnyTensor[]; readonly rest: AnyTensor | undefined } => {
  const products: AnyTensor[] = []
  const others: AnyTensor[] = []
  const seen = new Set<number>()
  const pending = [sum]
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    // A part that counts twice, or 2ⁿ times, stays as it is.
    if (seen.has(keyOf(tensor))) return { products: [], rest: sum }
    seen.add(keyOf(tensor))
    const { primitive, inputs } = tensor.node
    if (isFlatProduct(tensor)) products.push(tensor)
    else if (primitive === (addPrimitive as unknown) || primitive === (reshapePrimitive as unknown))
      pending.push(...inputs)
    else others.push(tensor)
  }
  if (products.length === 0) return { products, rest: sum }
  const [first, ...more] = others
  return {
    products,
    rest: first && more.reduce((total, other) => add(total, reshape(other, total.shape)), first),
  }
}

/** Rows of all steps, one below the other: [T, 1, K, N] → [1, T·K, N]. */
const asRows = (stacked: AnyTensor): AnyTensor => {
  const [steps, , rows, columns] = stacked.shape as readonly [number, number, number, number]
  return reshape(stacked, [1, steps * rows, columns])
}

/** The tensors of a body, below its results and above its parameters. */
const inside = (roots: readonly AnyTensor[], parameters: readonly AnyTensor[]): Map<number, AnyTensor> => {
  const stop = new Set(parameters.map(keyOf))
  // What is older than every parameter depends on none: the walk does not go through the graph around the loop.
  const oldest = parameters.reduce((id, { node }) => Math.min(id, node.id), Infinity)
  const found = new Map<number, AnyTensor>()
  const pending = [...roots]
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const key = keyOf(tensor)
    if (found.has(key)) continue
    found.set(key, tensor)
    if (!stop.has(key) && tensor.node.id > oldest) pending.push(...tensor.node.inputs)
  }
  return found
}

/** Whether a tensor is a value of the body that differs from step to step. */
const forwardValues = ({ parameters, results }: Body, captured: number): ((tensor: AnyTensor) => boolean) => {
  const varying = new Set(dependents(results, parameters.slice(captured)))
  return tensor => varying.has(keyOf(tensor))
}

/** Values of the forward body (captured ones apart) that the backward results read. */
const boundary = (
  backward: readonly AnyTensor[],
  { parameters, results }: Body,
  captured: number,
): AnyTensor[] => {
  const varying = new Set(dependents(results, parameters.slice(captured)))
  const forward = inside(results, parameters)
  const reads = new Map<number, AnyTensor>()
  const seen = new Set<number>()
  const pending = [...backward]
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const key = keyOf(tensor)
    if (seen.has(key)) continue
    seen.add(key)
    if (forward.has(key)) {
      if (varying.has(key)) reads.set(key, tensor)
    } else pending.push(...tensor.node.inputs)
  }
  return [...reads.values()]
}

/** Keys of the tensors at or above `roots` that depend on any of `sources`. Inputs have smaller ids than their node: no recursion. */
const dependents = (roots: readonly AnyTensor[], sources: readonly AnyTensor[]): readonly number[] => {
  const all = [...inside(roots, sources).values()].sort((a, b) => a.node.id - b.node.id)
  const depends = new Set(sources.map(keyOf))
  for (const tensor of all) {
    if (tensor.node.inputs.some(input => depends.has(keyOf(input)))) depends.add(keyOf(tensor))
  }
  return [...depends]
}

/** What a body reads from outside: tensors that do not depend on its carry or slices. Leaves without data are cheaper made anew. */
const capturedBy = (results: readonly AnyTensor[], varying: readonly AnyTensor[]): AnyTensor[] => {
  const depends = new Set(dependents(results, varying))
  const captured = new Map<number, AnyTensor>()
  const note = (tensor: AnyTensor): void => {
    const { name } = tensor.node.primitive
    if (!depends.has(keyOf(tensor)) && name !== 'full' && name !== 'iota') captured.set(keyOf(tensor), tensor)
  }
  for (const [key, tensor] of inside(results, varying)) {
    if (depends.has(key) && !varying.some(source => keyOf(source) === key)) tensor.node.inputs.forEach(note)
  }
  results.forEach(note)
  return [...captured.values()]
}

interface Loop {
  readonly length: number
  readonly reverse: boolean
  readonly carry: readonly AnyTensor[]
  readonly initial: readonly AnyTensor[]
  readonly slices: readonly AnyTensor[]
  readonly sequences: readonly AnyTensor[]
  /** The next carry, then the step's outputs. */
  readonly results: readonly AnyTensor[]
}

/** A scan whose body is already built on the given carry and slice parameters; captures what it reads from outside. */
const scanBody = ({
  length,
  reverse,
  carry,
  initial,
  slices,
  sequences,
  results,
}: Loop): readonly AnyTensor[] => {
  const captured = capturedBy(results, [...carry, ...slices])
  return applyAll(
    scanPrimitive,
    [...captured, ...initial, ...sequences],
    { length, reverse, captured: captured.length, carry: carry.length },
    { parameters: [...captured, ...carry, ...slices], results },
  )
}

/** The loop of `node` again, with `extra` values of its body stacked as further outputs. Compiling merges the two. */
const loop = (
  { params, inputs, body }: Node<ScanParams>,
  extra: readonly AnyTensor[],
): readonly AnyTensor[] => {
  const { parameters, results } = body as Body
  return applyAll(scanPrimitive, inputs, params, { parameters, results: [...results, ...extra] })
}

export interface ScanStep {
  readonly carry: readonly AnyTensor[]
  readonly outputs: readonly AnyTensor[]
}

/**
 * Runs `step` over the first axis of `sequences`, handing its carry on: `[final carry, stacked outputs]`.
 * @throws ShapeError when the body returns a carry of another shape, or the sequences differ in length.
 */
export const scan = (
  step: (carry: readonly AnyTensor[], slices: readonly AnyTensor[]) => ScanStep,
  initial: readonly AnyTensor[],
  sequences: readonly AnyTensor[],
  {
    length = sequences[0]?.shape[0],
    reverse = false,
  }: { readonly length?: number | undefined; readonly reverse?: boolean } = {},
): ScanStep => {
  if (length === undefined) throw new ShapeError('scan: without sequences, the length must be given')
  const carry = initial.map(({ shape, dtype }, i) => placeholder(shape, dtype, `carry ${i}`))
  const slices = sequences.map(({ shape, dtype }, i) => placeholder(shape.slice(1), dtype, `slice ${i}`))
  const next = step(carry, slices)
  if (next.carry.length !== carry.length) {
    throw new ShapeError(
      `scan: the body takes ${carry.length} carried values and returns ${next.carry.length}`,
    )
  }
  const outputs = scanBody({
    length,
    reverse,
    carry,
    initial,
    slices,
    sequences,
    results: [...next.carry, ...next.outputs],
  })
  return { carry: outputs.slice(0, carry.length), outputs: outputs.slice(carry.length) }
}
