import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { heldOut, sequenceSource } from './sequences.js'
import { kingJames, textFrom } from './text.js'
import { vocabularyOf } from './vocabulary.js'

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

describe('kingJames', () => {
  let text: string
  beforeAll(async () => {
    text = right(await kingJames()())
  })

  it('has the verses and chapters that the book is known to have', () => {
    const chapters = text.trimEnd().split('\n\n')
    expect(chapters).toHaveLength(1189)
    expect(chapters.flatMap(chapter => chapter.split('\n'))).toHaveLength(31_102)
    expect(text).toMatch(/^In the beginning God created the heaven and the earth\.\n/)
    expect(text).toContain('\nJesus wept.\n')
    expect(text).toMatch(/\nThe grace of our Lord Jesus Christ be with you all\. Amen\.\n$/)
  })

  it('has 63 kinds of characters, all of ASCII, and no number', () => {
    const { size, characters } = vocabularyOf(text)
    expect(size).toBe(63)
    expect(characters.join('')).toMatch(/^[\n -~]+$/)
    expect(characters.join('')).not.toMatch(/\d/)
  })

  it('is encoded and decoded again', () => {
    const vocabulary = vocabularyOf(text)
    const encoded = right(vocabulary.encode(text))
    expect(encoded).toHaveLength(text.length)
    expect(vocabulary.decode(encoded) === text).toBe(true)
    const { train, test } = heldOut()(encoded)
    expect(test).toHaveLength(413_903)
    expect(vocabulary.decode(train) + vocabulary.decode(test) === text).toBe(true)
  })
})

describe('textFrom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elbo-text-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const read = (content: string | Uint8Array) => {
    const file = join(folder, 'a.txt')
    writeFileSync(file, content)
    return textFrom(file)()
  }

  it('reads UTF-8', async () => {
    expect(await read('Größe, 𝄞 und …')).toEqual(E.right('Größe, 𝄞 und …'))
  })

  it.each([
    ['a byte that begins nothing', Buffer.from([0x61, 0xff, 0x62]), 1],
    ['a character cut off at the end', Buffer.from('aé').subarray(0, 2), 2],
    [
      'a character of another encoding',
      Buffer.concat([Buffer.from('x'.repeat(70_000)), Buffer.from('é', 'latin1'), Buffer.from('y')]),
      70_001,
    ],
  ])('names the file and the place of %s', async (_, content, offset) => {
    const result = await read(content)
    expect(result).toMatchObject(E.left({ _tag: 'BadText', file: join(folder, 'a.txt'), offset }))
    expect(E.isLeft(result) && result.left.message).toContain(`the bytes from ${offset} on are not UTF-8`)
  })

  it('says that there is no such file, or too large a one', async () => {
    expect(await textFrom(join(folder, 'none.txt'))()).toMatchObject(E.left({ _tag: 'MissingFile' }))
    await read('1234567890')
    expect(await textFrom(join(folder, 'a.txt'), 9)()).toMatchObject(
      E.left({ _tag: 'SizeOverflow', expected: 9, found: 10 }),
    )
  })
})

describe('a vocabulary', () => {
  it('knows the characters of its text in the order of their code points, and gives every text of them back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text => {
        const vocabulary = vocabularyOf(text)
        const points = vocabulary.characters.map(character => character.codePointAt(0) as number)
        expect(points).toEqual([...points].sort((a, b) => a - b))
        const encoded = right(vocabulary.encode(text))
        expect(encoded).toHaveLength([...text].length)
        expect(vocabulary.decode(encoded)).toBe(text)
      }),
    )
  })

  it('names a character that it does not know, and its place', () => {
    expect(vocabularyOf('abc𝄞').encode('a𝄞bdc', 'prompt')).toMatchObject(
      E.left({ _tag: 'UnknownCharacter', file: 'prompt', offset: 4, found: 'd' }),
    )
    expect(() => vocabularyOf('abc').decode([0, 3])).toThrow(
      new RangeError('vocabulary: there is no character 3 among 3'),
    )
  })
})

describe('sequences', () => {
  const encoded = Int32Array.from({ length: 32 }, (_, i) => i)
  const source = sequenceSource(5)(encoded)

  it('read a stretch of the text, and are to predict the one that begins one further', () => {
    expect(source.count).toBe(6)
    const { inputs, targets } = source.gather([5, 0])
    expect(inputs).toEqual({
      shape: [2, 5],
      dtype: 'i32',
      data: Int32Array.of(25, 26, 27, 28, 29, 0, 1, 2, 3, 4),
    })
    expect(targets).toEqual({
      shape: [2, 5],
      dtype: 'i32',
      data: Int32Array.of(26, 27, 28, 29, 30, 1, 2, 3, 4, 5),
    })
  })

  it('predict each character at most once an epoch, in an order of its own, and go on from any cursor', () => {
    const order = { key: [1, 2], batchSize: 2 } as const
    const batches = (epoch: number, batch = 0) =>
      Array.from(source.shuffled(order, { epoch, batch }), indices => [
        ...source.gather(indices).targets.data,
      ])
    expect(
      batches(0)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(batches(1)).not.toEqual(batches(0))
    expect(batches(0, 2)).toEqual(batches(0).slice(2))
    expect(batches(0)).toEqual(batches(0))
  })

  it.each([
    [
      () => sequenceSource(32)(encoded),
      'sequenceSource: 32 characters do not hold a sequence of 32 and its next',
    ],
    [() => sequenceSource(0)(encoded), 'sequenceSource: a length is a positive integer, got 0'],
    [() => source.gather([6]), 'sequenceSource: there is no sequence 6 among 6'],
    [() => heldOut(1)(encoded), 'heldOut: a share is between 0 and 1, got 1'],
  ])('that are none throw: %#', (make, message) => {
    expect(make).toThrow(new RangeError(message))
  })
})
