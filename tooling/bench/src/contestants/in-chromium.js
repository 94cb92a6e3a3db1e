import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from 'vite'

const page = join(import.meta.dirname, '../../page')
const types = { '.html': 'text/html', '.js': 'text/javascript' }
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
  '--enable-unsafe-webgpu',
]

const serve = async folder => {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : request.url
    try {
      const content = readFileSync(join(folder, path))
      response
        .writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
        .end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return `http://127.0.0.1:${server.address().port}/`
}

const packed = ({ shape, data }) => ({
  shape,
  packed: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
})

/** A contestant in a page of Debian's Chromium. Each step is asked for by a message, which takes about a millisecond, whoever runs. */
export const inChromium =
  name =>
  async ({ arrays, ...task }) => {
    const folder = mkdtempSync(join(tmpdir(), 'elbo-bench-page-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    await build({ configFile: join(page, 'vite.config.js'), build: { outDir: folder, emptyOutDir: true } })
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: flags,
    })
    const tab = await browser.newPage()
    await tab.goto(await serve(folder))
    await tab.waitForFunction(() => globalThis.document.title === 'ready')
    const given = Object.fromEntries(Object.entries(arrays).map(([key, value]) => [key, packed(value)]))
    const { hasResult, cannot, note } = await tab.evaluate(
      ([contestant, about]) => globalThis.contest.prepare(contestant, about),
      [name, { ...task, arrays: given }],
    )
    return {
      cannot,
      note,
      step: () => tab.evaluate(() => globalThis.contest.step()),
      ...(hasResult
        ? { result: async () => Float32Array.from(await tab.evaluate(() => globalThis.contest.result())) }
        : {}),
    }
  }
