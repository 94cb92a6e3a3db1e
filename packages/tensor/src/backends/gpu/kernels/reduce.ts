import { aroundAxis, stridesOf } from '../../../graph/indices.js'
import { sizeOf } from '../../../shape/index.js'
import { isNaNText } from './functions.js'
import { coordinates, indexSum, strided, times } from './indices.js'
import type { Expression, Writer } from './writer.js'

/** Visits the elements of `x` that one output element of a reduction over `axes` gathers. */
const gathered = (
  writer: Writer,
  x: number,
  axes: readonly number[],
  index: string,
  visit: (element: string) => void,
): void => {
  const { shape } = writer.specOf(x)
  const strides = stridesOf(shape)
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const part = (chosen: readonly number[]): readonly [number[], number[]] => [
    chosen.map(axis => shape[axis]),
    chosen.map(axis => strides[axis]),
  ]
  const base = strided(writer, index, ...part(kept))
  const [lengths, steps] = part(axes)
  writer.loop(sizeOf(lengths), k => {
    const offset = strided(writer, k, lengths, steps)
    visit(writer.at(x, writer.name(`${base} + ${offset}`)))
  })
}

export const sum: Expression<'sum'> = (writer, { inputs: [x], params: { axes } }, index) => {
  const total = writer.variable('0.0')
  gathered(writer, x, axes, index, element => writer.say(`${total} += ${element};`))
  return total
}

export const reduceMax: Expression<'reduceMax'> = (writer, { inputs: [x], params: { axes } }, index) => {
  const largest = writer.variable(writer.number(-Infinity))
  gathered(writer, x, axes, index, element => {
    // Neither above nor at most: NaN, which nothing is above afterwards.
    writer.say(
      `${largest} = (${element} > ${largest}) ? ${element} : ((${element} <= ${largest}) ? ${largest} : (${element} + ${largest}));`,
    )
  })
  return largest
}

export const argmax: Expression<'argmax'> = (writer, { inputs: [x], params: { axis } }, index) => {
  const [, length, inner] = aroundAxis(writer.specOf(x).shape, axis)
  const { shape } = writer.specOf(x)
  const strides = stridesOf(shape)
  const rest = shape.flatMap((_, a) => (a === axis ? [] : [a]))
  const base = strided(
    writer,
    index,
    rest.map(a => shape[a]),
    rest.map(a => strides[a]),
  )
  const best = writer.variable('0.0')
  const found = writer.variable(writer.number(-Infinity))
  const isNaN = writer.variable('0.0')
  writer.loop(length, k => {
    const element = writer.at(x, writer.name(`${base} + ${times(k, inner)}`))
    const nan = isNaNText(writer, element)
    writer.say(`if (${isNaN} < 0.5) {`)
    writer.say(`if (${nan} > 0.5) {`)
    writer.say(`${isNaN} = 1.0;`)
    writer.say(`${best} = ${k} + 0.0;`)
    writer.say('} else {')
    writer.say(`if (${element} > ${found}) {`)
    writer.say(`${found} = ${element};`)
    writer.say(`${best} = ${k} + 0.0;`)
    writer.say('}')
    writer.say('}')
    writer.say('}')
  })
  return best
}

/** Each element adds up its own predecessors: quadratic, but without a pass that waits for another. */
export const cumsum: Expression<'cumsum'> = (
  writer,
  { inputs: [x], params: { axis, reverse: backwards } },
  index,
) => {
  const { shape } = writer.specOf(x)
  const [, length] = aroundAxis(shape, axis)
  const strides = stridesOf(shape)
  const at = coordinates(writer, index, shape)
  const base = indexSum(
    writer,
    shape.flatMap((_, a) => {
      const coordinate = at[a]
      return a === axis || coordinate === undefined ? [] : [times(coordinate, strides[a])]
    }),
  )
  const position = at[axis] ?? '0.0'
  const total = writer.variable('0.0')
  writer.loop(length, k => {
    const element = writer.at(x, writer.name(`${base} + ${times(k, strides[axis])}`))
    writer.say(`if (${k} ${backwards ? '>=' : '<='} ${position}) {`)
    writer.say(`${total} += ${element};`)
    writer.say('}')
  })
  return total
}
