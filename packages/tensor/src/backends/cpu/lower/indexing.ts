import { sizeOf } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { GATHER, SCATTER_ADD, THREEFRY } from '../opcodes.js'
import { fill } from './leaves.js'
import { bitsOf, type Lowering } from './lowering.js'
import { typeCode } from './reduce.js'

export const gather: Lowering<ParamsOf<'gather'>> = {
  emit: ({ params: { outside }, inputs: [x, index], outputs: [out] }, { words }) => {
    if (sizeOf(out.shape) === 0) return
    const [batch, count, inner] = out.shape as readonly [number, number, number]
    const absent = outside === 'NaN' && x.dtype === 'f32' ? bitsOf(NaN, 'f32') : 0
    words.push(GATHER, 10, out.address, x.address, index.address, batch, x.shape[1], count, inner, absent)
  },
}

export const scatterAdd: Lowering<ParamsOf<'scatterAdd'>> = {
  emit: ({ params: { length }, inputs: [index, updates], outputs: [out] }, to) => {
    if (sizeOf(updates.shape) === 0) {
      fill(out, 0, to)
      return
    }
    if (length === 0) return
    const [batch, count, inner] = updates.shape as readonly [number, number, number]
    const type = typeCode(updates.dtype)
    to.words.push(
      SCATTER_ADD,
      10,
      out.address,
      index.address,
      updates.address,
      batch,
      length,
      count,
      inner,
      type,
    )
  },
}

export const threefry: Lowering<ParamsOf<'threefry'>> = {
  emit: ({ params: { domain }, inputs: [key, counter], outputs: [out] }, { words }) => {
    const count = sizeOf(counter.shape)
    if (count > 0) words.push(THREEFRY, 7, out.address, key.address, counter.address, count, domain)
  },
}
