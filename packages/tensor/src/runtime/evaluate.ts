import { keyOf, Tensor, type Node } from '../graph/tensor.js'
import type { NDArray } from '../graph/ndarray.js'
import { optimise } from '../program/optimise.js'
import { flatten } from '../program/flatten.js'
import { structure } from '../program/structure.js'
import { leavesOf, withLeaves, type Arrays } from '../tree/tree.js'
import type { Backend, Session } from './backend.js'
import { run } from './run.js'

/** Sessions that are kept for programs of a structure that was seen before. */
const kept = 32

/** Host data above the roots: it becomes input, so that new data under an old structure compiles nothing. */
const dataOf = (roots: readonly Tensor[]): Tensor[] => {
  const found = new Map<string, Tensor>()
  const seen = new Set<number>()
  const pending = [...roots]
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const { node } = tensor
    if (node.primitive.name === 'constant') found.set(keyOf(tensor), tensor)
    if (seen.has(node.id)) continue
    seen.add(node.id)
    pending.push(...node.inputs)
  }
  return [...found.values()].sort((a, b) => a.node.id - b.node.id)
}

const valueOf = ({ node }: Tensor): NDArray =>
  (node as unknown as Node<{ readonly value: NDArray }>).params.value

/** Evaluates expressions on one backend, keeping what it compiled by structure. */
export const evaluator = (backend: Promise<Backend>) => {
  const sessions = new Map<string, Promise<Session>>()

  const sessionFor = async (roots: readonly Tensor[], data: readonly Tensor[]): Promise<Session> => {
    const program = flatten({ state: [], inputs: data, nextState: [], outputs: roots })
    const key = structure(program)
    const known = sessions.get(key)
    if (known !== undefined) {
      sessions.delete(key)
      sessions.set(key, known)
      return known
    }
    const opened = backend.then(device => run(device.open(optimise(program), [])))
    sessions.set(key, opened)
    opened.catch(() => sessions.delete(key))
    const [oldest] = sessions
    if (sessions.size > kept && oldest !== undefined) {
      sessions.delete(oldest[0])
      await oldest[1].then(session => run(session.dispose)).catch(() => undefined)
    }
    return opened
  }

  return async <T>(tree: T): Promise<Arrays<T>> => {
    const roots = leavesOf<Tensor>(tree).map(({ leaf }) => leaf)
    const data = dataOf(roots)
    const session = await sessionFor(roots, data)
    const values = await run(session.step(data.map(valueOf)))
    return (tree instanceof Tensor ? values[0] : withLeaves(tree, values)) as Arrays<T>
  }
}

let embedded: ReturnType<typeof evaluator> | undefined

/**
 * The value of an expression (or of a tree of them), computed on the embedded CPU backend: needs no set-up.
 * `toNested` makes nested arrays of a value. What was compiled is kept by structure, so that a loop of `evaluate` is not slow.
 */
export const evaluate = async <T>(tree: T): Promise<Arrays<T>> => {
  embedded ??= evaluator(import('../backends/cpu/cpu.js').then(({ cpu }) => run(cpu())))
  return embedded(tree)
}
