import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Works } from './page/main.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds the page for production, in a process of its own. */
const build = async (folder: string): Promise<void> => {
  const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url))
  const child = spawn(process.execPath, [vite, 'build', '--outDir', folder, '--emptyOutDir'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => log.push(String(chunk)))
  const [code] = (await once(child, 'close')) as readonly unknown[]
  if (code !== 0) throw new Error(`the page did not build:\n${log.join('')}`)
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
}

/** Serves the built page on loopback, isolated from other origins as shared memory asks for. */
const serve = async (folder: string) => {
  const server = createServer((request, response) => {
    const asked = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const path = asked === '/' ? '/index.html' : asked
    readFile(join(folder, path)).then(
      content => {
        response.writeHead(200, {
          'content-type': types[extname(path)] ?? 'application/octet-stream',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
        })
        response.end(content)
      },
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--enable-precise-memory-info',
  '--js-flags=--expose-gc',
]

/** A page in Debian's Chromium that runs the works of `page/main.ts`. */
export interface Browser {
  readonly run: <N extends keyof Works>(
    name: N,
    ...args: Parameters<Works[N]>
  ) => Promise<Awaited<ReturnType<Works[N]>>>
  readonly close: () => Promise<void>
}

export const openBrowser = async (): Promise<Browser> => {
  // Folders of its own: test files run side by side.
  const folder = await mkdtemp(join(tmpdir(), 'elbo-page-'))
  const profile = await mkdtemp(join(tmpdir(), 'elbo-chromium-'))
  await build(folder)
  const { server, address } = await serve(folder)
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: flags,
  })
  const close = async (): Promise<void> => {
    await context.close()
    server.closeAllConnections()
    server.close()
    for (const made of [folder, profile]) await rm(made, { recursive: true, force: true })
  }
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  try {
    await page.goto(address, { timeout: 30_000 })
    await page.waitForFunction(() => document.title === 'ready', undefined, { timeout: 30_000 })
  } catch (cause) {
    await close()
    throw new Error(`the page did not start: ${complaints.join('; ')}`, { cause })
  }
  return {
    run: (name, ...args) =>
      page.evaluate(
        ([work, given]) => {
          const { elbo } = globalThis as unknown as { elbo: Record<string, (...given: unknown[]) => unknown> }
          return elbo[work](...given)
        },
        [name, args] as const,
      ) as ReturnType<Browser['run']> as never,
    close,
  }
}
