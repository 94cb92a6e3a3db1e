import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DatasetError } from './errors.js'
import { fashionMnist, fashionMnistClasses, fashionMnistFrom, type FashionMnist } from './fashion-mnist.js'
import type { LabelledImages } from './images.js'

const debianFolder = '/usr/share/datasets/fashion-mnist'
const embeddedFolder = new URL('../data/fashion-mnist/', import.meta.url)
const fileNames = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const

const loaded = async (task: TaskEither<DatasetError, FashionMnist>): Promise<FashionMnist> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const faultFrom = async (source: string | URL): Promise<DatasetError> => {
  const result = await fashionMnistFrom(source)()
  if (E.isRight(result)) throw new Error(`${String(source)} was loaded`)
  return result.left
}

const classCounts = ({ labels }: LabelledImages): number[] =>
  fashionMnistClasses.map((_, k) => labels.filter(label => label === k).length)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elbo-datasets-'))
})
afterAll(() => rm(folder, { recursive: true }))

const emptyFolder = async (name: string): Promise<string> => {
  const path = join(folder, name)
  await mkdir(path)
  return path
}

describe('the embedded subset', () => {
  it('is 12,000 and 2,000 images of 28 × 28 pixels, class by class as many', async () => {
    const { train, test, classes } = await loaded(fashionMnist())
    expect(classes).toHaveLength(10)
    expect(train.images.shape).toEqual([12_000, 28, 28])
    expect(train.images.data).toHaveLength(12_000 * 28 * 28)
    expect(classCounts(train)).toEqual(Array(10).fill(1_200))
    expect(test.images.shape).toEqual([2_000, 28, 28])
    expect(test.images.data).toHaveLength(2_000 * 28 * 28)
    expect(classCounts(test)).toEqual(Array(10).fill(200))
  })

  it('takes less than 8 MB in the package', async () => {
    const sizes = await Promise.all(fileNames.map(name => stat(new URL(`${name}.gz`, embeddedFolder))))
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(8_000_000)
  })

  it('loads the same pixels each time, in arrays of their own', async () => {
    const [first, second] = [await loaded(fashionMnist()), await loaded(fashionMnist())]
    expect(sha256(first.train.images.data)).toBe(sha256(second.train.images.data))
    expect(first.train.images.data.buffer).not.toBe(second.train.images.data.buffer)
  })
})

describe('loading from a folder', () => {
  const named = (name: string) => join(folder, name)

  it('says that the folder is missing, and how to get it', async () => {
    const fault = await faultFrom(named('nowhere'))
    expect(fault).toMatchObject({ _tag: 'MissingFolder', file: named('nowhere') })
    expect(fault.message).toContain('apt-get install dataset-fashion-mnist')
  })

  it('says that the folder is a file', async () => {
    await writeFile(named('file'), 'x')
    expect(await faultFrom(named('file'))).toMatchObject({ _tag: 'MissingFolder', file: named('file') })
  })

  it('names the missing file, under both its names', async () => {
    const path = join(await emptyFolder('empty'), 'train-images-idx3-ubyte')
    expect(await faultFrom(named('empty'))).toMatchObject({
      _tag: 'MissingFile',
      file: `${path}.gz`,
      tried: [`${path}.gz`, path],
    })
  })

  it('refuses a smaller set of the same form, by its shape', async () => {
    expect(await faultFrom(embeddedFolder)).toMatchObject({
      _tag: 'WrongShape',
      expected: [60_000, 28, 28],
      found: [12_000, 28, 28],
    })
  })

  it('refuses a file larger than the published one could be, unread', async () => {
    const path = join(await emptyFolder('large'), 'train-images-idx3-ubyte.gz')
    await writeFile(path, '')
    await truncate(path, 3_000_000_000)
    expect(await faultFrom(named('large'))).toMatchObject({
      _tag: 'SizeOverflow',
      file: path,
      expected: 47_105_536,
      found: 3_000_000_000,
    })
  })

  it('refuses a folder in the place of a file', async () => {
    const path = join(await emptyFolder('nested'), 'train-images-idx3-ubyte.gz')
    await mkdir(path)
    expect(await faultFrom(named('nested'))).toMatchObject({ _tag: 'ReadFailed', file: path })
  })

  it('says that reading is not permitted', async () => {
    const path = join(await emptyFolder('closed'), 'train-images-idx3-ubyte.gz')
    await writeFile(path, 'x')
    await chmod(path, 0)
    await chmod(folder, 0o755)
    // Nothing is closed to the superuser: be nobody while reading.
    const superuser = process.geteuid?.() === 0
    if (superuser) process.seteuid?.(65_534)
    try {
      expect(await faultFrom(named('closed'))).toMatchObject({ _tag: 'AccessDenied', file: path })
    } finally {
      if (superuser) process.seteuid?.(0)
    }
  })

  it.each(['http://[', 'file://host/share'])('says that %s is no address', async source => {
    expect(await faultFrom(source)).toMatchObject({ _tag: 'ReadFailed', file: source })
  })
})

