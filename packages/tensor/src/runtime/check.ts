import type { NDArray } from '../graph/ndarray.js'
import { sizeOf } from '../graph/indices.js'
import type { Spec } from '../graph/tensor.js'
import type { BackendError } from './backend.js'

const spell = ({ shape, dtype }: Spec): string => `${dtype}[${shape.join(', ')}]`

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
    const value = values[i] as NDArray
    if (spell(value) !== spell(spec))
      return wrong(`${what} ${i} is ${spell(value)}; the program takes ${spell(spec)}`)
    if (value.data.length !== sizeOf(spec.shape))
      return wrong(`${what} ${i} is ${spell(value)} but holds ${value.data.length} elements`)
  }
  return undefined
}
