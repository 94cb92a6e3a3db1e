import { fileName, folderUrl, readBytes } from '#source'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { missingFile, type DatasetError } from './errors.js'
import { readIdx } from './idx.js'
import type { ImageDataset, LabelledImages } from './images.js'

/** The class names of Fashion-MNIST in the order of their numbers (Xiao, Rasul and Vollgraf 2017, table 2). */
export const fashionMnistClasses = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const

/** Fashion-MNIST: grey-scale images of 28 × 28 pixels in ten classes. */
export type FashionMnist = ImageDataset<28, 28>

interface Published {
  readonly name: string
  readonly shape: readonly number[]
  /** Of the decompressed content, which is the same however the file was compressed. */
  readonly sha256: string
}

interface Parts<A> {
  readonly trainImages: A
  readonly trainLabels: A
  readonly testImages: A
  readonly testLabels: A
}

const full: Parts<Published> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    shape: [60_000, 28, 28],
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    shape: [60_000],
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    shape: [10_000, 28, 28],
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    shape: [10_000],
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
}

// The literal `new URL('…', import.meta.url)` is what bundlers look for to ship a file along.
const embedded: Parts<Published & { readonly url: URL }> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    url: new URL('../data/fashion-mnist/train-images-idx3-ubyte.gz', import.meta.url),
    shape: [12_000, 28, 28],
    sha256: 'ded9297f1d7b567047797bb831eb9cfd84010a483a4075cb9fc0465219002cb7',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    url: new URL('../data/fashion-mnist/train-labels-idx1-ubyte.gz', import.meta.url),
    shape: [12_000],
    sha256: '11a34fec6f816dbe22c806d6de7e130fa048759622a0e6f6da8feb272e09ee1d',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    url: new URL('../data/fashion-mnist/t10k-images-idx3-ubyte.gz', import.meta.url),
    shape: [2_000, 28, 28],
    sha256: '15a92dd1e9b16ea361928086e77df4dfa890c255c00b5a8c8162c1040ce8eef1',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    url: new URL('../data/fashion-mnist/t10k-labels-idx1-ubyte.gz', import.meta.url),
    shape: [2_000],
    sha256: '234596aeb6eb48133ec99a62541f90bc0728c9559a681f1e0638037462458f2c',
  },
}

/** A file stored without compression takes a few bytes more as gzip; no published file takes more than this. */
const readingLimit = ({ shape }: Published): number =>
  shape.reduce((size, length) => size * length, 1) + 65_536

const verified =
  (published: Published, file: string) =>
  (bytes: Uint8Array): E.Either<DatasetError, Uint8Array<ArrayBuffer>> =>
    pipe(
      readIdx(bytes, { file, type: 'uint8', shape: published.shape, sha256: published.sha256 }),
      E.map(({ data }) => data),
    )

const readVerified = (published: Published, url: URL): TE.TaskEither<DatasetError, Uint8Array<ArrayBuffer>> =>
  pipe(readBytes(url, readingLimit(published)), TE.chainEitherK(verified(published, fileName(url))))

const labelled = (
  images: Uint8Array<ArrayBuffer>,
  labels: Uint8Array<ArrayBuffer>,
): LabelledImages<28, 28> => ({ images: { data: images, shape: [labels.length, 28, 28] }, labels })

const assembled = (
  parts: Parts<TE.TaskEither<DatasetError, Uint8Array<ArrayBuffer>>>,
): TE.TaskEither<DatasetError, FashionMnist> =>
  pipe(
    sequenceS(TE.ApplyPar)({ ...parts }),
    TE.map(({ trainImages, trainLabels, testImages, testLabels }) => ({
      train: labelled(trainImages, trainLabels),
      test: labelled(testImages, testLabels),
      classes: fashionMnistClasses,
    })),
  )

const eachPart = <A, B>(parts: Parts<A>, f: (part: A) => B): Parts<B> => ({
  trainImages: f(parts.trainImages),
  trainLabels: f(parts.trainLabels),
  testImages: f(parts.testImages),
  testLabels: f(parts.testLabels),
})

/**
 * The subset of Fashion-MNIST that comes with this package: of each class, the first 1,200 training and 200 test images, in
 * their published order. 12,000 training and 2,000 test images of 28 × 28 pixels; about 6 MB are read, 11 MB result.
 */
export const fashionMnist = (): TE.TaskEither<DatasetError, FashionMnist> =>
  assembled(eachPart(embedded, part => readVerified(part, part.url)))

const readFromFolder =
  (folder: URL) =>
  (published: Published): TE.TaskEither<DatasetError, Uint8Array<ArrayBuffer>> => {
    const compressed = new URL(`${published.name}.gz`, folder)
    const uncompressed = new URL(published.name, folder)
    return pipe(
      readVerified(published, compressed),
      TE.orElse(error =>
        error._tag === 'MissingFile' ? readVerified(published, uncompressed) : TE.left(error),
      ),
      TE.mapLeft(error =>
        error._tag === 'MissingFile'
          ? missingFile(fileName(compressed), [fileName(compressed), fileName(uncompressed)])
          : error,
      ),
    )
  }

/**
 * The whole of Fashion-MNIST, 60,000 training and 10,000 test images, from the four published files: with their suffix `.gz`
 * or decompressed without it, whoever compressed them. Each is checked by the SHA-256 of its decompressed content.
 *
 * @param source the folder: a path (Node) or an address (browser: also a relative one), or a URL. On Debian
 *   `apt-get install dataset-fashion-mnist` puts it under /usr/share/datasets/fashion-mnist.
 */
export const fashionMnistFrom = (source: string | URL): TE.TaskEither<DatasetError, FashionMnist> =>
  pipe(
    TE.fromEither(folderUrl(source)),
    TE.chain(folder => assembled(eachPart(full, readFromFolder(folder)))),
  )
