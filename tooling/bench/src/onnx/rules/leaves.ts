import { hostArray, type PrimitiveName } from '@elbo/tensor/internals'
import { plain, type Rule } from '../writing.js'

const constant: Rule<'constant'> = (_, { value }, writing) => {
  const name = writing.graph.constant(value.dtype, value.shape, value.data)
  writing.learn(name, value.data)
  return [{ name, shape: value.shape }]
}

/** One number, repeated by whoever reads it. */
const full: Rule<'full'> = (_, { dtype, value }, { graph }) => {
  const data = hostArray(dtype, 1)
  data[0] = value
  return [{ name: graph.constant(dtype, [], data), shape: [] }]
}

const iota: Rule<'iota'> = (_, { length, dtype }, writing, { outputs: [out] }) => {
  const data = hostArray(dtype, length)
  for (let i = 0; i < length; i++) data[i] = i
  const name = writing.graph.constant(dtype, [length], data)
  writing.learn(name, data)
  return plain(name, out)
}

export const leaves = { constant, full, iota } satisfies { readonly [N in PrimitiveName]?: Rule<N> }
