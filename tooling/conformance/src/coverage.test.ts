import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Coverage writes counters into functions, and kernels that are functions break: ours are texts. */
describe('kernels under coverage', () => {
  it.each(['babel', 'v8'])(
    'run with the counters of %s',
    async provider => {
      const folder = mkdtempSync(join(tmpdir(), 'elbo-coverage-'))
      try {
        const child = spawn(
          process.execPath,
          [
            '--experimental-vm-modules',
            '--disable-warning=ExperimentalWarning',
            'node_modules/jest/bin/jest.js',
            'tooling/conformance/src/gpu-on-cpu.test.ts',
            '--testNamePattern=steps into no trap',
            '--coverage',
            `--coverageProvider=${provider}`,
            `--coverageDirectory=${folder}`,
            '--coverageReporters=json-summary',
          ],
          { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
        )
        const log: string[] = []
        for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => log.push(String(chunk)))
        const [code] = (await once(child, 'close')) as readonly unknown[]
        expect({ code, log: code === 0 ? '' : log.join('') }).toEqual({ code: 0, log: '' })
        expect(log.join('')).toMatch(/Tests: .*12 passed/)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    180_000,
  )
})
