import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const rules = fileURLToPath(new URL('rules.js', import.meta.url))
const depcruise = fileURLToPath(
  new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url),
)

type Files = Readonly<Record<string, string>>

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

const sources = (name: string): Files => ({
  [`packages/${name}/package.json`]: JSON.stringify({
    name: `@elbo/${name}`,
    type: 'module',
    exports: { '.': { '@elbo/source': './src/index.ts' } },
    dependencies: { '@elbo/tensor': 'workspace:^', '@elbo/nn': 'workspace:^', '@elbo/vae': 'workspace:^' },
  }),
  [`packages/${name}/src/index.ts`]: `export const name = '${name}'`,
})

/** A small workspace in which every import is in order. */
const orderly: Files = {
  'package.json': JSON.stringify({ name: 'workspace', type: 'module', private: true }),
  ...sources('tensor'),
  ...sources('nn'),
  ...sources('vae'),
  'packages/tensor/src/index.ts': `
    export * from './ops/add.js'
    export * from './runtime/evaluate.js'
    export * from './backends/cpu/index.js'`,
  'packages/tensor/src/shape/shape.ts': `export type Shape = readonly number[]`,
  'packages/tensor/src/ops/add.ts': `
    import type { Shape } from '../shape/shape.js'
    export const add = (a: Shape) => a`,
  'packages/tensor/src/backends/cpu/index.ts': `
    import type { Session } from '../../runtime/session.js'
    export const cpu = (session: Session) => session`,
  'packages/tensor/src/runtime/session.ts': `export interface Session { readonly steps: number }`,
  'packages/tensor/src/runtime/evaluate.ts': `export const evaluate = () => import('../backends/cpu/index.js')`,
  'packages/nn/src/index.ts': `export { add } from '@elbo/tensor'`,
  'packages/vae/src/index.ts': `
    import { add } from '@elbo/nn'
    export const twice = [add, add]`,
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elbo-dependencies-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

/** What the checker says about a workspace of these files: `rule: from → to`, sorted. */
const violations = (files: Files): readonly string[] => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  mkdirSync(join(root, 'node_modules/@elbo'), { recursive: true })
  for (const name of ['tensor', 'nn', 'vae']) {
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@elbo', name))
  }
  const run = spawnSync(process.execPath, [depcruise, '--config', rules, '-T', 'json', 'packages'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${run.stderr}`)
  const report = JSON.parse(run.stdout) as Report
  return report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
}

describe('the rules of dependency', () => {
  it('let an orderly workspace pass', () => {
    expect(violations(orderly)).toEqual([])
  })

  it('name every import that is out of order', () => {
    const disorderly: Files = {
      ...orderly,
      ...sources('upstart'),
      'packages/upstart/src/index.ts': `export { add } from '@elbo/tensor'`,
      'packages/tensor/src/shape/backwards.ts': `import { add } from '../ops/add.js'\nexport const backwards = add`,
      'packages/tensor/src/ops/eager.ts': `import type { Session } from '../runtime/session.js'\nexport type Eager = Session`,
      'packages/tensor/src/runtime/heavy.ts': `export { cpu } from '../backends/cpu/index.js'`,
      'packages/tensor/src/misplaced/file.ts': `export type { Shape } from '../shape/shape.js'`,
      'packages/tensor/src/graph/a.ts': `import { b } from './b.js'\nexport const a = (): unknown => b`,
      'packages/tensor/src/graph/b.ts': `import { a } from './a.js'\nexport const b = (): unknown => a`,
      'packages/tensor/src/tree/undeclared.ts': `export * from 'no-such-package'`,
      'packages/nn/src/upwards.ts': `export { twice } from '@elbo/vae'`,
      'packages/nn/src/internals.ts': `export { add } from '../../tensor/src/ops/add.js'`,
      'packages/nn/src/deep.ts': `export { add } from '@elbo/tensor/src/ops/add.js'`,
      'packages/vae/src/backend.ts': `export { cpu } from '../../tensor/src/backends/cpu/index.js'`,
    }
    const tensor = 'packages/tensor/src'
    expect(violations(disorderly)).toEqual(
      [
        `unlisted: packages/upstart/src/index.ts → ${tensor}/index.ts`,
        `unlisted: ${tensor}/misplaced/file.ts → ${tensor}/shape/shape.ts`,
        `tensor-folder-direction: ${tensor}/shape/backwards.ts → ${tensor}/ops/add.ts`,
        `tensor-folder-direction: ${tensor}/ops/eager.ts → ${tensor}/runtime/session.ts`,
        `default-backend-is-lazy: ${tensor}/runtime/heavy.ts → ${tensor}/backends/cpu/index.ts`,
        `no-cycle: ${tensor}/graph/a.ts → ${tensor}/graph/b.ts`,
        `not-exported: ${tensor}/tree/undeclared.ts → no-such-package`,
        `not-exported: packages/nn/src/deep.ts → @elbo/tensor/src/ops/add.js`,
        `package-direction: packages/nn/src/upwards.ts → packages/vae/src/index.ts`,
        `by-package-name: packages/nn/src/internals.ts → ${tensor}/ops/add.ts`,
        `by-package-name: packages/vae/src/backend.ts → ${tensor}/backends/cpu/index.ts`,
        `model-without-backend: packages/vae/src/backend.ts → ${tensor}/backends/cpu/index.ts`,
      ].sort(),
    )
  })
})
