import * as E from 'fp-ts/lib/Either.js'
import { leavesOf, ndarray, type Arrays, type NDArray } from '@elbo/tensor'
import type { Gru, GruParameters } from '../gru.js'
import {
  missingWeight,
  otherLayout,
  otherReset,
  unexpectedWeight,
  wrongWeight,
  type WeightError,
} from './errors.js'
import type { Block, ForeignTensor, Form, Layout } from './layout.js'

/** The layout of a form of GRU: `pytorch()`, `keras()`, `onnx({ linearBeforeReset })`. */
export type LayoutOf = (form: Form) => Layout

/** Names that tell whose weights these are, and that there is one for each layer and direction, or each layer. */
const telling: readonly (readonly [layout: string, names: RegExp])[] = [
  ['PyTorch', /weight_hh_l\d+(_reverse)?$/],
  ['Keras', /recurrent_kernel(:0)?$/],
  ['ONNX', /(^|[./])R$/],
]

const formOf = <In extends number, H extends number, Options>({
  inputs,
  hidden,
  options: { layers, bidirectional = false, resetAfter = false, learnedState = false },
}: Gru<In, H, Options>): Form => {
  if (learnedState) throw new RangeError('weights: other libraries have no place for a learned initial state')
  return { inputs, hidden, layers, bidirectional, resetAfter }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const spell = (shape: readonly number[], dtype = 'f32'): string => `${dtype}[${shape.join(', ')}]`

/** For each element of a foreign block, in order, the place of the same number in ours. */
const placesIn = ({ shape, gates, transposed }: Block): Int32Array => {
  const hidden = shape[shape.length - 1]
  const rows = shape.length === 3 ? shape[0] : 1
  const places = new Int32Array(rows * 3 * hidden)
  for (let row = 0; row < rows; row++) {
    gates.forEach((gate, position) => {
      for (let unit = 0; unit < hidden; unit++) {
        const there = transposed
          ? (position * hidden + unit) * rows + row
          : (row * 3 + position) * hidden + unit
        places[there] = (row * 3 + gate) * hidden + unit
      }
    })
  }
  return places
}

/** What is wrong with the tensors, if anything is. */
const misfit = (
  file: string,
  { name: layout, tensors: expected }: Layout,
  tensors: ReadonlyMap<string, NDArray>,
): WeightError | undefined => {
  for (const { name, shape } of expected) {
    const found = tensors.get(name)
    if (found === undefined) {
      for (const [other, names] of telling) {
        const sign = [...tensors.keys()].find(key => names.test(key))
        if (other !== layout && sign !== undefined) return otherLayout(file, sign, layout, other)
      }
      return missingWeight(file, name, spell(shape))
    }
    if (found.dtype !== 'f32' || found.shape.join() !== shape.join())
      return wrongWeight(file, name, spell(shape), spell(found.shape, found.dtype))
  }
  const names = telling.find(([other]) => other === layout)?.[1]
  const known = new Set(expected.map(({ name }) => name))
  const extra = [...tensors.keys()].find(name => names?.test(name) === true && !known.has(name))
  return extra === undefined ? undefined : unexpectedWeight(file, extra)
}

/**
 * A GRU's parameters from tensors of another library, as `readSafetensors` of `@elbo/train` has them by name; `file` is what errors call them.
 * Tensors of other layers, such as a head's, are not looked at. Each layout is a bijection but for ONNX's with the reset before the product, whose
 * two biases add up to our one.
 * @throws RangeError for a model with a learned initial state.
 */
export const readWeights =
  (file: string, layoutOf: LayoutOf) =>
  <In extends number, H extends number, Options>(model: Gru<In, H, Options>) =>
  (tensors: ReadonlyMap<string, NDArray>): E.Either<WeightError, Arrays<GruParameters<In, H, Options>>> => {
    const form = formOf(model)
    const layout = layoutOf(form)
    const other = layoutOf({ ...form, resetAfter: !form.resetAfter })
    const wrong = misfit(file, layout, tensors)
    if (wrong !== undefined) {
      const isOther = other.resetAfter !== form.resetAfter && misfit(file, other, tensors) === undefined
      return E.left(isOther ? otherReset(file, layout.name, other.resetAfter) : wrong)
    }
    if (layout.resetAfter !== form.resetAfter) return E.left(otherReset(file, layout.name, layout.resetAfter))
    const read = new Map<string, Float32Array>()
    for (const { name, blocks } of layout.tensors) {
      const { data } = tensors.get(name) as NDArray
      let from = 0
      for (const block of blocks) {
        const ours = read.get(block.path) ?? new Float32Array(sizeOf(block.shape))
        placesIn(block).forEach((place, i) => (ours[place] += data[from + i]))
        read.set(block.path, ours)
        from += ours.length
      }
    }
    return E.right(treeOf(form, layout, read) as Arrays<GruParameters<In, H, Options>>)
  }

/** The tree of the model's paths. */
const treeOf = (
  { layers, bidirectional }: Form,
  { tensors }: Layout,
  read: ReadonlyMap<string, Float32Array>,
): unknown => {
  const shapes = new Map(tensors.flatMap(({ blocks }) => blocks.map(({ path, shape }) => [path, shape])))
  return Array.from({ length: layers }, (_, layer) =>
    Object.fromEntries(
      (bidirectional ? ['forward', 'backward'] : ['forward']).map(way => [
        way,
        Object.fromEntries(
          ['inputWeight', 'stateWeight', 'bias', 'stateBias'].flatMap(name => {
            const path = `${layer}.${way}.${name}`
            const data = read.get(path)
            return data === undefined ? [] : [[name, ndarray(data, shapes.get(path) as readonly number[])]]
          }),
        ),
      ]),
    ),
  )
}

const written = ({ shape, blocks }: ForeignTensor, ours: ReadonlyMap<string, NDArray>): NDArray => {
  const data = new Float32Array(sizeOf(shape))
  let from = 0
  for (const block of blocks) {
    const { data: source } = ours.get(block.path) as NDArray
    if (!block.isAddend) placesIn(block).forEach((place, i) => (data[from + i] = source[place]))
    from += source.length
  }
  return ndarray(data, shape)
}

/**
 * A GRU's parameters as tensors of another library, by name: what `readWeights` reads.
 * @throws RangeError for a model with a learned initial state, or whose reset gate acts on the other side of the product.
 */
export const writeWeights =
  (layoutOf: LayoutOf) =>
  <In extends number, H extends number, Options>(model: Gru<In, H, Options>) =>
  (parameters: Arrays<GruParameters<In, H, Options>>): ReadonlyMap<string, NDArray> => {
    const form = formOf(model)
    const layout = layoutOf(form)
    if (layout.resetAfter !== form.resetAfter) {
      throw new RangeError(
        `weights: the layout of ${layout.name} is for a GRU whose reset gate acts ${layout.resetAfter ? 'after' : 'before'} the product`,
      )
    }
    const ours = new Map(leavesOf<NDArray>(parameters).map(({ path, leaf }) => [path, leaf]))
    return new Map(layout.tensors.map(tensor => [tensor.name, written(tensor, ours)]))
  }
