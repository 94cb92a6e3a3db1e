import { cpu, reference, type Backend, type BackendError } from '@elbo/tensor'
import type { Checkpoint, RunCheckpoint, TrainingOptions, TrainingRun } from '@elbo/train'
import { checkpointFile } from '@elbo/train/node'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { interruption } from '../interruption.js'
import { openMetricsLog, type MetricsRecord } from './metrics-log.js'
import type { RunOptions } from './options.js'
import { checkPlace, prepareFolder, type RunFolder } from './output-folder.js'
import { progressOn, type Wording } from './progress.js'
import { trainToTheEnd, type Ended } from './run.js'
import { placeOf, whereToBegin, type Choice } from './start.js'

export type OpenBackend = TaskEither<BackendError, Backend>

/** What every training is told of the options, and of its surroundings. */
type Settings<Resumed> = TrainingOptions<Resumed> &
  Pick<RunOptions, 'batchSize' | 'learningRate'> & { readonly clip?: number }

const settingsOf = <Resumed>(
  { seed, batchSize, learningRate, warmUp, decay, clip, checkpointEvery }: RunOptions,
  folder: RunFolder,
  backend: OpenBackend,
  resumed: Resumed | undefined,
  signal: AbortSignal,
): Settings<Resumed> => ({
  ...{ seed, batchSize, learningRate, warmUp, decay, backend, signal },
  out: checkpointFile(folder.checkpoint),
  ...(clip === undefined ? {} : { clip }),
  ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
  ...(resumed === undefined ? {} : { resume: resumed }),
})

/** A run that ended well, and what its log holds. */
export interface Finished<Data, State> extends Ended<State> {
  readonly data: Data
  readonly backend: OpenBackend
  readonly records: readonly MetricsRecord[]
}

/** What one model's training is, beside what all trainings have in common. */
export interface Recipe<Data, State, About extends { readonly seed: number }> {
  readonly options: RunOptions
  readonly folder: RunFolder
  readonly wording: Wording
  readonly read: Choice<RunCheckpoint<State, About>>['read']
  readonly beyond: Choice<RunCheckpoint<State, About>>['beyond']
  /** The data, held against the options. */
  readonly load: TaskEither<Failure, Data>
  /** What is said of the data before the run. */
  readonly introduce: (data: Data) => string
  readonly run: (data: Data, settings: Settings<RunCheckpoint<State, About>>) => TrainingRun<State>
  readonly afterEpoch?: (
    data: Data,
    backend: OpenBackend,
  ) => (checkpoint: Checkpoint<State>) => TaskEither<Failure, string>
  /** Draws what the log holds, when the run ended before its time. */
  readonly draw: (data: Data, records: readonly MetricsRecord[]) => TaskEither<Failure, void>
  /** Measures and draws, when it ended well: what goes to the standard output, in both of its forms. */
  readonly conclude: (
    finished: Finished<Data, State>,
  ) => TaskEither<Failure, { readonly summary: object; readonly lines: readonly string[] }>
}

export const backendOf = ({ backend, threads }: Pick<RunOptions, 'backend' | 'threads'>): OpenBackend =>
  backend === 'reference' ? reference() : cpu(threads === undefined ? {} : { threads })

/** Right: the exit code. Progress goes to the standard error, results to the standard output. */
export const trainingCommand =
  <Data, State, About extends { readonly seed: number }>({
    options,
    folder,
    wording,
    read,
    beyond,
    load,
    introduce,
    run,
    afterEpoch,
    draw,
    conclude,
  }: Recipe<Data, State, About>): TaskEither<Failure, number> =>
  async () => {
    const progress = progressOn(process.stderr, wording)
    const { requested, exitCode, release } = interruption(signal => {
      progress.say(`${signal}: finishing this step and writing a checkpoint. Once more stops at once.`)
    })
    const { resume, overwrite, threads } = options
    try {
      const ready = await pipe(
        checkPlace(folder),
        TE.chain(() => whereToBegin(folder, { resume, overwrite, read, beyond })),
        TE.bindTo('resumed'),
        TE.bind('data', () => load),
        TE.chainFirst(({ resumed }) => prepareFolder(folder, resumed === undefined)),
        TE.bind('log', ({ resumed }) => openMetricsLog(folder.metrics, resumed?.cursor)),
      )()
      if (E.isLeft(ready)) return ready
      const { data, resumed, log } = ready.right
      progress.say(introduce(data))
      if (resumed !== undefined) progress.say(`continuing ${folder.path} at ${placeOf(resumed)}`)
      else if (resume) progress.say(`there is no run in ${folder.path} yet: beginning it`)

      const backend = backendOf(options)
      const trained = await trainToTheEnd({
        run: run(data, settingsOf(options, folder, backend, resumed, requested)),
        ...{ threads, folder, log, progress },
        ...(afterEpoch === undefined ? {} : { afterEpoch: afterEpoch(data, backend) }),
      })()
      if (E.isLeft(trained)) {
        await draw(data, log.records)()
        return trained
      }
      const signalled = exitCode()
      if (signalled !== undefined) {
        const { cursor } = trained.right.checkpoint
        progress.say(
          `stopped after step ${cursor.batch} of epoch ${cursor.epoch + 1}; ${folder.checkpoint} holds it. The same command with --resume continues.`,
        )
        return pipe(
          await draw(data, log.records)(),
          E.map(() => signalled),
        )
      }
      const concluded = await conclude({ ...trained.right, data, backend, records: log.records })()
      if (E.isLeft(concluded)) return concluded
      const { summary, lines } = concluded.right
      process.stdout.write(`${options.json ? JSON.stringify(summary) : lines.join('\n')}\n`)
      return E.right(exitCode() ?? 0)
    } finally {
      release()
    }
  }
