import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseCommand, valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
import {
  backendFlags,
  backendOptions,
  decoded,
  outFlag,
  unsigned32,
  type BackendOptions,
} from '../training/options.js'
import { checkpointOperand } from '../trained-vae/operand.js'

export const sampleVaeText: OptionsText = {
  name: 'elbo sample vae',
  usageLine: 'elbo sample vae CHECKPOINT --out <folder> [options]',
  description: `Draws pictures from a VAE that "elbo train vae" has trained. CHECKPOINT is a file, or the folder of a run.

It writes into the folder --out, as far as it is asked:
  samples.png          pictures from the prior; of a model of the kind conditional a row of each class
  interpolations.png   with --interpolate: rows that lead from one test image to another
  traversals.png       with --traverse: rows in each of which one dimension of z changes
  manifold.png         with --manifold: a grid over two dimensions of z`,
  examples: [
    'elbo sample vae runs/vae --out pictures',
    'elbo sample vae runs/vae --out pictures --count 400 --seed 2',
    'elbo sample vae runs/conditional --out sneakers --class 7 --count 25',
    'elbo sample vae runs/vae --out pictures --interpolate 8 --traverse 0,3,5 --manifold 20',
  ],
}

const flags = {
  out: outFlag,
  count: valued('<n>', 'Pictures from the prior', '100'),
  seed: valued('<n>', 'The same seed draws the same pictures', '1'),
  class: valued('<n>', 'Pictures of one class alone, of a model that is told classes (default: of each)'),
  interpolate: valued('<n>', 'Pairs of test images that are led from one to the other'),
  path: valued('<name>', 'How: spherical or linear', 'spherical'),
  traverse: valued('<list>', 'Dimensions of z, counted from 0, such as 0,3,5; or all'),
  manifold: valued('<n>', 'Pictures along each side of the grid'),
  dimensions: valued('<a,b>', 'The two dimensions of the grid, where z has more than two'),
  data: valued('<folder>', 'The four published files of Fashion-MNIST (default: the embedded images)'),
  ...backendFlags,
}

const paths = ['spherical', 'linear'] as const

export interface SampleVaeOptions extends BackendOptions {
  readonly checkpoint: string
  readonly out: string
  readonly count: number
  readonly seed: number
  /** `undefined`: of each class, where there are classes. */
  readonly class: number | undefined
  readonly interpolate: number | undefined
  readonly path: (typeof paths)[number]
  readonly traverse: readonly number[] | 'all' | undefined
  readonly manifold: number | undefined
  readonly dimensions: readonly [number, number] | undefined
  readonly data: string | undefined
}

const listed = (text: string): readonly number[] | undefined =>
  /^\d+(,\d+)*$/.test(text) ? text.split(',').map(Number) : undefined

/** Decodes the options of `elbo sample vae`; the Left names all values that are wrong, and what they may be. */
export const sampleVaeOptions = (args: readonly string[]): Either<Failure, SampleVaeOptions> =>
  pipe(
    parseCommand(sampleVaeText, flags, args, checkpointOperand),
    E.chain(({ given, operand }) =>
      decoded(sampleVaeText, values => {
        const traversed = given.traverse === undefined ? undefined : listed(given.traverse)
        if (given.traverse !== undefined && given.traverse !== 'all' && traversed === undefined)
          values.wrong.push(`--traverse is "${given.traverse}"; it takes dimensions such as 0,3,5, or all.`)
        const [across, upward, ...more] =
          given.dimensions === undefined ? [] : (listed(given.dimensions) ?? [])
        const isPair = across !== undefined && upward !== undefined && more.length === 0 && across !== upward
        if (given.dimensions !== undefined && !isPair)
          values.wrong.push(`--dimensions is "${given.dimensions}"; it takes two dimensions, such as 0,3.`)
        if (given.out === undefined)
          values.wrong.push('--out is missing; it names the folder for the results.')
        return {
          checkpoint: operand,
          out: given.out ?? '',
          count: values.integer('--count', given.count ?? '100', 1, 10_000),
          seed: values.integer('--seed', given.seed ?? '1', 0, unsigned32),
          class: values.optional('--class', given.class, 0, 1_000_000),
          interpolate: values.optional('--interpolate', given.interpolate, 1, 1000),
          path: values.oneOf('--path', given.path ?? 'spherical', paths),
          traverse: given.traverse === 'all' ? 'all' : traversed,
          manifold: values.optional('--manifold', given.manifold, 2, 100),
          dimensions: isPair ? ([across, upward] as const) : undefined,
          data: given.data,
          ...backendOptions(given, values),
        }
      }),
    ),
  )
