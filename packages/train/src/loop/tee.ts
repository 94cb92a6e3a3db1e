import { isCount, required } from '../required.js'

type Result<A> = IteratorResult<A, undefined>

interface Consumer<A> {
  /** Answers what the consumer waits for; absent while it is busy. */
  answer?: (result: Promise<Result<A>>) => void
}

/**
 * One sequence for several consumers at once: `const [forBar, forFile] = tee(train(plan), 2)`. Each gets every event in order. The source is
 * asked for the next one when all consumers are, so that the slowest sets the pace, as it would alone, and nothing piles up: iterate over all
 * of them concurrently (`Promise.all`), each once. Who leaves is waited for no longer; when all have left, the source is let go. What the source
 * throws is thrown to all.
 * @throws RangeError unless `count` is a whole number from 1.
 */
export const tee = <A>(
  source: AsyncIterable<A, undefined>,
  count: number,
): readonly AsyncIterableIterator<A, undefined>[] => {
  required('tee', 'count', count, isCount(count))
  const present = new Set<Consumer<A>>()
  let iterator: AsyncIterator<A, undefined> | undefined

  const goOn = (): void => {
    const answers = [...present].map(({ answer }) => answer).filter(answer => answer !== undefined)
    if (answers.length < present.size) return
    iterator ??= source[Symbol.asyncIterator]()
    const next = iterator.next()
    for (const consumer of present) delete consumer.answer
    for (const answer of answers) answer(next)
  }

  const leave = async (consumer: Consumer<A>): Promise<Result<A>> => {
    const end = { done: true, value: undefined } as const
    if (!present.delete(consumer)) return end
    if (present.size > 0) goOn()
    else await iterator?.return?.()
    return end
  }

  return Array.from({ length: count }, () => {
    const consumer: Consumer<A> = {}
    present.add(consumer)
    const branch: AsyncIterableIterator<A, undefined> = {
      [Symbol.asyncIterator]: () => branch,
      next: () =>
        present.has(consumer)
          ? new Promise(resolve => {
              consumer.answer = resolve
              goOn()
            })
          : leave(consumer),
      return: () => leave(consumer),
    }
    return branch
  })
}
