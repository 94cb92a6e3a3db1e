import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
/** A program of Node's that the root package.json depends on. */
export const tool = path => join(root, 'node_modules', path)

/**
 * Runs a program of Node's in the root of the workspace. Its output is held back, so that only a failure has to show
 * it, unless `output` is 'inherit'.
 */
export const run = (args, { output = 'pipe' } = {}) =>
  new Promise((settle, fail) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', output, output],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    })
    const chunks = []
    child.stdout?.on('data', chunk => chunks.push(chunk))
    child.stderr?.on('data', chunk => chunks.push(chunk))
    child.on('error', fail)
    child.on('close', code => settle({ ok: code === 0, log: Buffer.concat(chunks).toString() }))
  })

/** The arguments that make Node build every package, or those that the filter names, through turbo's cache. */
export const build = (...options) => [
  tool('turbo/bin/turbo'),
  'run',
  'build',
  '--output-logs=errors-only',
  '--log-order=grouped',
  ...options,
]
