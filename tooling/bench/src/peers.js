import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Where the peers are installed, by a lockfile of their own: outside the workspace, which does not weigh what they do. */
export const peersFolder = join(import.meta.dirname, '../peers')

/** A peer's module, once fetched. */
export const peer = name => createRequire(join(peersFolder, 'package.json'))(name)

const versionOf = file => JSON.parse(readFileSync(file, 'utf8')).version

/** Peers that package.json names and that are not installed, or not in that version. */
export const missingPeers = (folder = peersFolder) => {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.entries(dependencies)
    .filter(([name, version]) => {
      const file = join(folder, 'node_modules', name, 'package.json')
      return !existsSync(file) || versionOf(file) !== version
    })
    .map(([name, version]) => `${name} ${version}`)
}

/** Fetches the peers where any of them is missing. */
export const fetchPeers = say => {
  const missing = missingPeers()
  if (missing.length === 0) return
  say(
    `Fetching the peers (some 300 MB; ${missing.join(', ')} missing) into tooling/bench/peers/node_modules …`,
  )
  // Their install scripts only fetch and build what is not used here.
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...{ cwd: peersFolder, encoding: 'utf8', shell: process.platform === 'win32' },
  })
  if (status !== 0) throw new Error(`the peers could not be fetched (npm ci in ${peersFolder}):\n${stderr}`)
}

/** A python3 that has these modules; `undefined` when there is none. */
export const findPython = modules =>
  ['python3', '/usr/bin/python3'].find(
    python => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0,
  )

/**
 * Whether the OpenBLAS under PyTorch takes this processor for a far older one: version 0.3.21 knows nothing of those that came after it,
 * and falls back to kernels without AVX.
 */
export const isMistaken = (python, processor) =>
  processor.includes('avx512f') &&
  spawnSync(python, ['-c', 'import torch; torch.ones(2, 2) @ torch.ones(2, 2)'], {
    ...{ env: { ...process.env, OPENBLAS_VERBOSE: '2' }, encoding: 'utf8' },
  }).stderr.includes('Prescott')
