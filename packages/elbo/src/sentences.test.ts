import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, it } from '@jest/globals'
import ts from 'typescript'
import { key, type Key } from '@elbo/tensor'
import { ProgramError } from './sentence.js'

/** What the type tests may cost: a tenth more than they do (`getInstantiationCount` is the same on every machine). */
const budget = 23_400

const folder = join(import.meta.dirname, '../type-tests')
const config = ts.getParsedCommandLineOfConfigFile(
  join(folder, 'tsconfig.json'),
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
    },
  },
)
if (config === undefined) throw new Error('type-tests/tsconfig.json cannot be read')
const program = ts.createProgram(config.fileNames, config.options)
const name = join(folder, 'misfits.ts')
const source = program.getSourceFile(name)
if (source === undefined) throw new Error('misfits.ts is not in the program')

const before = program.getInstantiationCount()
const errors = program.getSemanticDiagnostics(source).map(({ messageText, start = -1 }) => ({
  text: ts.flattenDiagnosticMessageText(messageText, '\n'),
  start,
}))
const instantiations = program.getInstantiationCount() - before

/** The `[sentence, () => …]` pairs of the table, in order. */
const rows: { readonly text: string; readonly call: ts.ArrowFunction }[] = []
const visit = (node: ts.Node): void => {
  if (ts.isArrayLiteralExpression(node) && node.elements.length === 2) {
    const [text, call] = node.elements
    if (ts.isStringLiteral(text) && ts.isArrowFunction(call)) {
      rows.push({ text: text.text, call })
      return
    }
  }
  ts.forEachChild(node, visit)
}
visit(source)

let calls: readonly (readonly [string, () => unknown])[] = []
// The name is not a literal, so that the compiler does not follow it: the misfits do not compile.
beforeAll(async () => {
  calls = ((await import(pathToFileURL(name).href)) as { readonly misfits: typeof calls }).misfits
})

rows.forEach(({ text, call }, i) => {
  it(text, () => {
    const shown = errors.filter(({ start }) => start >= call.getStart(source) && start < call.end)
    expect(shown).toHaveLength(1)
    expect(shown[0].text).toContain(`ShapeMismatch<"${text}">`)
    expect(calls[i][0]).toBe(text)
    expect(() => {
      const made = calls[i][1]()
      if (typeof made === 'function') (made as (k: Key) => unknown)(key(1))
    }).toThrow(new ProgramError(text))
  })
})

it('shows nothing else, within its budget', () => {
  expect(errors).toHaveLength(rows.length)
  expect(calls).toHaveLength(rows.length)
  expect(instantiations).toBeLessThan(budget)
})
