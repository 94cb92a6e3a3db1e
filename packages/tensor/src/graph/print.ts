import { type AnyTensor, keyOf } from './tensor.js'

const about = (params: object): string => {
  const shown = Object.entries(params).filter(
    ([, value]) =>
      typeof value !== 'function' && !(typeof value === 'object' && value !== null && 'data' in value),
  )
  return shown.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(shown))}`
}

/** The graph behind tensors, for people: one line for each node, inputs first. */
export const print = (...roots: readonly AnyTensor[]): string => {
  const seen = new Map<number, AnyTensor>()
  const pending = [...roots]
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (seen.has(keyOf(tensor))) continue
    seen.set(keyOf(tensor), tensor)
    pending.push(...tensor.node.inputs)
  }
  const name = ({ node, output }: AnyTensor): string =>
    `%${node.id}${node.outputs.length > 1 ? `.${output}` : ''}`
  return [...seen.values()]
    .sort((a, b) => a.node.id - b.node.id || a.output - b.output)
    .map(tensor => {
      const { primitive, params, inputs } = tensor.node
      return `${name(tensor)} = ${primitive.name}(${inputs.map(name).join(', ')})${about(params)} : ${tensor.dtype}[${tensor.shape.join(', ')}]`
    })
    .join('\n')
}
