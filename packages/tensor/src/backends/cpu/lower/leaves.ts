import { sizeOf } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { FILL, IOTA } from '../opcodes.js'
import { bitsOf, type Commands, type Lowering, type Operand } from './lowering.js'

/** The word `bits` in all of a value. */
export const fill = ({ shape, address }: Operand, bits: number, { words }: Commands): void => {
  const size = sizeOf(shape)
  if (size > 0) words.push(FILL, 5, address, size, bits)
}

export const constant: Lowering<ParamsOf<'constant'>> = {
  emit: ({ params: { value }, outputs: [out] }, to) => {
    to.constants.push({ address: out.address, value })
  },
}

export const full: Lowering<ParamsOf<'full'>> = {
  emit: ({ params: { value }, outputs: [out] }, to) => fill(out, bitsOf(value, out.dtype), to),
}

export const iota: Lowering<ParamsOf<'iota'>> = {
  emit: ({ params: { length, dtype }, outputs: [out] }, { words }) => {
    if (length > 0) words.push(IOTA, 5, out.address, length, dtype === 'f32' ? 1 : 0)
  },
}
