import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** What a `Left` becomes where a script does not want to look at it. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly left: unknown

  constructor(left: unknown) {
    const about = left as { readonly _tag?: unknown; readonly message?: unknown } | null
    super(typeof about?.message === 'string' ? `${String(about._tag)}: ${about.message}` : String(left), {
      cause: left,
    })
    this.left = left
  }
}

/** `await run(task)`: the value, or an exception with the `Left` in it. For scripts; programs match on the `Either`. */
export const run = async <E, A>(task: TaskEither<E, A>): Promise<A> => {
  const result = await task()
  if (result._tag === 'Left') throw new TaskError(result.left)
  return result.right
}
