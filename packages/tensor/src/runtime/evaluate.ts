import { type AnyTensor, keyOf, Tensor, type Node } from '../graph/tensor.js'
import type { NDArray } from '../graph/ndarray.js'
import { optimise } from '../program/optimise.js'
import { flatten } from '../program/flatten.js'
import type { Program } from '../program/program.js'
import { structure } from '../program/structure.js'
import { leavesOf, withLeaves, type Arrays } from '../tree/tree.js'
import type { Backend, Session } from './backend.js'
import { run } from './run.js'

/** Sessions that are kept for programs of a structure that was seen before. */
const kept = 32

/** Host data above the roots: it becomes input, so that new data under an old structure compiles nothing. */
const dataOf = (roots: readonly AnyTensor[]): AnyTensor[] => {
  const found = new Map<number, AnyTensor>()
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

const valueOf = ({ node }: AnyTensor): NDArray =>
  (node as unknown as Node<{ readonly value: NDArray }>).params.value

/** A session, and how many evaluations want it: one that is let go is disposed when the last of them is done. */
interface Kept {
  readonly session: Promise<Session>
  uses: number
  dropped: boolean
}

/** Evaluates expressions on one backend, keeping what it compiled by structure. Evaluations may overlap. */
export const evaluator = (backend: Promise<Backend>) => {
  const sessions = new Map<string, Kept>()

  const disposeUnused = async ({ session, uses, dropped }: Kept): Promise<void> => {
    if (dropped && uses === 0) await session.then(({ dispose }) => run(dispose)).catch(() => undefined)
  }
  const drop = (key: string, entry: Kept): Promise<void> => {
    if (sessions.get(key) === entry) sessions.delete(key)
    entry.dropped = true
    return disposeUnused(entry)
  }

  const sessionFor = (key: string, program: Program): Kept => {
    const known = sessions.get(key)
    if (known !== undefined) {
      // Again the youngest.
      sessions.delete(key)
      sessions.set(key, known)
      return known
    }
    const entry: Kept = {
      session: backend.then(device => run(device.open(optimise(program), []))),
      uses: 0,
      dropped: false,
    }
    sessions.set(key, entry)
    const [oldest] = sessions
    if (sessions.size > kept && oldest !== undefined) void drop(...oldest)
    return entry
  }

  return async <T>(tree: T): Promise<Arrays<T>> => {
    const roots = leavesOf<AnyTensor>(tree).map(({ leaf }) => leaf)
    const data = dataOf(roots)
    const program = flatten({ state: [], inputs: data, nextState: [], outputs: roots })
    const key = structure(program)
    const entry = sessionFor(key, program)
    entry.uses++
    try {
      const values = await entry.session.then(session => run(session.step(data.map(valueOf))))
      return (tree instanceof Tensor ? values[0] : withLeaves(tree, values)) as Arrays<T>
    } catch (error) {
      // What could not be opened, or broke, is compiled anew next time.
      void drop(key, entry)
      throw error
    } finally {
      entry.uses--
      await disposeUnused(entry)
    }
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
