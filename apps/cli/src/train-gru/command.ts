import {
  openCharacterEvaluation,
  readCharacters,
  trainCharacters,
  type CharacterRun,
  type CharacterState,
  type Corpus,
} from '@elbo/gru'
import type { Checkpoint } from '@elbo/train'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { drawText } from '../sample-gru/draw.js'
import { trainingCommand, type Finished, type OpenBackend } from '../training/command.js'
import { testedAt } from '../training/metrics-log.js'
import { checkDecay } from '../training/options.js'
import { writeWhole } from '../training/output-folder.js'
import type { Wording } from '../training/progress.js'
import { evaluateWith } from '../training/run.js'
import { count, number, plural, seconds } from '../training/wording.js'
import { loadCorpus } from './corpus.js'
import type { TrainGruOptions } from './options.js'
import { gruFolder, type GruFolder } from './output-folder.js'
import { summary, type Summary } from './results.js'

const bits = (value: number | undefined): string => `${number(value, 3)} bits per character`

const wordingOf = ({ steps, stepsPerEpoch }: TrainGruOptions): Wording => {
  const epochs = Math.ceil(steps / stepsPerEpoch)
  return {
    epoch: epoch => `epoch ${epoch}/${epochs}`,
    step: ({ metrics, examplesPerSecond }) =>
      `${bits(metrics['bitsPerCharacter'])}  ${count(examplesPerSecond)} characters/s`,
    tested: ({ epoch, train, test, seconds: spent }) =>
      `after ${plural(epoch * stepsPerEpoch, 'step')}  train ${bits(train['bitsPerCharacter'])}  held out ${bits(test['bitsPerCharacter'])}  ${seconds(spent)}`,
  }
}

/** Characters of a sample while the model learns, and at the end. */
const [glimpse, page] = [160, 1000]

const writes =
  (length: number, backend: OpenBackend) =>
  (checkpoint: Checkpoint<CharacterState>): TaskEither<Failure, string> =>
    drawText(backend)(checkpoint, { length, seed: (checkpoint.about as CharacterRun).seed, temperature: 0.8 })

const quoted = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map(line => `  │ ${line}`)
    .join('\n')

const resultLines = (result: Summary, { path }: GruFolder): readonly string[] => [
  `${bits(result.bitsPerCharacter)} of the text that was held out`,
  `after ${plural(result.steps, 'step')}${result.secondsPerEpoch === null ? '' : ` (${seconds(result.secondsPerEpoch)} per epoch)`} on ${result.backend}, ${plural(result.threads, 'thread')}`,
  `weights ${result.weightsHash}`,
  `${path}: gru.safetensors, metrics.jsonl, sample.txt`,
]

/** What is left to do when the training is over: measure, draw, tell. */
const conclude =
  (folder: GruFolder, stepsPerEpoch: number) =>
  ({ data, backend, records, ...ended }: Finished<Corpus, CharacterState>) => {
    const { state, about, cursor } = ended.checkpoint
    const { architecture } = about as CharacterRun
    const tested = testedAt(cursor, records, stepsPerEpoch)
    return pipe(
      tested === undefined
        ? evaluateWith(openCharacterEvaluation(architecture, data.test), backend)(state)
        : TE.right(tested),
      TE.chainFirst(() =>
        pipe(
          writes(page, backend)(ended.checkpoint),
          TE.chain(text => writeWhole(folder.sample, `${text.trimStart()}\n`)),
        ),
      ),
      TE.map(test => {
        const result = summary(ended, records, test)
        return { summary: result, lines: resultLines(result, folder) }
      }),
    )
  }

/** Right: the exit code. */
export const trainGruCommand = (options: TrainGruOptions): TaskEither<Failure, number> => {
  const { steps, stepsPerEpoch, embedding, hidden, layers, batchSize, length } = options
  const folder = gruFolder(options.out)
  return trainingCommand<Corpus, CharacterState, CharacterRun>({
    options,
    folder,
    wording: wordingOf(options),
    read: readCharacters,
    beyond: ({ state }) => {
      const [made] = state.step.data
      return made > steps ? `beyond --steps ${steps}. Ask for at least ${made} steps.` : undefined
    },
    load: pipe(
      TE.fromEither(checkDecay(options, steps, '--steps')),
      TE.chain(() => loadCorpus(options)),
    ),
    introduce: ({ characters, train, test }) =>
      `${count(train.encoded.length)} characters to learn from and ${count(test.encoded.length)} held out, of ${characters.length} kinds (${options.data ?? 'the embedded King James Bible'}); ${count(batchSize * length)} characters per step`,
    run: (corpus, settings) =>
      trainCharacters({
        ...settings,
        corpus,
        steps,
        stepsPerEpoch,
        architecture: { embedding, hidden, layers },
      }),
    afterEpoch: (_, backend) => checkpoint => pipe(writes(glimpse, backend)(checkpoint), TE.map(quoted)),
    draw: () => TE.right(undefined),
    conclude: conclude(folder, stepsPerEpoch),
  })
}
