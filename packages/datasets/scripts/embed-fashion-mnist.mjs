// Makes data/fashion-mnist/ from the published files: of each class the first 1,200 training and 200 test images, in their
// published order, so 12,000 and 2,000. Usage:
//
//   node scripts/embed-fashion-mnist.mjs [folder of the published .gz files]
//
// The folder defaults to where Debian's package dataset-fashion-mnist puts them. The output is the same on every machine:
// pako compresses, and writes no time stamp. The printed hashes stand in src/fashion-mnist.ts.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { gzip } from 'pako'

const [source = '/usr/share/datasets/fashion-mnist'] = process.argv.slice(2)
const target = join(import.meta.dirname, '../data/fashion-mnist')
const classCount = 10
const imageHeader = 16
const labelHeader = 8
const area = 28 * 28

const read = name => gunzipSync(readFileSync(join(source, `${name}.gz`)))

const firstOfEachClass = (labels, perClass) => {
  const taken = new Uint32Array(classCount)
  return Array.from(labels.keys()).filter(index => taken[labels[index]]++ < perClass)
}

/** An IDX file with the header of `original`, except for the number of elements along the first dimension. */
const recounted = (original, headerLength, count, data) => {
  const file = Buffer.concat([original.subarray(0, headerLength), ...data])
  file.writeUInt32BE(count, 4)
  return file
}

const write = (name, content) => {
  const file = gzip(content, { level: 9 })
  writeFileSync(join(target, `${name}.gz`), file)
  const sha256 = createHash('sha256').update(content).digest('hex')
  console.log(`${name}: ${file.length} bytes, SHA-256 of the content ${sha256}`)
}

mkdirSync(target, { recursive: true })
for (const { part, perClass } of [
  { part: 'train', perClass: 1_200 },
  { part: 't10k', perClass: 200 },
]) {
  const images = read(`${part}-images-idx3-ubyte`)
  const labels = read(`${part}-labels-idx1-ubyte`)
  const chosen = firstOfEachClass(labels.subarray(labelHeader), perClass)
  const pixels = chosen.map(i => images.subarray(imageHeader + i * area, imageHeader + (i + 1) * area))
  const classes = Buffer.from(chosen.map(i => labels[labelHeader + i]))
  write(`${part}-images-idx3-ubyte`, recounted(images, imageHeader, chosen.length, pixels))
  write(`${part}-labels-idx1-ubyte`, recounted(labels, labelHeader, chosen.length, [classes]))
}
