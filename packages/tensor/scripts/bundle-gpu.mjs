// Bundles gpu.js into vendor/: one file for browsers and one for Node, each imported when a GPU backend is first opened.
// Bundled, because as a dependency it would install some 100 MB of bindings that it never loads (docs/decisions/0014-the-gpu-through-gpu-js.md).
// Does nothing when the files were made from the same version by the same script.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const target = resolve(import.meta.dirname, '../vendor')
const source = dirname(createRequire(import.meta.url).resolve('gpu.js/package.json'))
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
const fingerprint = createHash('sha256')
  .update(version)
  .update(readFileSync(import.meta.filename))
  .digest('hex')
const comment = `/* gpu.js ${version}, MIT licence (gpu.js.LICENSE). Made by scripts/bundle-gpu.mjs, ${fingerprint}. */`

const bundles = [
  { name: 'gpu.node.generated.js', input: 'src/index.js', platform: 'node', external: ['gl', 'webgpu'] },
  { name: 'gpu.browser.generated.js', input: 'dist/gpu-browser.js', platform: 'browser', external: [] },
]

const isCurrent = ({ name }) => {
  const path = join(target, name)
  return existsSync(path) && readFileSync(path, 'utf8').startsWith(comment)
}

const bundled = async ({ name, input, platform, external }) => {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({ input: join(source, input), platform, external, logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false })
  await bundle.close()
  const code = `${comment}\n${output[0].code}`
  writeFileSync(join(target, name), code)
  console.log(`${name}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} with gzip`)
}

if (bundles.every(isCurrent)) {
  console.log('gpu.js: up to date')
} else {
  mkdirSync(target, { recursive: true })
  for (const bundle of bundles) await bundled(bundle)
}
