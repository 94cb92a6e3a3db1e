import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

const folder = fileURLToPath(new URL('..', import.meta.url))
const about = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>> | undefined>
>

describe('what installing the package brings', () => {
  it('is nothing else but fp-ts, and builds nothing', () => {
    expect(Object.keys(about['dependencies'] ?? {})).toEqual([])
    expect(Object.keys(about['optionalDependencies'] ?? {})).toEqual([])
    expect(Object.keys(about['peerDependencies'] ?? {})).toEqual(['fp-ts'])
    const scripts = Object.keys(about['scripts'] ?? {})
    expect(scripts.filter(name => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([])
  })

  it('takes less than 3 MB on disk, in blocks of 4 kB', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [{ files }] = JSON.parse(packed) as readonly [Packed]
    const names = files.map(({ path }) => path)
    expect(names).toEqual(
      expect.arrayContaining([
        'vendor/gpu.browser.generated.js',
        'vendor/gpu.node.generated.js',
        'vendor/gpu.js.LICENSE',
      ]),
    )
    expect(names.filter(name => /\.(node|so|dll|dylib|gyp)$/.test(name))).toEqual([])
    const blocks = files.reduce((sum, { size }) => sum + Math.ceil(size / 4096) * 4096, 0)
    expect(blocks).toBeLessThan(3e6)
  })
})
