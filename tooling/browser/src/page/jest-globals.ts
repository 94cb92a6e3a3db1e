import { JestChaiExpect } from '@vitest/expect'
import * as chai from 'chai'

/** The part of Jest that the conformance suite uses, for a page: tests are listed, and run when asked. */

chai.use(JestChaiExpect)
export const expect = chai.expect

interface Registered {
  readonly name: string
  readonly run: () => unknown
}

export interface Verdict {
  readonly name: string
  /** What went wrong. */
  readonly message?: string
}

let registered: Registered[] = []
let within: readonly string[] = []

export const describe = (name: string, body: () => void): void => {
  const outer = within
  within = [...outer, name]
  body()
  within = outer
}

export const beforeAll = (run: () => unknown): void => {
  registered.push({ name: [...within, '(before all)'].join(' › '), run })
}

export const it = (name: string, run: () => unknown): void => {
  registered.push({ name: [...within, name].join(' › '), run })
}

/** `%s` stands for the first argument, `$about` for the row's own. */
it.each =
  (rows: readonly unknown[]) =>
  (format: string, run: (...row: readonly unknown[]) => unknown): void =>
    rows.forEach(row => {
      const list: readonly unknown[] = Array.isArray(row) ? row : [row]
      const about = (row as { readonly about?: string }).about ?? ''
      it(format.replace('%s', String(list[0])).replace('$about', about), () => run(...list))
    })

/** Registers tests, and runs them one after the other. */
export const runTests = async (register: () => void): Promise<readonly Verdict[]> => {
  registered = []
  register()
  const verdicts: Verdict[] = []
  for (const { name, run } of registered) {
    try {
      await run()
      verdicts.push({ name })
    } catch (error) {
      const { message, actual } = error as { readonly message?: string; readonly actual?: unknown }
      verdicts.push({
        name,
        message: [message ?? String(error), ...(actual === undefined ? [] : [JSON.stringify(actual)])].join(
          '\n',
        ),
      })
    }
  }
  return verdicts
}
