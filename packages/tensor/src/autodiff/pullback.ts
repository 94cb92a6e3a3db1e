import { nonDifferentiable, zeroGradient, type Cotangent, type Pullback } from '../graph/primitive.js'
import { type AnyTensor, keyAt, keyOf, type Node } from '../graph/tensor.js'
import { add } from '../primitives/arithmetic.js'

/** Asking for a derivative that does not exist. */
export class GradientError extends Error {
  override readonly name = 'GradientError'
}

/** The nodes between `results` and `leaves` through which a leaf is reached, rising by id: every node after its inputs. */
const between = (results: readonly AnyTensor[], leaves: ReadonlySet<number>): Node[] => {
  const seen = new Set<number>()
  const nodes: Node[] = []
  const pending = results.filter(result => !leaves.has(keyOf(result)))
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (seen.has(tensor.node.id)) continue
    seen.add(tensor.node.id)
    nodes.push(tensor.node)
    for (const input of tensor.node.inputs) if (!leaves.has(keyOf(input))) pending.push(input)
  }
  nodes.sort((a, b) => a.id - b.id)
  const reaches = new Set<number>()
  for (const { id, inputs } of nodes) {
    if (inputs.some(input => leaves.has(keyOf(input)) || reaches.has(input.node.id))) reaches.add(id)
  }
  return nodes.filter(({ id }) => reaches.has(id))
}

/**
 * Reverse mode as a rewrite of the graph: walks from the results to the leaves, asks each primitive for its rule, and adds up what
 * arrives at one value by several paths.
 * @throws GradientError where a primitive on the way has no derivative.
 */
export const pullback: Pullback = (results, cotangents, leaves) => {
  const leafKeys = new Set(leaves.map(keyOf))
  const arrived = new Map<number, AnyTensor>()
  const arrive = (tensor: AnyTensor, cotangent: Cotangent): void => {
    if (cotangent === undefined || tensor.dtype !== 'f32') return
    const key = keyOf(tensor)
    const before = arrived.get(key)
    arrived.set(key, before === undefined ? cotangent : add(before, cotangent))
  }
  results.forEach((result, i) => arrive(result, cotangents[i]))

  for (const node of between(results, leafKeys).reverse()) {
    const incoming = node.outputs.map((_, output) => {
      const key = keyAt(node, output)
      return leafKeys.has(key) ? undefined : arrived.get(key)
    })
    if (incoming.every(cotangent => cotangent === undefined)) continue
    const { gradient, name } = node.primitive
    if (gradient === zeroGradient) continue
    if (gradient === nonDifferentiable)
      throw new GradientError(`grad: ${name} has no derivative; stopGradient says that none is wanted`)
    gradient(incoming, node, pullback).forEach((cotangent, i) => arrive(node.inputs[i], cotangent))
  }
  return leaves.map(leaf => arrived.get(keyOf(leaf)))
}
