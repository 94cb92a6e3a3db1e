import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { ShapeError } from './shape.js'

/** What the type tests may cost: a tenth more than they do (`getInstantiationCount` is the same on every machine). */
const budget = { inferred: 55_000, misfits: 28_000 }

const folder = join(import.meta.dirname, '../../type-tests')
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
const checker = program.getTypeChecker()

const sourceOf = (name: string): ts.SourceFile => {
  const source = program.getSourceFile(join(folder, name))
  if (source === undefined) throw new Error(`${name} is not in the program`)
  return source
}

/** The errors of a file, and the type instantiations that finding them took. */
const check = (source: ts.SourceFile) => {
  const before = program.getInstantiationCount()
  const errors = program.getSemanticDiagnostics(source).map(({ messageText, start = -1 }) => ({
    text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    start,
  }))
  return { errors, instantiations: program.getInstantiationCount() - before }
}

interface Row {
  readonly text: string
  readonly call: ts.ArrowFunction
}

/** The `[text, () => …]` pairs of a table, in order. */
const rowsOf = (source: ts.SourceFile): readonly Row[] => {
  const rows: Row[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node) && node.elements.length === 2) {
      const [text, call] = node.elements
      if (text && call && ts.isStringLiteral(text) && ts.isArrowFunction(call)) {
        rows.push({ text: text.text, call })
        return
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return rows
}

// The name is not a literal, so that the compiler does not follow it: the misfits do not compile.
const load = async (name: string) =>
  (await import(pathToFileURL(join(folder, name)).href)) as Readonly<Record<string, unknown>>

const operations = check(sourceOf('operations.ts'))
const inferred = { source: sourceOf('inferred.ts'), ...check(sourceOf('inferred.ts')) }
const misfits = { source: sourceOf('misfits.ts'), ...check(sourceOf('misfits.ts')) }

describe('one sentence, twice', () => {
  const { source, errors } = misfits
  const rows = rowsOf(source)
  let calls: readonly (readonly [string, () => unknown])[] = []
  beforeAll(async () => {
    calls = (await load('misfits.ts'))['misfits'] as typeof calls
  })

  rows.forEach(({ text, call }, i) => {
    it(text, () => {
      const shown = errors.filter(({ start }) => start >= call.getStart(source) && start < call.end)
      expect(shown).toHaveLength(1)
      expect(shown[0].text).toContain(`ShapeMismatch<"${text}">`)
      expect(calls[i][0]).toBe(text)
      expect(calls[i][1]).toThrow(new ShapeError(text))
    })
  })

  const piped = rows.filter(({ call }) => call.body.getText(source).startsWith('pipe('))

  it.each(piped)('stands at the operation in the pipe: $text', ({ text, call }) => {
    const shown = errors.find(({ start }) => start >= call.getStart(source) && start < call.end)
    expect(source.text.slice(shown?.start)).toMatch(new RegExp(`^${text.split(':')[0]}\\(`))
  })

  it('shows nothing else', () => {
    expect(calls).toHaveLength(rows.length)
    expect(errors).toHaveLength(rows.length)
    expect(piped.length).toBeGreaterThan(0)
  })
})

describe('inferred shapes', () => {
  const { source, errors } = inferred
  const rows = rowsOf(source)
  let calls: readonly (readonly [string, () => { readonly shape: readonly number[] }])[] = []
  beforeAll(async () => {
    calls = (await load('inferred.ts'))['inferred'] as typeof calls
  })

  it('compiles', () => {
    expect([...errors, ...operations.errors]).toEqual([])
    expect(calls).toHaveLength(rows.length)
  })

  rows.forEach(({ text, call }, i) => {
    it(`${call.body.getText(source)}: ${text}`, () => {
      const shape = checker.getTypeAtLocation(call.body).getProperty('shape')
      expect(shape && checker.typeToString(checker.getTypeOfSymbol(shape))).toBe(text)
      const thrownOrGiven = calls[i][1]().shape
      if (!text.startsWith('[')) return
      const dimensions = text === '[]' ? [] : text.slice(1, -1).split(', ')
      expect(thrownOrGiven).toEqual(
        dimensions.map(dimension => (dimension === 'number' ? expect.any(Number) : Number(dimension))),
      )
    })
  })
})

describe('arithmetic on literal dimensions', () => {
  const meaning: Readonly<Record<string, (a: number, b: number) => number>> = {
    Add: (a, b) => a + b,
    Subtract: (a, b) => a - b,
    Multiply: (a, b) => a * b,
    Quotient: (a, b) => Math.floor(a / b),
  }
  const source = sourceOf('arithmetic.ts')
  const rows: ts.TypeNode[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTupleTypeNode(node)) rows.push(...node.elements)
    else ts.forEachChild(node, visit)
  }
  visit(source)

  it.each(rows.map(node => [node.getText(source), node] as const))('%s', (text, node) => {
    const [, name, a, b] = /^(\w+)<(\d+), (\d+)>$/.exec(text) ?? []
    const result = meaning[name](Number(a), Number(b))
    expect(checker.typeToString(checker.getTypeFromTypeNode(node))).toBe(
      result < 0 ? 'never' : String(result),
    )
  })
})

describe('the budget of type-checking', () => {
  it('holds', () => {
    expect(inferred.instantiations).toBeLessThan(budget.inferred)
    expect(misfits.instantiations).toBeLessThan(budget.misfits)
  })
})
