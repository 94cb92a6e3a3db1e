import * as E from 'fp-ts/lib/Either.js'
import { unknownCharacter, type DatasetError } from '../errors.js'

/** The characters (Unicode code points) that a model knows, each by a number. */
export interface Vocabulary {
  /** In ascending order of their code points; number k is the k-th. */
  readonly characters: readonly string[]
  readonly size: number
  /** A text as numbers; a Left where it has a character that is not known. `file` is what the error calls the text. */
  readonly encode: (text: string, file?: string) => E.Either<DatasetError, Int32Array<ArrayBuffer>>
  /** @throws RangeError when a number is not one of a character. */
  readonly decode: (numbers: ArrayLike<number>) => string
}

/** Characters in a given order, as a model was trained with them. */
const vocabulary = (characters: readonly string[]): Vocabulary => {
  const numbers = new Map(characters.map((character, k) => [character.codePointAt(0), k]))
  return {
    characters,
    size: characters.length,
    encode: (text, file = 'the text') => {
      const encoded = new Int32Array(text.length)
      let length = 0
      let at = 0
      for (const character of text) {
        const k = numbers.get(character.codePointAt(0))
        if (k === undefined) return E.left(unknownCharacter(file, at, character))
        encoded[length++] = k
        at += character.length
      }
      return E.right(length === encoded.length ? encoded : encoded.slice(0, length))
    },
    decode: given => {
      const text: string[] = []
      for (let i = 0; i < given.length; i++) {
        const character = characters[given[i]] as string | undefined
        if (character === undefined)
          throw new RangeError(`vocabulary: there is no character ${given[i]} among ${characters.length}`)
        text.push(character)
      }
      return text.join('')
    },
  }
}

/** The characters of a text. Two texts of the same characters have the same vocabulary. */
export const vocabularyOf = (text: string): Vocabulary =>
  vocabulary([...new Set(text)].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)))
