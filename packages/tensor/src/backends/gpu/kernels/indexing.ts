import { coordinates, indexSum, times } from './indices.js'
import { within } from './layout.js'
import type { Expression } from './writer.js'

const orZero = (coordinate: string | undefined): string => coordinate ?? '0.0'

export const gather: Expression<'gather'> = (
  writer,
  { inputs: [x, indices], outputs: [out], params: { outside } },
  index,
) => {
  const [, length, inner] = writer.specOf(x).shape as readonly [number, number, number]
  const [, count] = writer.specOf(indices).shape as readonly [number, number]
  const [b, k, i] = coordinates(writer, index, writer.specOf(out).shape).map(orZero) as unknown as readonly [
    string,
    string,
    string,
  ]
  const from = writer.at(indices, indexSum(writer, [times(b, count), k]))
  const [kept, inside] = within(writer, from, length)
  const element = writer.at(x, indexSum(writer, [times(b, length * inner), times(kept, inner), i]))
  const absent = writer.specOf(x).dtype === 'f32' && outside === 'NaN' ? writer.number(NaN) : '0.0'
  return writer.name(`(${inside} > 0.5) ? ${element} : ${absent}`)
}

/** Each element adds up the updates that name it: no two threads write to one place. */
export const scatterAdd: Expression<'scatterAdd'> = (
  writer,
  { inputs: [indices, updates], outputs: [out] },
  index,
) => {
  const [, count, inner] = writer.specOf(updates).shape as readonly [number, number, number]
  const [b, place, i] = coordinates(writer, index, writer.specOf(out).shape).map(
    orZero,
  ) as unknown as readonly [string, string, string]
  const total = writer.variable('0.0')
  writer.loop(count, k => {
    const to = writer.at(indices, indexSum(writer, [times(b, count), k]))
    const update = writer.at(updates, indexSum(writer, [times(b, count * inner), times(k, inner), i]))
    writer.say(`if (${to} === ${place}) {`)
    writer.say(`${total} += ${update};`)
    writer.say('}')
  })
  return total
}
