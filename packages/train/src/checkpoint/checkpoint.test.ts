import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { ndarray } from '@elbo/tensor'
import { checkpointFile } from '../node.js'
import { writeSafetensors } from '../safetensors/write.js'
import { decodeCheckpoint, encodeCheckpoint, fitCheckpoint, type Checkpoint } from './checkpoint.js'
import { tensorsOf } from './tree.js'

const state = { parameters: { weight: ndarray([1, 2, 3, 4, 5, 6], [2, 3]), bias: [ndarray([7], [1])] } }
const checkpoint: Checkpoint<typeof state> = {
  state,
  cursor: { epoch: 3, batch: 41 },
  progress: { sums: { loss: 0.1 + 0.2 }, seconds: 1 / 3 },
  about: { model: 'linear', seed: 5 },
}
const metadata = {
  format: 'elbo checkpoint 1',
  cursor: '{"epoch":0,"batch":0}',
  progress: '{"sums":{},"seconds":0}',
  about: '{}',
}

const stored = (bytes: Uint8Array) => {
  const decoded = decodeCheckpoint('run.safetensors')(bytes)
  if (E.isLeft(decoded)) throw new Error(decoded.left.message)
  return decoded.right
}

describe('a checkpoint', () => {
  it('comes back as it was', () => {
    expect(fitCheckpoint(state)(stored(encodeCheckpoint(checkpoint)))).toEqual(E.right(checkpoint))
  })

  it('names the leaf that does not fit the model', () => {
    const fit = (specs: unknown) => fitCheckpoint(specs)(stored(encodeCheckpoint(checkpoint)))
    const [weight, bias] = [ndarray(new Float32Array(6), [3, 2]), state.parameters.bias]
    expect(fit({ parameters: { weight, bias } })).toMatchObject(
      E.left({ _tag: 'WrongLeaf', path: 'parameters.weight', expected: 'f32[3, 2]', found: 'f32[2, 3]' }),
    )
    expect(fit({ parameters: { ...state.parameters, scale: ndarray([1], []) } })).toMatchObject(
      E.left({ _tag: 'MissingLeaf', path: 'parameters.scale', expected: 'f32[]' }),
    )
    expect(fit({ parameters: { bias } })).toMatchObject(
      E.left({ _tag: 'UnexpectedLeaf', path: 'parameters.weight', found: 'f32[2, 3]' }),
    )
    expect(fit({ parameters: { ...state.parameters, bias: [ndarray([7], [1], 'i32')] } })).toMatchObject(
      E.left({ _tag: 'WrongLeaf', path: 'parameters.bias.0', expected: 'i32[1]', found: 'f32[1]' }),
    )
  })

  it.each([
    ['format', undefined],
    ['format', 'elbo checkpoint 2'],
    ['cursor', undefined],
    ['cursor', '{"epoch":0'],
    ['cursor', '{"epoch":-1,"batch":0}'],
    ['cursor', '{"epoch":0,"batch":"many"}'],
    ['progress', '{"sums":{"loss":null},"seconds":0}'],
    ['watched', '{"metric":"loss","best":null,"epoch":1,"since":0}'],
  ])('with the metadata %p %p is refused', (name, value) => {
    const pairs = Object.fromEntries(
      Object.entries({ ...metadata, [name]: value }).filter(([, text]) => text !== undefined),
    )
    const bytes = writeSafetensors({ tensors: tensorsOf(state), metadata: pairs })
    expect(decodeCheckpoint('run.safetensors')(bytes)).toMatchObject(
      E.left({ _tag: 'BadMetadata', path: name, file: 'run.safetensors' }),
    )
  })
})

describe('checkpointFile', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'elbo-train-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('replaces the file, in a folder that it makes, and leaves nothing beside it', async () => {
    const store = checkpointFile(join(folder, 'runs', 'a', 'last.safetensors'))
    expect(await store.write(Uint8Array.of(1, 2))()).toEqual(E.right(undefined))
    expect(await store.write(Uint8Array.of(3))()).toEqual(E.right(undefined))
    expect(readdirSync(join(folder, 'runs', 'a'))).toEqual(['last.safetensors'])
    const read = await store.read()
    expect(E.isRight(read) && [...read.right]).toEqual([3])
  })

  it('says that there is none', async () => {
    const store = checkpointFile(join(folder, 'none.safetensors'))
    expect(await store.read()).toMatchObject(E.left({ _tag: 'MissingCheckpoint', file: store.path }))
  })

  it('keeps the old file when writing fails', async () => {
    const path = join(folder, 'last.safetensors')
    writeFileSync(path, 'good')
    // A folder stands where the new file would be written first.
    const { mkdirSync } = await import('node:fs')
    mkdirSync(`${path}.partial`)
    expect(await checkpointFile(path).write(Uint8Array.of(1))()).toMatchObject(
      E.left({ _tag: 'WriteFailed', file: path }),
    )
    expect(readFileSync(path, 'utf8')).toBe('good')
  })

  it('ends with a Left where no folder can be made, and does not try for ever', async () => {
    // A link to nowhere: making a folder below it is ENOENT again and again.
    symlinkSync(join(folder, 'nowhere', 'at', 'all'), join(folder, 'link'))
    const path = join(folder, 'link', 'runs', 'last.safetensors')
    expect(await checkpointFile(path).write(Uint8Array.of(1))()).toMatchObject(
      E.left({ _tag: 'WriteFailed', file: path }),
    )
  })

  it('cannot write below a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    const path = join(folder, 'file', 'last.safetensors')
    expect(await checkpointFile(path).write(Uint8Array.of(1))()).toMatchObject(
      E.left({ _tag: 'WriteFailed', file: path }),
    )
    expect(await checkpointFile(path).read()).toMatchObject(E.left({ _tag: 'MissingCheckpoint' }))
  })
})
