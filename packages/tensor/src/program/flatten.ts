import { type AnyTensor, Tensor, keyOf, type Body, type Node, type Spec } from '../graph/tensor.js'
import { primitives, type PrimitiveName } from '../primitives/table.js'
import type { Instruction, Program } from './program.js'
import { mergeScans } from './merge-scans.js'

/** A function of placeholders, traced: what a program is made from. */
export interface Traced {
  readonly state: readonly AnyTensor[]
  readonly inputs: readonly AnyTensor[]
  readonly nextState: readonly AnyTensor[]
  readonly outputs: readonly AnyTensor[]
}

/** Rows that only pass their first input on. */
const passesOn: ReadonlySet<string> = new Set(['stopGradient', 'customGradient'])

/** Nodes above the roots, inputs before users; without recursion, for chains of any length. */
const inOrder = (
  roots: readonly AnyTensor[],
  leaves: ReadonlyMap<number, number>,
  resolve: (t: AnyTensor) => AnyTensor,
): Node[] => {
  const done = new Set<number>()
  const order: Node[] = []
  const pending: (readonly [node: Node, expanded: boolean])[] = []
  const want = (tensor: AnyTensor): void => {
    const value = resolve(tensor)
    if (!leaves.has(keyOf(value)) && !done.has(value.node.id)) pending.push([value.node, false])
  }
  for (const root of roots) {
    want(root)
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [node, expanded] = next
      if (done.has(node.id)) continue
      if (expanded) {
        done.add(node.id)
        order.push(node)
      } else {
        pending.push([node, true])
        for (let i = node.inputs.length - 1; i >= 0; i--) want(node.inputs[i])
      }
    }
  }
  return order
}

/** The body of a scan as a program of its own. */
const flattenBody = ({ parameters, results }: Body): Program =>
  flatten({ state: [], inputs: parameters, nextState: [], outputs: results })

/**
 * Numbers the values of a traced function and lists its instructions, inputs before users. Linear in nodes.
 * @throws Error when a placeholder of some other function is used.
 */
export const flatten = ({ state, inputs, nextState, outputs }: Traced): Program => {
  const values: Spec[] = []
  const numbers = new Map<number, number>()
  const number = (tensor: AnyTensor): number => {
    const { shape, dtype } = tensor
    values.push({ shape, dtype })
    // The same tensor may stand for two parameters; the first one's number serves both.
    if (!numbers.has(keyOf(tensor))) numbers.set(keyOf(tensor), values.length - 1)
    return values.length - 1
  }
  for (const parameter of [...state, ...inputs]) number(parameter)

  const roots = [...nextState, ...outputs]
  const merged = mergeScans(roots, numbers)
  const resolve = (tensor: AnyTensor): AnyTensor => {
    let value = tensor
    // A parameter stands for itself, whatever made it: a scan's body captures tensors of the enclosing graph.
    while (!numbers.has(keyOf(value)) && passesOn.has(value.node.primitive.name)) value = value.node.inputs[0]
    return merged.get(keyOf(value)) ?? value
  }
  const read = (tensor: AnyTensor): number => numbers.get(keyOf(resolve(tensor))) as number

  const instructions: Instruction[] = []
  for (const node of inOrder(roots, numbers, resolve)) {
    const name = node.primitive.name as PrimitiveName
    if (name === 'placeholder') {
      throw new Error(
        `trace: the placeholder ${JSON.stringify((node.params as { name: string }).name)} belongs to another function; a value made while tracing must not leave it`,
      )
    }
    if (primitives[name] !== (node.primitive as unknown))
      throw new Error(`trace: ${name} is not a row of the table of primitives`)
    const reads = node.inputs.map(read)
    const writes = node.outputs.map((_, output) => number(new Tensor(node, output)))
    instructions.push({
      name,
      params: node.params,
      inputs: reads,
      outputs: writes,
      ...(node.body === undefined ? {} : { body: flattenBody(node.body) }),
    })
  }
  return {
    values,
    state: state.length,
    inputs: inputs.length,
    instructions,
    nextState: nextState.map(read),
    outputs: outputs.map(read),
  }
}
