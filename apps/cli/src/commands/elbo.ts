import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Failure } from '../failure.js'
import { trainVaeOptions, type TrainVaeOptions } from '../train-vae/options.js'
import { chooseNext, type Junction } from './parse.js'

const trainText: Junction = {
  name: 'elbo train',
  description: 'Trains a model and writes its checkpoint, its curves and its pictures into a folder.',
  examples: ['elbo train vae --epochs 5 --out runs/vae', 'elbo train vae --help'],
  next: { vae: { description: 'A variational autoencoder on Fashion-MNIST' } },
}

const elboText: Junction = {
  name: 'elbo',
  description: `Deep generative models, trained from a terminal.

Exit codes: 0 done, 1 the loss diverged, 64 wrong command line, 65 damaged data, 66 missing data,
69 backend unavailable, 73 output folder unusable, 74 reading or writing failed, 130 Ctrl-C, 143 SIGTERM.`,
  examples: ['elbo train vae --epochs 5 --out runs/vae', 'elbo train vae --help'],
  next: { train: { description: trainText.description } },
}

/** What a command line asks for. */
export interface Command {
  readonly _tag: 'TrainVae'
  readonly options: TrainVaeOptions
}

/** Reads a whole command line. `--help` and `--version` print and end the process, at each of its words. */
export const readCommand = (args: readonly string[]): Either<Failure, Command> => {
  const first = chooseNext(elboText, args)
  if (E.isLeft(first)) return first
  const second = chooseNext(trainText, args.slice(1))
  if (E.isLeft(second)) return second
  return E.map((options: TrainVaeOptions): Command => ({ _tag: 'TrainVae', options }))(
    trainVaeOptions(args.slice(2)),
  )
}
