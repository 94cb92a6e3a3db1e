import { type AnyTensor, applyAll, keyAt, keyOf, type Body, type Node } from '../graph/tensor.js'
import { scanPrimitive, type ScanParams } from '../primitives/scan.js'

type ScanNode = Node<ScanParams>

const scansAbove = (roots: readonly AnyTensor[], leaves: ReadonlyMap<number, number>): ScanNode[] => {
  const seen = new Set<number>()
  const found: ScanNode[] = []
  const pending = roots.filter(root => !leaves.has(keyOf(root)))
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const { node } = tensor
    if (seen.has(node.id)) continue
    seen.add(node.id)
    if (node.primitive.name === 'scan') found.push(node as unknown as ScanNode)
    for (const input of node.inputs) if (!leaves.has(keyOf(input))) pending.push(input)
  }
  return found.sort((a, b) => a.id - b.id)
}

/** Two loops are one when they step the same body parameters from the same values. */
const identity = ({ params: { captured, carry, length, reverse }, inputs, body }: ScanNode): string => {
  const { parameters, results } = body as Body
  const parts = [parameters.slice(captured), inputs.slice(captured), results.slice(0, carry)]
  return [length, reverse, ...parts.map(tensors => tensors.map(keyOf).join(' '))].join('|')
}

const distinct = (tensors: readonly AnyTensor[]): AnyTensor[] => [
  ...new Map(tensors.map(tensor => [keyOf(tensor), tensor])).values(),
]

const unite = (group: readonly ScanNode[]): ReadonlyMap<number, AnyTensor> => {
  const [first] = group as readonly [ScanNode]
  const { captured, carry } = first.params
  const bodies = group.map(({ body }) => body as Body)
  const capturedAll = distinct(group.flatMap(({ params, inputs }) => inputs.slice(0, params.captured)))
  const stacked = distinct(bodies.flatMap(({ results }) => results.slice(carry)))
  const outputs = applyAll(
    scanPrimitive,
    [...capturedAll, ...first.inputs.slice(captured)],
    { ...first.params, captured: capturedAll.length },
    {
      parameters: [...capturedAll, ...bodies[0].parameters.slice(captured)],
      results: [...bodies[0].results.slice(0, carry), ...stacked],
    },
  )
  const places = new Map(stacked.map((tensor, i) => [keyOf(tensor), outputs[carry + i]]))
  const replaced = new Map<number, AnyTensor>()
  group.forEach((node, member) => {
    bodies[member].results.forEach((result, output) => {
      replaced.set(
        keyAt(node, output),
        (output < carry ? outputs[output] : places.get(keyOf(result))) as AnyTensor,
      )
    })
  })
  return replaced
}

/**
 * The gradient of a scan runs its loop again with further outputs. Where both are wanted, this makes them one: a map from each old
 * output to the merged loop's. What the loops capture is older than the first of them, so no cycle can arise.
 */
export const mergeScans = (
  roots: readonly AnyTensor[],
  leaves: ReadonlyMap<number, number>,
): ReadonlyMap<number, AnyTensor> => {
  const groups = new Map<string, ScanNode[]>()
  for (const node of scansAbove(roots, leaves)) {
    const key = identity(node)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  const replaced = new Map<number, AnyTensor>()
  for (const group of groups.values()) {
    if (group.length > 1) for (const [key, tensor] of unite(group)) replaced.set(key, tensor)
  }
  return replaced
}
