import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Metrics } from '@elbo/train'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, reasonOf, systemCode, type Failure } from '../failure.js'
import { writeWhole } from './output-folder.js'

/** One line of metrics.jsonl. Epochs and steps count from 1, a step within its epoch. */
export type MetricsRecord =
  | {
      readonly type: 'step'
      readonly epoch: number
      readonly step: number
      /** Of this batch. */
      readonly train: Metrics
      readonly learningRate?: number
    }
  | {
      readonly type: 'epoch'
      readonly epoch: number
      readonly train: Metrics
      readonly test: Metrics
      readonly seconds: number
    }

/** The place in the run up to which the log holds: `epoch` epochs are done, and `batch` steps of the next. */
interface Place {
  readonly epoch: number
  readonly batch: number
}

type EpochRecord = Extract<MetricsRecord, { type: 'epoch' }>

export const epochsOf = (records: readonly MetricsRecord[]): readonly EpochRecord[] =>
  records.filter((record): record is EpochRecord => record.type === 'epoch')

/** What was found in the evaluation at a place, where an epoch ended there. */
export const testedAt = (
  { epoch, batch }: Place,
  records: readonly MetricsRecord[],
  stepsPerEpoch: number,
): Metrics | undefined =>
  batch === stepsPerEpoch ? epochsOf(records).find(record => record.epoch === epoch + 1)?.test : undefined

/** The mean of a metric over the steps of the epoch that a place is in or has just ended, each under the parameters of its step. */
export const meanAt = (
  { epoch, batch }: Place,
  records: readonly MetricsRecord[],
  metric: string,
): number => {
  const last = records.filter(record => record.epoch === (batch === 0 ? epoch : epoch + 1))
  return mean(last.flatMap(record => (record.type === 'step' ? [record.train[metric]] : [])))
}

/** Spent in the steps of an epoch, on average; `null` when no epoch is complete. */
export const secondsPerEpoch = (records: readonly MetricsRecord[]): number | null => {
  const epochs = epochsOf(records)
  return epochs.length === 0 ? null : mean(epochs.map(({ seconds }) => seconds))
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export interface MetricsLog {
  /** All records, from the beginning of the run. */
  readonly records: readonly MetricsRecord[]
  /** Throws the system's error when the file cannot be written. */
  readonly add: (record: MetricsRecord) => void
  readonly close: () => void
}

const parse = (line: string): MetricsRecord | undefined => {
  try {
    const value = JSON.parse(line) as Partial<MetricsRecord> | null
    return (value?.type === 'step' || value?.type === 'epoch') && typeof value.epoch === 'number'
      ? (value as MetricsRecord)
      : undefined
  } catch {
    return undefined
  }
}

const isBefore = (record: MetricsRecord, { epoch, batch }: Place): boolean =>
  record.epoch <= epoch || (record.type === 'step' && record.epoch === epoch + 1 && record.step <= batch)

const linesOf = (records: readonly MetricsRecord[]): string =>
  records.map(record => `${JSON.stringify(record)}\n`).join('')

export const writingFailed = (file: string, error: unknown): Failure =>
  failure('io')(
    systemCode(error) === 'ENOSPC'
      ? `${file} cannot be written: no space is left. Free some and continue with --resume: the checkpoint is whole.`
      : `${file} cannot be written: ${reasonOf(error)}. The checkpoint is whole: continue with --resume.`,
  )

/** What is on disk of a run that had come as far as `place`; lines that a killed process wrote after it, or half, fall away. */
const recordsUntil =
  (file: string, place: Place): TaskEither<Failure, readonly MetricsRecord[]> =>
  async () => {
    try {
      const records = (await readFile(file, 'utf8')).split('\n').map(parse)
      return E.right(
        records.filter(record => record !== undefined && isBefore(record, place)) as MetricsRecord[],
      )
    } catch (error) {
      return systemCode(error) === 'ENOENT'
        ? E.right([])
        : E.left(failure('io')(`${file} cannot be read: ${reasonOf(error)}.`))
    }
  }

/**
 * Opens the log of a run: a new one, or one that continues at `resumed`. Every record is handed to the system at once, so that a
 * checkpoint never knows of a step that the log does not.
 */
export const openMetricsLog = (file: string, resumed: Place | undefined): TaskEither<Failure, MetricsLog> =>
  pipe(
    resumed === undefined ? TE.right([]) : recordsUntil(file, resumed),
    TE.chainFirst(known => writeWhole(file, linesOf(known))),
    TE.chainEitherK(known =>
      E.tryCatch(
        () => {
          const records = [...known]
          const handle = openSync(file, 'a')
          return {
            records,
            add: record => {
              writeSync(handle, linesOf([record]))
              records.push(record)
            },
            close: () => {
              closeSync(handle)
            },
          }
        },
        error => writingFailed(file, error),
      ),
    ),
  )
