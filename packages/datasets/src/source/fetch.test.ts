import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import type { DatasetError } from '../errors.js'
import { fashionMnistFrom } from '../fashion-mnist.js'
import * as browser from './browser.js'
import { fetchBytes } from './fetch.js'

const refuse =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status).end()

const routes: Readonly<Record<string, RequestListener>> = {
  '/bytes': (_, response) => response.end(Uint8Array.of(1, 2, 3)),
  '/forbidden': refuse(403),
  '/broken': refuse(500),
  '/endless': (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(new Uint8Array(16_384)));
    }
    response.on('drain', more)
    more()
  },
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write(new Uint8Array(10), () => response.destroy())
  },
  '/app/train-images-idx3-ubyte.gz': (_, response) => response.end('<!doctype html>'),
}

let server: Server
let address: string
beforeAll(async () => {
  server = createServer((request, response) => (routes[request.url ?? ''] ?? refuse(404))(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const fetched = (path: string, limit = 1_000): Promise<E.Either<DatasetError, Uint8Array>> =>
  fetchBytes(new URL(path, address), limit)()

describe('fetchBytes', () => {
  it('gives the bytes of an address and of a data: URL', async () => {
    expect(await fetched('/bytes')).toEqual(E.right(Uint8Array.of(1, 2, 3)))
    expect(await fetched('data:application/gzip;base64,AQID')).toEqual(E.right(Uint8Array.of(1, 2, 3)))
  })

  it.each([
    ['/nowhere', 'MissingFile'],
    ['/forbidden', 'AccessDenied'],
    ['/broken', 'ReadFailed'],
    ['/cut', 'ReadFailed'],
    ['/endless', 'SizeOverflow'],
  ])('of %s gives a %s', async (path, tag) => {
    const result = await fetched(path)
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: tag, file: address + path })
  })

  it('says what the server answered', async () => {
    const result = await fetched('/broken')
    expect(E.isLeft(result) && result.left.message).toContain('the server answered 500 Internal Server Error')
  })

  it('says why no connection came about', async () => {
    const closed = createServer()
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise(resolve => closed.close(resolve))
    const result = await fetchBytes(new URL(`http://127.0.0.1:${port}/`), 10)()
    expect(E.isLeft(result) && result.left.message).toContain(
      `reading failed: fetch failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    )
  })
})

describe('loading over http', () => {
  it('names both addresses of a missing file', async () => {
    const result = await fashionMnistFrom(`${address}/data`)()
    expect(E.isLeft(result) && result.left).toMatchObject({
      _tag: 'MissingFile',
      tried: [`${address}/data/train-images-idx3-ubyte.gz`, `${address}/data/train-images-idx3-ubyte`],
    })
  })

  it('sees through a server that answers everything with its start page', async () => {
    const result = await fashionMnistFrom(new URL('/app', address))()
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'WrongMagic' })
    expect(E.isLeft(result) && result.left.message).toContain('page of HTML')
  })
})

describe('the source that browsers use', () => {
  beforeAll(() => {
    Object.assign(globalThis, { location: { href: 'https://example.org/lab/index.html' } })
  })
  afterAll(() => {
    Reflect.deleteProperty(globalThis, 'location')
  })

  it('resolves a folder against the page', () => {
    expect(browser.folderUrl('data')).toEqual(E.right(new URL('https://example.org/lab/data/')))
    expect(browser.folderUrl('/data/')).toEqual(E.right(new URL('https://example.org/data/')))
    expect(E.isLeft(browser.folderUrl('http://['))).toBe(true)
  })

  it('reads by fetch', async () => {
    expect(await browser.readBytes(new URL('/bytes', address), 10)()).toEqual(E.right(Uint8Array.of(1, 2, 3)))
  })

  it('imports nothing of Node', async () => {
    for (const name of ['browser.ts', 'fetch.ts', '../fashion-mnist.ts', '../idx.ts', '../content.ts']) {
      expect(await readFile(new URL(name, import.meta.url), 'utf8')).not.toMatch(/from 'node:|import\('node:/)
    }
  })
})
