// Compiles the AssemblyScript kernels into src/backends/cpu/kernels.generated.ts, which holds the module deflated, as base64: base64 of the module itself
// hardly shrinks when a server compresses it.
// Does nothing when that file was made from the very same sources.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { deflateRawSync } from 'node:zlib'

const folder = resolve(import.meta.dirname, '../src/backends/cpu')
const target = join(folder, 'kernels.generated.ts')

/** Bytes at the bottom of memory that the module's own tables may take: RESERVED_BYTES of scratch.ts. */
const reserved = 4096

const options = [
  '-O3',
  '--noAssert',
  '--runtime=stub',
  '--use=abort=',
  '--enable=simd',
  '--enable=threads',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory=1',
  '--maximumMemory=65536',
  '--exportTable',
  // What the kernels export in vectors is imported by passes, not called from JavaScript.
  '--disableWarning=112',
]

const sourcesIn = at =>
  readdirSync(at, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory()
      ? sourcesIn(join(at, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(at, entry.name)]
        : [],
  )

const { version } = createRequire(import.meta.url)('assemblyscript/package.json')

const fingerprint = () => {
  const hash = createHash('sha256').update(JSON.stringify([version, options, 'deflated']))
  const sources = [
    join(folder, 'opcodes.ts'),
    join(folder, 'scratch.ts'),
    ...sourcesIn(join(folder, 'assembly')),
  ]
  for (const path of sources.sort())
    hash.update(relative(folder, path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

const compile = async () => {
  const { default: asc } = await import('assemblyscript/asc')
  const outputs = new Map()
  const messages = { written: '', write: text => void (messages.written += text) }
  const { error } = await asc.main(['assembly/index.ts', '--outFile=kernels.wasm', ...options], {
    stdout: messages,
    stderr: messages,
    // What TypeScript shares with the kernels imports './name.js', as TypeScript wants it.
    readFile: name => {
      const path = join(folder, name.replace(/\.js\.ts$/, '.ts'))
      return existsSync(path) ? readFileSync(path, 'utf8') : null
    },
    writeFile: (name, contents) => outputs.set(name, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`asc: ${error.message}\n${messages.written}`)
  return outputs.get('kernels.wasm')
}

/** The end of the module's active data segments, in bytes of memory. */
const dataEnd = async bytes => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
  await WebAssembly.instantiate(bytes, { env: { memory } })
  return new Uint8Array(memory.buffer).findLastIndex(byte => byte !== 0) + 1
}

const hash = fingerprint()
const comment = `// Made by scripts/build-kernels.mjs from sources with the hash ${hash}.`
if (existsSync(target) && readFileSync(target, 'utf8').startsWith(comment)) {
  console.log('kernels: up to date')
} else {
  const bytes = await compile()
  const end = await dataEnd(bytes)
  if (end > reserved)
    throw new Error(
      `kernels: the module's tables end at byte ${end}, more than the ${reserved} reserved for them`,
    )
  const deflated = deflateRawSync(bytes, { level: 9 })
  writeFileSync(target, `${comment}\nexport const kernels: string =\n  '${deflated.toString('base64')}'\n`)
  console.log(`kernels: ${bytes.length} bytes, ${deflated.length} deflated; tables up to byte ${end}`)
}
