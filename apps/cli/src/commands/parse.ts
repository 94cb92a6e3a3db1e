import { cli, command, type Flags } from 'cleye'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { failure, type Failure } from '../failure.js'
import { version } from './version.js'

const usage = failure('usage')

/** The name among `known` that is nearest to a mistyped one, unless they have too little in common. */
const nearest = (typed: string, known: readonly string[]): string | undefined => {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j)
    for (let i = 1; i <= a.length; i++) {
      const next = [i]
      for (let j = 1; j <= b.length; j++)
        next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
      row = next
    }
    return row[b.length]
  }
  const [best] = known
    .map(name => ({ name, apart: distance(typed, name) }))
    .sort((one, other) => one.apart - other.apart)
  return best !== undefined && best.apart <= Math.max(2, typed.length / 3) ? best.name : undefined
}

const instead = (found: string | undefined): string => (found === undefined ? '' : ` Did you mean ${found}?`)

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

interface HelpNode {
  readonly id?: string
  readonly data: unknown
}

/** The part of a help page that lists the options, as Cleye makes it. */
interface OptionList {
  title: string
  readonly body: {
    readonly data: { readonly tableData: (readonly { readonly data: { readonly name: string } }[])[] }
  }
}

/** Cleye sorts the options by name, and calls them flags; they read better in the order of their definition. */
const inOrder =
  (flags: Flags) =>
  <Node extends HelpNode>(nodes: Node[], renderers: { render: (nodes: Node[]) => string }): string => {
    const order = [...Object.keys(flags), 'help']
    const list = nodes.find(({ id }) => id === 'flags')?.data as OptionList | undefined
    if (list !== undefined) {
      list.title = 'Options:'
      list.body.data.tableData.sort(
        (one, other) => order.indexOf(one[0].data.name) - order.indexOf(other[0].data.name),
      )
    }
    return renderers.render(nodes)
  }

/** Joins a negative number to its option, `--seed -1` → `--seed=-1`, so that it is not taken for an option itself. */
const joinNegatives = (args: readonly string[]): string[] => {
  const joined: string[] = []
  for (const arg of args) {
    const before = joined.at(-1) ?? ''
    if (/^-[\d.]/.test(arg) && /^--[\w-]+$/.test(before)) joined[joined.length - 1] = `${before}=${arg}`
    else joined.push(arg)
  }
  return joined
}

/** An option that takes a value; what it may be is decided where it is decoded. */
export const valued = (placeholder: string, description: string, byDefault?: string) => ({
  type: String,
  placeholder,
  description: byDefault === undefined ? description : `${description} (default: ${byDefault})`,
})

export const switched = (description: string) => ({ type: Boolean, description })

/** What a command line gives for options of these types: a text, or a switch; nothing where the option was not given. */
export type Given<Options extends Flags> = {
  readonly [Name in keyof Options]?: Options[Name] extends { readonly type: BooleanConstructor }
    ? boolean
    : string
}

export interface CommandText {
  readonly name: string
  readonly description: string
  readonly examples: readonly string[]
}

export interface OptionsText extends CommandText {
  readonly usageLine: string
}

/** What stands on a command line beside its options, as `CHECKPOINT` in `elbo evaluate vae CHECKPOINT`. */
export interface Operand {
  readonly name: string
  readonly description: string
}

/** The options of a command, and the one argument beside them. */
export interface Parsed<Options extends Flags> {
  readonly given: Given<Options>
  readonly operand: string
}

/**
 * Reads the options of one command, all of the form `--name value` or `--name=value`, and its one argument where it takes one. `--help` prints
 * the help and ends the process. Left: an unknown option, a stray argument or a missing one, an option without its value.
 */
export const parseCommand = <Options extends Flags>(
  { name, description, examples, usageLine }: OptionsText,
  flags: Options,
  args: readonly string[],
  operand?: Operand,
): Either<Failure, Parsed<Options>> => {
  const parsed = cli(
    { name, flags, help: { description, usage: usageLine, examples: [...examples], render: inOrder(flags) } },
    undefined,
    joinNegatives(args),
  ) as {
    readonly flags: Readonly<Record<string, string | boolean | undefined>>
    readonly unknownFlags: Readonly<Record<string, unknown>>
    readonly _: readonly string[]
  }
  const hint = ` See "${name} --help".`
  const known = Object.keys(flags).map(flag => `--${kebab(flag)}`)
  for (const unknown of Object.keys(parsed.unknownFlags)) {
    const typed = unknown.length === 1 ? `-${unknown}` : `--${unknown}`
    return E.left(usage(`There is no option ${typed}.${instead(nearest(typed, known))}${hint}`))
  }
  const [own, stray] = operand === undefined ? ['', ...parsed._] : parsed._
  if (stray !== undefined)
    return E.left(usage(`"${stray}" stands where an option was expected; options begin with --.${hint}`))
  if (own === undefined)
    return E.left(usage(`${operand?.name ?? ''} is missing; it names ${operand?.description ?? ''}.${hint}`))
  for (const flag of Object.keys(flags))
    if (parsed.flags[flag] === '') return E.left(usage(`--${kebab(flag)} needs a value.${hint}`))
  return E.right({ given: parsed.flags as Given<Options>, operand: own })
}

/** `parseCommand` where there are options alone. */
export const parseOptions = <Options extends Flags>(
  text: OptionsText,
  flags: Options,
  args: readonly string[],
): Either<Failure, Given<Options>> =>
  E.map(({ given }: Parsed<Options>) => given)(parseCommand(text, flags, args))

/** A word of the command line that leads to further words, as `train` in `elbo train vae`. */
export interface Junction extends CommandText {
  readonly next: Readonly<Record<string, { readonly description: string }>>
}

/**
 * Which of the next words stands first? `--help` and `--version` print and end the process.
 * Left: none of them, or another word.
 */
export const chooseNext = (
  { name, description, examples, next }: Junction,
  args: readonly string[],
): Either<Failure, string> => {
  const [word] = args
  if (word !== undefined && Object.hasOwn(next, word)) return E.right(word)
  const words = Object.keys(next)
  const hint = ` See "${name} --help".`
  if (word === undefined)
    return E.left(
      usage(`${name} what? It knows: ${words.map(each => `"${name} ${each}"`).join(', ')}.${hint}`),
    )
  if (!word.startsWith('-'))
    return E.left(usage(`There is no "${name} ${word}".${instead(nearest(word, words))}${hint}`))
  const parsed = cli(
    {
      name,
      version,
      commands: words.map(each => command({ name: each, help: { description: next[each].description } })),
      help: { description, usage: `${name} <command>`, examples: [...examples], render: inOrder({}) },
    },
    undefined,
    [word],
  ) as { readonly unknownFlags: Readonly<Record<string, unknown>> }
  const unknown = Object.keys(parsed.unknownFlags)[0] ?? word
  return E.left(usage(`There is no option ${word.startsWith('--') ? '--' : '-'}${unknown}.${hint}`))
}
