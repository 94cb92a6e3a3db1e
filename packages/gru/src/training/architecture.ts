import * as t from 'io-ts'
import { gru, type GruStates } from '../gru.js'
import { characterModel, type CharacterModel, type CharacterParameters } from '../models/characters.js'

/** What a character model is made of: plain data, kept in its checkpoints. */
export interface CharacterArchitecture {
  /** Character k is written as k. */
  readonly characters: readonly string[]
  /** Numbers that stand for a character. */
  readonly embedding: number
  /** Numbers in the state of each layer. */
  readonly hidden: number
  /** GRUs, one above the other. */
  readonly layers: number
}

type Plain = Record<never, never>
export type CharacterGru = CharacterModel<number, number, Plain>
export type CharacterGruParameters = CharacterParameters<number, number, Plain>
export type CharacterStates = GruStates<number, Plain>

const positive = t.refinement(t.number, n => Number.isSafeInteger(n) && n > 0, 'a positive integer')

export const characterArchitectureCodec = t.readonly(
  t.type({
    characters: t.readonlyArray(t.string),
    embedding: positive,
    hidden: positive,
    layers: positive,
  }),
)

/** The model: an embedding, GRUs of the notes' form, and a linear layer to the logits. */
export const characterGru = ({
  characters,
  embedding,
  hidden,
  layers,
}: CharacterArchitecture): CharacterGru =>
  characterModel<number, number, Plain>(
    characters.length,
    gru<number, number, Plain>(embedding, hidden, { layers }),
  )