const complete = fileNames.every(name => existsSync(join(debianFolder, `${name}.gz`)))

if (!complete) {
  it('the whole data set was NOT tested: "apt-get install dataset-fashion-mnist" brings it', () => {
    // Where the tests decide about a change, the data set has to be there.
    expect(process.env['CI']).toBeUndefined()
  })
} else {
  /** The time stamp in the published files' gzip headers, and the SHA-256 by which they are known. */
  const published: Record<(typeof fileNames)[number], { readonly time: number; readonly sha256: string }> = {
    'train-images-idx3-ubyte': {
      time: 1_504_176_606,
      sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
    },
    'train-labels-idx1-ubyte': {
      time: 1_504_176_606,
      sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
    },
    't10k-images-idx3-ubyte': {
      time: 1_504_176_627,
      sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
    },
    't10k-labels-idx1-ubyte': {
      time: 1_504_176_627,
      sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
    },
  }
  const flagOfName = 0x08
  const headerLength = 10

  /** Debian's file with the header of the published one, which carries a name and another time stamp. */
  const asPublished = async (name: (typeof fileNames)[number]): Promise<Uint8Array> => {
    const debian = await readFile(join(debianFolder, `${name}.gz`))
    const header = Buffer.from(debian.subarray(0, headerLength))
    header[3] = flagOfName
    header.writeUInt32LE(published[name].time, 4)
    return Buffer.concat([header, Buffer.from(`${name}\0`), debian.subarray(headerLength)])
  }

  const pixelHash = ({ train, test }: FashionMnist): readonly string[] =>
    [train.images.data, train.labels, test.images.data, test.labels].map(sha256)

  describe('the whole data set', () => {
    let full: FashionMnist
    beforeAll(async () => {
      full = await loaded(fashionMnistFrom(debianFolder))
    })

    it('is 60,000 and 10,000 images, class by class as many', () => {
      expect(full.train.images.shape).toEqual([60_000, 28, 28])
      expect(classCounts(full.train)).toEqual(Array(10).fill(6_000))
      expect(full.test.images.shape).toEqual([10_000, 28, 28])
      expect(classCounts(full.test)).toEqual(Array(10).fill(1_000))
    })

    it('begins with the embedded subset, class by class', async () => {
      const embedded = await loaded(fashionMnist())
      for (const [part, perClass] of [
        ['train', 1_200],
        ['test', 200],
      ] as const) {
        const area = 28 * 28
        const taken = fashionMnistClasses.map(() => 0)
        let position = 0
        full[part].labels.forEach((label, index) => {
          taken[label] += 1
          if (taken[label] > perClass) return
          const { images, labels } = embedded[part]
          const pixels = images.data.subarray(position * area, (position + 1) * area)
          const expected = full[part].images.data.subarray(index * area, (index + 1) * area)
          if (labels[position] !== label || Buffer.compare(pixels, expected) !== 0) {
            throw new Error(`${part}: embedded image ${position} is not image ${index} of the whole`)
          }
          position += 1
        })
        expect(position).toBe(embedded[part].labels.length)
      }
    })

    it('is the same from the files as they were published', async () => {
      const path = await emptyFolder('published')
      for (const name of fileNames) {
        const bytes = await asPublished(name)
        expect(sha256(bytes)).toBe(published[name].sha256)
        await writeFile(join(path, `${name}.gz`), bytes)
      }
      expect(pixelHash(await loaded(fashionMnistFrom(`${path}/`)))).toEqual(pixelHash(full))
    })

    it('is the same from decompressed files, by a file: URL', async () => {
      const path = await emptyFolder('decompressed')
      for (const name of fileNames) {
        await writeFile(join(path, name), gunzipSync(await readFile(join(debianFolder, `${name}.gz`))))
      }
      expect(pixelHash(await loaded(fashionMnistFrom(pathToFileURL(path))))).toEqual(pixelHash(full))
    })

    it('is refused when one label differs, by its hash', async () => {
      const path = await emptyFolder('altered')
      for (const name of fileNames) await copyFile(join(debianFolder, `${name}.gz`), join(path, `${name}.gz`))
      const name = 't10k-labels-idx1-ubyte'
      const content = gunzipSync(await readFile(join(path, `${name}.gz`)))
      content[500] = (content[500] + 1) % 10
      await rm(join(path, `${name}.gz`))
      await writeFile(join(path, name), content)
      expect(await faultFrom(path)).toMatchObject({
        _tag: 'WrongHash',
        file: join(path, name),
        expected: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
        found: sha256(content),
      })
    })
  })
}
