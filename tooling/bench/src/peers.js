import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Where the peers are installed, by a lockfile of their own: outside the workspace, which does not weigh what they do. */
export const peersFolder = join(import.meta.dirname, '../peers')

/** A peer's module, once fetched. */
export const peer = name => createRequire(join(peersFolder, 'package.json'))(name)

/** Fetches the peers on first use. */
export const fetchPeers = say => {
  if (existsSync(join(peersFolder, 'node_modules/@tensorflow/tfjs-backend-webgpu/package.json'))) return
  say('Fetching the peers (tfjs, jax-js: some 200 MB) into tooling/bench/peers/node_modules …')
  // Their install scripts only fetch what is not used here.
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...{ cwd: peersFolder, encoding: 'utf8', shell: process.platform === 'win32' },
  })
  if (status !== 0) throw new Error(`the peers could not be fetched (npm ci in ${peersFolder}):\n${stderr}`)
}

/** A python3 that has torch; `undefined` when there is none. */
export const findPython = () =>
  ['python3', '/usr/bin/python3'].find(
    python => spawnSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' }).status === 0,
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
