import { stridesOf } from '../../../graph/indices.js'
import { coordinates, indexSum, repeatedStrides, strided, times } from './indices.js'
import type { Expression, Writer } from './writer.js'

export const full: Expression<'full'> = (writer, { params: { value } }) => writer.number(value)
export const iota: Expression<'iota'> = (writer, _, index) => writer.name(`${index} + 0.0`)

export const reshape: Expression<'reshape'> = (writer, { inputs: [x] }, index) => writer.at(x, index)

export const broadcast: Expression<'broadcast'> = (writer, { inputs: [x], params: { shape } }, index) =>
  writer.at(x, strided(writer, index, shape, repeatedStrides(writer.specOf(x).shape, shape)))

export const transpose: Expression<'transpose'> = (
  writer,
  { inputs: [x], outputs: [out], params: { permutation } },
  index,
) => {
  const strides = stridesOf(writer.specOf(x).shape)
  return writer.at(
    x,
    strided(
      writer,
      index,
      writer.specOf(out).shape,
      permutation.map(axis => strides[axis]),
    ),
  )
}

export const slice: Expression<'slice'> = (
  writer,
  { inputs: [x], params: { starts, sizes, steps } },
  index,
) => {
  const strides = stridesOf(writer.specOf(x).shape)
  const start = starts.reduce((sum, first, axis) => sum + first * strides[axis], 0)
  return writer.at(
    x,
    strided(
      writer,
      index,
      sizes,
      steps.map((step, axis) => step * strides[axis]),
      start,
    ),
  )
}

export const reverse: Expression<'reverse'> = (writer, { inputs: [x], params: { axes } }, index) => {
  const { shape } = writer.specOf(x)
  const strides = stridesOf(shape)
  let start = 0
  for (const axis of axes) {
    start += (shape[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
  }
  return writer.at(x, strided(writer, index, shape, strides, start))
}

/** `position` kept from 0 to n − 1, and whether it was there (1 or 0). */
export const within = (
  writer: Writer,
  position: string,
  n: number,
): readonly [kept: string, inside: string] => [
  writer.name(`(${position} < 0.0) ? 0.0 : ((${position} > ${n - 1}.0) ? ${n - 1}.0 : ${position})`),
  writer.name(`(${position} < 0.0) ? 0.0 : ((${position} > ${n - 1}.0) ? 0.0 : 1.0)`),
]

export const pad: Expression<'pad'> = (
  writer,
  { inputs: [x], outputs: [out], params: { low, interior, value } },
  index,
) => {
  const { shape } = writer.specOf(x)
  const strides = stridesOf(shape)
  const at = coordinates(writer, index, writer.specOf(out).shape)
  const inside: string[] = []
  const terms = shape.flatMap((n, axis) => {
    const position = at[axis]
    // A length of 1 that stays 1: nothing is put around it.
    if (position === undefined) return []
    const from = low[axis] === 0 ? position : writer.name(`${position} - ${low[axis]}.0`)
    const step = interior[axis] + 1
    const [kept, isInside] = within(writer, from, (n - 1) * step + 1)
    inside.push(isInside)
    if (step === 1) return [times(kept, strides[axis])]
    const whole = writer.name(`Math.floor((${kept} + 0.5) / ${step}.0)`)
    inside.push(writer.name(`(${whole} * ${step}.0 === ${kept}) ? 1.0 : 0.0`))
    return [times(whole, strides[axis])]
  })
  const element = writer.at(x, indexSum(writer, terms))
  if (inside.length === 0) return element
  return writer.name(`(${inside.join(' * ')} > 0.5) ? ${element} : ${writer.number(value)}`)
}

export const concat: Expression<'concat'> = (writer, { inputs, outputs: [out], params: { axis } }, index) => {
  const { shape } = writer.specOf(out)
  const at = coordinates(writer, index, shape)
  const position = at[axis] ?? '0.0'
  let start = shape[axis]
  return [...inputs].reverse().reduce((rest, x) => {
    const own = writer.specOf(x).shape
    start -= own[axis]
    const strides = stridesOf(own)
    const [kept] = within(writer, start === 0 ? position : writer.name(`${position} - ${start}.0`), own[axis])
    const terms = own.flatMap((_, a) => {
      const coordinate = a === axis ? kept : at[a]
      return coordinate === undefined ? [] : [times(coordinate, strides[a])]
    })
    const element = writer.at(x, indexSum(writer, terms))
    return rest === ''
      ? element
      : writer.name(`(${position} < ${start + own[axis]}.0) ? ${element} : ${rest}`)
  }, '')
}
