import { matmulSizes } from '../../../primitives/matmul.js'
import type { WindowParams } from '../../../primitives/convolution.js'
import { coordinates, indexSum, times } from './indices.js'
import { within } from './layout.js'
import type { Expression, Writer } from './writer.js'

/** So many terms of a dot product stand in one turn of the loop. */
const unrolled = 4

/** Σ of `term(k)` for k from 0 to `count` − 1. */
const dot = (writer: Writer, count: number, term: (k: string) => string): string => {
  const total = writer.variable('0.0')
  const turns = Math.floor(count / unrolled)
  if (turns > 0)
    writer.loop(turns, k => {
      const terms = Array.from({ length: unrolled }, (_, n) =>
        term(writer.name(`${k} * ${unrolled} + ${n}.0`)),
      )
      writer.say(`${total} += ${terms.join(' + ')};`)
    })
  for (let k = turns * unrolled; k < count; k++) writer.say(`${total} += ${term(`${k}.0`)};`)
  return total
}

export const matmul: Expression<'matmul'> = (
  writer,
  { inputs: [left, right], outputs: [out], params },
  index,
) => {
  const { m, k, n } = matmulSizes(writer.specOf(left), writer.specOf(right), params)
  const [b, row, column] = coordinates(writer, index, writer.specOf(out).shape)
  const ofBatch = (size: number): string => (b === undefined ? '0.0' : times(b, size * k))
  // Element (row, p) of the left operand stands at its base + p · step, and (p, column) of the right one likewise.
  const leftBase = indexSum(writer, [ofBatch(m), times(row ?? '0.0', params.transposeLeft ? 1 : k)])
  const leftStep = params.transposeLeft ? m : 1
  const rightBase = indexSum(writer, [ofBatch(n), times(column ?? '0.0', params.transposeRight ? k : 1)])
  const rightStep = params.transposeRight ? 1 : n
  return dot(writer, k, p => {
    const l = writer.at(left, writer.name(`${leftBase} + ${times(p, leftStep)}`))
    const r = writer.at(right, writer.name(`${rightBase} + ${times(p, rightStep)}`))
    return `${l} * ${r}`
  })
}

type Image = readonly [number, number, number, number]
const image = (writer: Writer, value: number): Image => writer.specOf(value).shape as unknown as Image

/** `a · x + b` as text. */
const affine = (writer: Writer, x: string, a: number, b: number): string =>
  b === 0 && a === 1 ? x : writer.name(`${times(x, a)} ${b < 0 ? '-' : '+'} ${Math.abs(b)}.0`)

const either = (writer: Writer, ...conditions: readonly string[]): string =>
  writer.name(conditions.join(' * '))

/** The row (or column) of an image that a window's element sees, and whether it is inside. */
const seen = (
  writer: Writer,
  position: string,
  offset: string,
  n: number,
  axis: 0 | 1,
  { stride, padding, dilation }: WindowParams,
): readonly [string, string] => {
  const start = affine(writer, position, stride[axis], -padding[axis][0])
  return within(writer, writer.name(`${start} + ${times(offset, dilation[axis])}`), n)
}

/** The window that sees row (or column) `position` with its element `offset`, and whether there is one. */
const seeing = (
  writer: Writer,
  position: string,
  offset: string,
  windows: number,
  axis: 0 | 1,
  { stride, padding, dilation }: WindowParams,
): readonly [string, string] => {
  const distance = writer.name(`${position} + ${padding[axis][0]}.0 - ${times(offset, dilation[axis])}`)
  const step = stride[axis]
  if (step === 1) return within(writer, distance, windows)
  const [kept, inside] = within(writer, distance, (windows - 1) * step + 1)
  const window = writer.name(`Math.floor((${kept} + 0.5) / ${step}.0)`)
  return [window, either(writer, inside, writer.name(`(${window} * ${step}.0 === ${kept}) ? 1.0 : 0.0`))]
}

const orZero = (coordinate: string | undefined): string => coordinate ?? '0.0'

/** Loops over channels, then the window, telling each position; loops of one turn are not written. */
const each = (
  writer: Writer,
  counts: readonly number[],
  body: (positions: readonly string[]) => void,
): void => {
  const enter = (from: number, positions: readonly string[]): void => {
    if (from === counts.length) body(positions)
    else if (counts[from] === 1) enter(from + 1, [...positions, '0.0'])
    else writer.loop(counts[from], k => enter(from + 1, [...positions, k]))
  }
  enter(0, [])
}

const flat = (writer: Writer, shape: readonly number[], at: readonly string[]): string => {
  let stride = 1
  const terms: string[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (at[axis] !== '0.0') terms.unshift(times(at[axis], stride))
    stride *= shape[axis]
  }
  return indexSum(writer, terms)
}

const channelOf = (
  writer: Writer,
  feature: string,
  perGroup: number,
  features: number,
  groups: number,
): string => {
  if (groups === 1) return '0.0'
  const group = writer.name(`Math.floor((${feature} + 0.5) / ${features / groups}.0)`)
  return writer.name(`${group} * ${perGroup}.0`)
}

