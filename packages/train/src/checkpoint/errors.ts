import type { SafetensorsError } from '../safetensors/errors.js'

interface Fault<Tag extends string> {
  readonly _tag: Tag
  /** What happened, where, and what to do. */
  readonly message: string
  readonly file: string
}

/** A leaf of the tree that the file does not have. */
export interface MissingLeaf extends Fault<'MissingLeaf'> {
  readonly path: string
  readonly expected: string
}

/** A tensor of the file that the tree has no place for. */
export interface UnexpectedLeaf extends Fault<'UnexpectedLeaf'> {
  readonly path: string
  readonly found: string
}

/** A leaf of another element type or shape; both are spelled as in `f32[784, 400]`. */
export interface WrongLeaf extends Fault<'WrongLeaf'> {
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** A piece of metadata that is missing or not what it should be. */
export interface BadMetadata extends Fault<'BadMetadata'> {
  readonly path: string
  readonly reason: string
}

/** The checkpoint of a run with other settings, which cannot be resumed as this one. */
export interface OtherRun extends Fault<'OtherRun'> {
  readonly path: string
  readonly expected: string
  readonly found: string
}

export type MissingCheckpoint = Fault<'MissingCheckpoint'>

export interface ReadFailed extends Fault<'ReadFailed'> {
  readonly reason: string
}

export interface WriteFailed extends Fault<'WriteFailed'> {
  readonly reason: string
}

export type LeafError = MissingLeaf | UnexpectedLeaf | WrongLeaf

export type CheckpointError =
  SafetensorsError | LeafError | BadMetadata | OtherRun | MissingCheckpoint | ReadFailed | WriteFailed

/** A tensor of a file; with the leaves of a tree that it is for, where they have other names. */
const named = (path: string, ours: readonly string[] = []): string =>
  `"${path}"${ours.length === 0 ? '' : ` (for ${ours.join(', ')})`}`

export const missingLeaf = (
  file: string,
  path: string,
  expected: string,
  ours?: readonly string[],
): MissingLeaf => ({
  _tag: 'MissingLeaf',
  file,
  path,
  expected,
  message: `${file} has no ${named(path, ours)}, where ${expected} was expected. It belongs to another model.`,
})

export const unexpectedLeaf = (file: string, path: string, found: string): UnexpectedLeaf => ({
  _tag: 'UnexpectedLeaf',
  file,
  path,
  found,
  message: `${file} holds "${path}", ${found}, for which the model has no place. It belongs to another model.`,
})

export const wrongLeaf = (
  file: string,
  path: string,
  expected: string,
  found: string,
  ours?: readonly string[],
): WrongLeaf => ({
  _tag: 'WrongLeaf',
  file,
  path,
  expected,
  found,
  message: `${file}: ${named(path, ours)} is ${found}; the model has ${expected}. It belongs to another model.`,
})

export const badMetadata = (file: string, path: string, reason: string): BadMetadata => ({
  _tag: 'BadMetadata',
  file,
  path,
  reason,
  message: `${file}: the metadata "${path}" cannot be used: ${reason}. The file is corrupt or no checkpoint; use another copy.`,
})

export const otherRun = (file: string, path: string, expected: string, found: string): OtherRun => ({
  _tag: 'OtherRun',
  file,
  path,
  expected,
  found,
  message: `${file} is the checkpoint of a run with ${path} ${found}, not ${expected}. Resume with the settings of that run, or start anew elsewhere.`,
})

export const missingCheckpoint = (file: string): MissingCheckpoint => ({
  _tag: 'MissingCheckpoint',
  file,
  message: `There is no checkpoint ${file}. Check the path, or start a new run.`,
})

export const readFailed = (file: string, reason: string): ReadFailed => ({
  _tag: 'ReadFailed',
  file,
  reason,
  message: `${file} cannot be read: ${reason}.`,
})

export const writeFailed = (file: string, reason: string): WriteFailed => ({
  _tag: 'WriteFailed',
  file,
  reason,
  message: `${file} cannot be written: ${reason}. What stood there before is untouched; choose a folder that can be written.`,
})
