import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { elbo, main, metricsOf, start, summaryOf, temporaryFolder } from './command-line.js'

jest.setTimeout(60_000)

const folder = temporaryFolder()
afterAll(folder.remove)

const train = (...options: readonly string[]) => elbo('train', 'vae', '--threads', '1', ...options)
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i))
  return bytes
}

describe('the data', () => {
  const embedded = fileURLToPath(new URL('../data/fashion-mnist/', import.meta.resolve('@elbo/datasets')))
  /** As many images as were published, all of them black. */
  const blank = gzipSync(
    Buffer.concat([Buffer.from([0, 0, 8, 3]), uint32(60_000, 28, 28), Buffer.alloc(60_000 * 784)]),
  )
  const out = folder.at('no-data')

  it('that is missing is told by its path, before anything is made', async () => {
    const { code, stderr } = await train('--out', out, '--data', folder.at('nowhere'))
    expect(code).toBe(66)
    expect(stderr).toContain(`${folder.at('nowhere')}: there is no such folder. Check the path`)
    expect(existsSync(out)).toBe(false)
  })

  it.each([
    [
      'is a part of the published one',
      undefined,
      /expected to be \[60000, 28, 28\], found \[12000, 28, 28\]/,
    ],
    ['is another one of its size', blank, /SHA-256 .* is not the published one: fetch it again/],
    ['is cut short', blank.subarray(0, 20_000), /gzip stream breaks off .*fetch the file again/],
    [
      'has a wrong checksum',
      blank.map((byte, i) => (i === blank.length - 8 ? byte ^ 1 : byte)),
      /is corrupt before compressed byte/,
    ],
    ['is no IDX file', Buffer.from('<html>not found</html>'), /byte 0 of an IDX file reads 00 00/],
  ])('that %s is named', async (name, content, message) => {
    const data = folder.at(name)
    cpSync(embedded, data, { recursive: true })
    const file = `${data}/train-images-idx3-ubyte.gz`
    if (content !== undefined) writeFileSync(file, content)
    const { code, stderr } = await train('--out', out, '--data', data)
    expect(code).toBe(65)
    expect(stderr).toMatch(message)
    expect(stderr).toContain(file)
    expect(existsSync(out)).toBe(false)
  })
})

describe('the output folder', () => {
  it.each(['/dev/full', folder.at('a-file'), folder.at('a-file', 'below')])('%s is refused', async out => {
    writeFileSync(folder.at('a-file'), 'precious')
    const { code, stderr } = await train('--out', out)
    expect(code).toBe(73)
    expect(stderr).toContain(`The output folder ${out} cannot be made: a file stands in its place.`)
    expect(readFileSync(folder.at('a-file'), 'utf8')).toBe('precious')
  })

  it('that does not exist and cannot is refused, and the search for a place comes to an end', async () => {
    const { code, stderr } = await train('--out', '/proc/elbo/runs')
    expect(code).toBe(74)
    expect(stderr).toContain('/proc/elbo/runs cannot be written')
  })

  it('without permission to write is refused', async () => {
    const out = folder.at('read-only')
    mkdirSync(out)
    chmodSync(out, 0o500)
    // Root may write anywhere, unless it gives that privilege up.
    const command = [process.execPath, main, 'train', 'vae', '--out', out]
    const unprivileged =
      process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override', ...command] : command
    const { code, stderr } = await start(unprivileged[0], unprivileged.slice(1)).ended
    expect(code).toBe(73)
    expect(stderr).toContain(`The output folder ${out} cannot be written to: permission denied.`)
  })

  it('keeps the run that it holds, unless told otherwise', async () => {
    const out = folder.at('kept')
    const first = await train('--out', out, '--steps', '1', '--json')
    const before = hashOf(`${out}/vae.safetensors`)

    const again = await train('--out', out, '--steps', '1', '--seed', '2')
    expect(again.code).toBe(73)
    expect(again.stderr).toMatch(/already holds a run \(seed 1, at epoch 1, step 1\).*--resume.*--overwrite/)
    const resumedAsOther = await train('--out', out, '--steps', '1', '--seed', '2', '--resume')
    expect(resumedAsOther.code).toBe(64)
    expect(resumedAsOther.stderr).toMatch(/run with seed 1, not 2\. Resume with the settings of that run/)
    expect(hashOf(`${out}/vae.safetensors`)).toBe(before)
    expect(metricsOf(out)).toHaveLength(1)

    const resumed = await train('--out', out, '--steps', '1', '--resume', '--json')
    expect(summaryOf(resumed)).toEqual(summaryOf(first))
    const replaced = await train('--out', out, '--steps', '1', '--seed', '2', '--overwrite')
    expect(replaced.code).toBe(0)
    expect(hashOf(`${out}/vae.safetensors`)).not.toBe(before)
  })

  it('with a damaged checkpoint is not touched', async () => {
    const out = folder.at('damaged')
    mkdirSync(out)
    writeFileSync(`${out}/vae.safetensors`, 'rubbish')
    const { code, stderr } = await train('--out', out, '--resume')
    expect(code).toBe(65)
    expect(stderr).toContain(`${out}/vae.safetensors`)
    expect(readFileSync(`${out}/vae.safetensors`, 'utf8')).toBe('rubbish')
  })
})

describe('a loss that is not a number', () => {
  it('stops the training, names the step and keeps the last good checkpoint', async () => {
    const out = folder.at('diverged')
    const { code, stdout, stderr } = await train('--out', out, '--learning-rate', '1e30', '--json')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /Training diverged: \w+ is (NaN|-?Infinity) at step \d+ of epoch 1.*last good checkpoint/s,
    )
    expect(existsSync(`${out}/vae.safetensors`)).toBe(true)
    for (const line of metricsOf(out)) expect(JSON.stringify(line)).not.toContain('null')
  })
})