export const conv2d: Expression<'conv2d'> = (writer, { inputs: [x, w], outputs: [out], params }, index) => {
  const [ofImage, ofKernel, ofOutput] = [image(writer, x), image(writer, w), image(writer, out)]
  const [features, perGroup, kh, kw] = ofKernel
  const [b, f, i, j] = coordinates(writer, index, ofOutput).map(orZero) as unknown as readonly [
    string,
    string,
    string,
    string,
  ]
  const first = channelOf(writer, f, perGroup, features, params.groups)
  const total = writer.variable('0.0')
  each(writer, [perGroup, kh, kw], positions => {
    const [q, u, v] = positions as readonly [string, string, string]
    const [row, hasRow] = seen(writer, i, u, ofImage[2], 0, params)
    const [column, hasColumn] = seen(writer, j, v, ofImage[3], 1, params)
    const channel = first === '0.0' ? q : writer.name(`${first} + ${q}`)
    const pixel = writer.at(x, flat(writer, ofImage, [b, channel, row, column]))
    const weight = writer.at(w, flat(writer, ofKernel, [f, q, u, v]))
    writer.say(`${total} += (${hasRow} * ${hasColumn} > 0.5) ? (${pixel} * ${weight}) : 0.0;`)
  })
  return total
}

export const conv2dInput: Expression<'conv2dInput'> = (
  writer,
  { inputs: [y, w], outputs: [out], params },
  index,
) => {
  const [ofOutput, ofKernel, ofImage] = [image(writer, y), image(writer, w), image(writer, out)]
  const [features, perGroup, kh, kw] = ofKernel
  const [b, c, h, v0] = coordinates(writer, index, ofImage).map(orZero) as unknown as readonly [
    string,
    string,
    string,
    string,
  ]
  const each1 = features / params.groups
  const group = params.groups === 1 ? '0.0' : writer.name(`Math.floor((${c} + 0.5) / ${perGroup}.0)`)
  const q = params.groups === 1 ? c : writer.name(`${c} - ${group} * ${perGroup}.0`)
  const firstFeature = params.groups === 1 ? '0.0' : writer.name(`${group} * ${each1}.0`)
  const total = writer.variable('0.0')
  each(writer, [each1, kh, kw], positions => {
    const [n, u, v] = positions as readonly [string, string, string]
    const [row, hasRow] = seeing(writer, h, u, ofOutput[2], 0, params)
    const [column, hasColumn] = seeing(writer, v0, v, ofOutput[3], 1, params)
    const feature = firstFeature === '0.0' ? n : writer.name(`${firstFeature} + ${n}`)
    const slope = writer.at(y, flat(writer, ofOutput, [b, feature, row, column]))
    const weight = writer.at(w, flat(writer, ofKernel, [feature, q, u, v]))
    writer.say(`${total} += (${hasRow} * ${hasColumn} > 0.5) ? (${slope} * ${weight}) : 0.0;`)
  })
  return total
}

export const conv2dKernel: Expression<'conv2dKernel'> = (
  writer,
  { inputs: [x, y], outputs: [out], params },
  index,
) => {
  const [ofImage, ofOutput, ofKernel] = [image(writer, x), image(writer, y), image(writer, out)]
  const [features, perGroup] = ofKernel
  const [f, q, u, v] = coordinates(writer, index, ofKernel).map(orZero) as unknown as readonly [
    string,
    string,
    string,
    string,
  ]
  const first = channelOf(writer, f, perGroup, features, params.groups)
  const channel = first === '0.0' ? q : writer.name(`${first} + ${q}`)
  const total = writer.variable('0.0')
  each(writer, [ofOutput[0], ofOutput[2], ofOutput[3]], positions => {
    const [b, i, j] = positions as readonly [string, string, string]
    const [row, hasRow] = seen(writer, i, u, ofImage[2], 0, params)
    const [column, hasColumn] = seen(writer, j, v, ofImage[3], 1, params)
    const pixel = writer.at(x, flat(writer, ofImage, [b, channel, row, column]))
    const slope = writer.at(y, flat(writer, ofOutput, [b, f, i, j]))
    writer.say(`${total} += (${hasRow} * ${hasColumn} > 0.5) ? (${pixel} * ${slope}) : 0.0;`)
  })
  return total
}

export const unfold: Expression<'unfold'> = (writer, { inputs: [x], outputs: [out], params }, index) => {
  const ofImage = image(writer, x)
  const at = coordinates(writer, index, writer.specOf(out).shape).map(orZero)
  const [b, c, u, v, i, j] = at as unknown as readonly [string, string, string, string, string, string]
  const [row, hasRow] = seen(writer, i, u, ofImage[2], 0, params)
  const [column, hasColumn] = seen(writer, j, v, ofImage[3], 1, params)
  const pixel = writer.at(x, flat(writer, ofImage, [b, c, row, column]))
  return writer.name(`(${hasRow} * ${hasColumn} > 0.5) ? ${pixel} : 0.0`)
}

export const fold: Expression<'fold'> = (writer, { inputs: [x], outputs: [out], params }, index) => {
  const { shape } = writer.specOf(x)
  const [, , kh, kw, oh, ow] = shape as readonly [number, number, number, number, number, number]
  const [b, c, h, column0] = coordinates(writer, index, image(writer, out)).map(
    orZero,
  ) as unknown as readonly [string, string, string, string]
  const total = writer.variable('0.0')
  each(writer, [kh, kw], positions => {
    const [u, v] = positions as readonly [string, string]
    const [i, hasRow] = seeing(writer, h, u, oh, 0, params)
    const [j, hasColumn] = seeing(writer, column0, v, ow, 1, params)
    const element = writer.at(x, flat(writer, shape, [b, c, u, v, i, j]))
    writer.say(`${total} += (${hasRow} * ${hasColumn} > 0.5) ? ${element} : 0.0;`)
  })
  return total
}
