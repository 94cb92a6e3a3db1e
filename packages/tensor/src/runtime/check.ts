import { sizeOf } from '../shape/index.js'
import type { NDArray } from '../graph/ndarray.js'
import type { DType } from '../graph/dtype.js'
import type { Spec } from '../graph/tensor.js'
import type { BackendError } from './backend.js'

const spell = ({ shape, dtype }: Spec): string => `${dtype}[${shape.join(', ')}]`

/** Told by name, because a typed array may come from another realm (a frame, a test's sandbox). */
const kinds: Readonly<Record<DType, string>> = {
  f32: 'Float32Array',
  i32: 'Int32Array',
  u32: 'Uint32Array',
  bool: 'Uint8Array',
}

const kindOf = (data: unknown): string =>
  ArrayBuffer.isView(data) ? Object.prototype.toString.call(data).slice(8, -1) : typeof data

/** Are these the values that a program takes? The first that is not, as an error; `undefined` when all are. */
export const checkValues = (
  backend: string,
  what: 'input' | 'state',
  specs: readonly Spec[],
  values: readonly NDArray[],
): BackendError | undefined => {
  const wrong = (message: string): BackendError => ({ _tag: 'BadInput', backend, message })
  if (values.length !== specs.length)
    return wrong(`the program takes ${specs.length} ${what} values, not ${values.length}`)
  for (const [i, spec] of specs.entries()) {
    const value = values[i]
    if (spell(value) !== spell(spec))
      return wrong(`${what} ${i} is ${spell(value)}; the program takes ${spell(spec)}`)
    const kind = kindOf(value.data)
    if (kind !== kinds[spec.dtype])
      return wrong(
        kind === 'undefined'
          ? `${what} ${i} is a description without data; evaluate it first`
          : `${what} ${i} is ${spell(value)} and should hold a ${kinds[spec.dtype]}, not ${kind}`,
      )
    if (value.data.length !== sizeOf(spec.shape))
      return wrong(`${what} ${i} is ${spell(value)} but holds ${value.data.length} elements`)
  }
  return undefined
}
