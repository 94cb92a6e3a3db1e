/** Checks the whole workspace against src/rules.js. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const path = relative => fileURLToPath(new URL(relative, import.meta.url))
const { status } = spawnSync(
  process.execPath,
  [
    path('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    path('src/rules.js'),
    'packages',
    'apps',
    'tooling',
  ],
  { cwd: path('../..'), stdio: 'inherit' },
)
process.exitCode = status ?? 1
