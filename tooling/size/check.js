/**
 * Builds the page as an application would, out of what the packages publish, and fails where its JavaScript and WebAssembly, gzipped,
 * exceed budget.json. fp-ts counts.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/**
 * What the page is made of, by where its modules are: each becomes a file of its own, which an application does to have it cached for longer.
 * (Kernels are text without repetitions; amid code they would cost 1.5 kB more.) What none of these takes is the page and what Vite adds.
 */
const parts = [
  { name: 'kernels', test: /kernels\.generated/ },
  { name: 'fp-ts', test: /[\\/]fp-ts[\\/]/ },
  { name: 'elbo', test: /[\\/]tensor[\\/]dist[\\/]/ },
]

const { output } = await build({
  ...{ root: join(import.meta.dirname, 'page'), configFile: false, logLevel: 'error' },
  // fp-ts has its ECMAScript modules, which shake, in a folder of their own.
  resolve: { alias: [{ find: /^fp-ts\/lib\/(.*)$/, replacement: 'fp-ts/es6/$1' }] },
  build: {
    ...{ write: false, target: 'es2022', modulePreload: { polyfill: false } },
    rolldownOptions: { output: { codeSplitting: { groups: parts } } },
  },
})

const kB = bytes => `${(bytes / 1000).toFixed(1)} kB`
const sizes = new Map()
for (const { fileName, name, code, source } of output) {
  if (!/\.(js|mjs|wasm)$/.test(fileName)) continue
  const part = parts.some(part => part.name === name) ? name : 'the page itself'
  sizes.set(part, (sizes.get(part) ?? 0) + gzipSync(code ?? source, { level: 9 }).length)
}
for (const [part, bytes] of sizes) console.log(`  ${part}: ${kB(bytes)}`)

const { gzippedBytes: budget } = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'))
const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
// A build that has lost a part measures nothing.
const isWhole = parts.every(({ name }) => sizes.get(name) > 0)
const within = isWhole && total <= budget
console.log(`${within ? '✓' : '✗'} the page: ${kB(total)} of ${kB(budget)}, gzipped`)
if (!within) {
  console.log(
    isWhole
      ? 'Make it smaller, or raise the budget in tooling/size/budget.json and say why.'
      : 'The build has lost a part of the page: see the list in tooling/size/check.js.',
  )
  process.exitCode = 1
}
