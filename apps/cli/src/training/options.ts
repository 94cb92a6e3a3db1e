import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseOptions, switched, valued, type OptionsText } from '../commands/parse.js'
import { valuesOf } from '../commands/values.js'
import { failure, type Failure } from '../failure.js'

const backends = ['cpu', 'reference'] as const
export type BackendName = (typeof backends)[number]
const decays = ['none', 'linear', 'cosine'] as const

/** Where a program runs, as options say it. */
export const backendFlags = {
  backend: valued('<name>', 'What computes: cpu (WebAssembly), or reference (plain and slow)', 'cpu'),
  threads: valued('<n>', 'Threads of the cpu backend (default: all that the machine runs at once, up to 8)'),
}

export interface BackendOptions {
  readonly backend: BackendName
  /** `undefined`: the backend chooses. */
  readonly threads: number | undefined
}

/** What every training takes. */
export interface RunOptions extends BackendOptions {
  readonly seed: number
  readonly out: string
  /** `undefined`: what comes along. */
  readonly data: string | undefined
  readonly batchSize: number
  readonly learningRate: number
  /** Steps. */
  readonly warmUp: number
  readonly decay: (typeof decays)[number]
  /** `undefined`: slopes stay as they are. */
  readonly clip: number | undefined
  readonly checkpointEvery: number | undefined
  readonly resume: boolean
  readonly overwrite: boolean
  readonly json: boolean
}

export const seedFlag = valued(
  '<n>',
  'One seed gives one set of weights, whatever the number of threads',
  '1',
)
export const outFlag = valued('<folder>', 'Where the results go; created if missing (required)')

/** The rate of a run; `over` names the option that says how long it is. */
export const rateFlags = (learningRate: string, over: string, clip?: string) => ({
  learningRate: valued('<x>', 'Step size of Adam', learningRate),
  warmUp: valued('<n>', 'Steps in which the learning rate rises to --learning-rate', '0'),
  decay: valued(
    '<name>',
    `How the learning rate falls to 0 over ${over}, which is then a part of the run: none, linear or cosine`,
    'none',
  ),
  clip: valued(
    '<x>',
    `Scale the slopes of a step so that their norm is at most x${clip === undefined ? ' (default: as they are)' : ''}`,
    clip,
  ),
})

export const keepingFlags = {
  checkpointEvery: valued('<n>', 'Write the checkpoint after every n steps too, not only after each epoch'),
  resume: switched('Continue the run in --out, bit for bit; if there is none, begin it'),
  overwrite: switched('Replace the run in --out'),
  json: switched('Print the results as one JSON object, the last line of the standard output'),
}

type Words = {
  readonly [name in Exclude<keyof RunOptions, 'resume' | 'overwrite' | 'json'>]?: string | undefined
}
type Switches = { readonly [name in 'resume' | 'overwrite' | 'json']?: boolean | undefined }
type Values = ReturnType<typeof valuesOf>

/** Decodes what says where a program runs. */
export const backendOptions = (
  given: Pick<Words, 'backend' | 'threads'>,
  { wrong, optional, oneOf }: Values,
): BackendOptions => {
  const threads = optional('--threads', given.threads, 1, 64)
  const backend = oneOf('--backend', given.backend ?? 'cpu', backends)
  if (backend === 'reference' && threads !== undefined && threads > 1)
    wrong.push('--threads is for the cpu backend; the reference backend has one thread.')
  return { backend, threads }
}

export const unsigned32 = 0xffff_ffff

/** Decodes what every training takes; `byDefault` are the values of what is not given. */
export const runOptions = (
  given: Words & Switches,
  values: Values,
  byDefault: Readonly<Record<'batchSize' | 'learningRate', string>> & {
    readonly [name in 'warmUp' | 'decay' | 'clip']?: string
  },
): RunOptions => {
  const { wrong, integer, optional, positive, oneOf } = values
  const clip = given.clip ?? byDefault.clip
  const options = {
    seed: integer('--seed', given.seed ?? '1', 0, unsigned32),
    out: given.out ?? '',
    data: given.data,
    ...backendOptions(given, values),
    batchSize: integer('--batch-size', given.batchSize ?? byDefault.batchSize, 1, 10_000),
    learningRate: positive('--learning-rate', given.learningRate ?? byDefault.learningRate),
    warmUp: integer('--warm-up', given.warmUp ?? byDefault.warmUp ?? '0', 0),
    decay: oneOf('--decay', given.decay ?? byDefault.decay ?? 'none', decays),
    clip: clip === undefined ? undefined : positive('--clip', clip),
    checkpointEvery: optional('--checkpoint-every', given.checkpointEvery, 1),
    resume: given.resume ?? false,
    overwrite: given.overwrite ?? false,
    json: given.json ?? false,
  }
  if (given.out === undefined) wrong.push('--out is missing; it names the folder for the results.')
  if (options.resume && options.overwrite)
    wrong.push(
      '--resume and --overwrite exclude each other: one continues the run in --out, the other replaces it.',
    )
  return options
}

/** Decodes what was given for a command; the Left names all values that are wrong, and what they may be. */
export const decoded = <Options>(
  { name }: OptionsText,
  decode: (values: Values) => Options,
): Either<Failure, Options> => {
  const values = valuesOf()
  const options = decode(values)
  return values.wrong.length > 0
    ? E.left(failure('usage')(`${values.wrong.join('\n')}\nSee "${name} --help".`))
    : E.right(options)
}

/** Reads the options of one command and decodes them. */
export const decodeOptions = <Flags extends Parameters<typeof parseOptions>[1], Options>(
  text: OptionsText,
  flags: Flags,
  args: readonly string[],
  decode: (
    given: Extract<ReturnType<typeof parseOptions<Flags>>, { readonly _tag: 'Right' }>['right'],
    values: Values,
  ) => Options,
): Either<Failure, Options> =>
  pipe(
    parseOptions(text, flags, args),
    E.chain(given => decoded(text, values => decode(given, values))),
  )

/** Why a rate cannot fall over so many steps, if it cannot. */
export const checkDecay = (
  { warmUp, decay }: RunOptions,
  steps: number,
  over: string,
): Either<Failure, undefined> =>
  decay !== 'none' && warmUp >= steps
    ? E.left(
        failure('usage')(
          `--warm-up is ${warmUp}, which leaves none of the ${steps} steps of ${over} for --decay ${decay}.`,
        ),
      )
    : E.right(undefined)
