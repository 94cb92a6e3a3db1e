import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Failure } from '../failure.js'
import { evaluateDiffusionOptions, type EvaluateDiffusionOptions } from '../evaluate-diffusion/options.js'
import { evaluateVaeOptions, type EvaluateVaeOptions } from '../evaluate-vae/options.js'
import { sampleDiffusionOptions, type SampleDiffusionOptions } from '../sample-diffusion/options.js'
import { sampleGruOptions, type SampleGruOptions } from '../sample-gru/options.js'
import { sampleVaeOptions, type SampleVaeOptions } from '../sample-vae/options.js'
import { trainDiffusionOptions, type TrainDiffusionOptions } from '../train-diffusion/options.js'
import { trainGruOptions, type TrainGruOptions } from '../train-gru/options.js'
import { trainVaeOptions, type TrainVaeOptions } from '../train-vae/options.js'
import { chooseNext, type Junction } from './parse.js'

const trainText: Junction = {
  name: 'elbo train',
  description: 'Trains a model and writes its checkpoint, its metrics and samples of it into a folder.',
  examples: [
    'elbo train vae --epochs 5 --out runs/vae',
    'elbo train gru --steps 2000 --out runs/gru',
    'elbo train diffusion --data 8-gaussians --out runs/points',
    'elbo train vae --help',
  ],
  next: {
    vae: { description: 'A variational autoencoder on Fashion-MNIST' },
    gru: { description: 'A gated recurrent unit on a text, character by character' },
    diffusion: { description: 'A diffusion model on points of the plane or on images' },
  },
}

const sampleText: Junction = {
  name: 'elbo sample',
  description: 'Draws from a model that was trained.',
  examples: [
    'elbo sample vae runs/vae --out pictures --interpolate 8',
    'elbo sample gru --out runs/gru --prompt "In the beginning"',
    'elbo sample diffusion runs/points --out pictures',
    'elbo sample vae --help',
  ],
  next: {
    vae: { description: 'Pictures from a variational autoencoder' },
    gru: { description: 'Text from a gated recurrent unit' },
    diffusion: { description: 'Points or images from a diffusion model, and a film of how they come about' },
  },
}

const evaluateText: Junction = {
  name: 'elbo evaluate',
  description: 'Measures a model that was trained.',
  examples: ['elbo evaluate vae runs/vae', 'elbo evaluate diffusion runs/points', 'elbo evaluate vae --help'],
  next: {
    vae: { description: 'All that the bound of a variational autoencoder consists of and lacks' },
    diffusion: { description: 'How likely a diffusion model finds data, by two routes' },
  },
}

const elboText: Junction = {
  name: 'elbo',
  description: `Deep generative models, trained from a terminal.

Exit codes: 0 done, 1 the loss diverged, 64 wrong command line, 65 damaged data, 66 missing data,
69 backend unavailable, 73 output folder unusable, 74 reading or writing failed, 130 Ctrl-C, 143 SIGTERM.`,
  examples: [
    'elbo train vae --epochs 5 --out runs/vae',
    'elbo evaluate vae runs/vae',
    'elbo train gru --steps 2000 --out runs/gru',
    'elbo sample gru --out runs/gru --prompt "In the beginning"',
    'elbo train diffusion --data 8-gaussians --out runs/points',
  ],
  next: {
    train: { description: trainText.description },
    evaluate: { description: evaluateText.description },
    sample: { description: sampleText.description },
  },
}

/** What a command line asks for. */
export type Command =
  | { readonly _tag: 'TrainVae'; readonly options: TrainVaeOptions }
  | { readonly _tag: 'TrainGru'; readonly options: TrainGruOptions }
  | { readonly _tag: 'EvaluateVae'; readonly options: EvaluateVaeOptions }
  | { readonly _tag: 'SampleVae'; readonly options: SampleVaeOptions }
  | { readonly _tag: 'TrainDiffusion'; readonly options: TrainDiffusionOptions }
  | { readonly _tag: 'SampleGru'; readonly options: SampleGruOptions }
  | { readonly _tag: 'SampleDiffusion'; readonly options: SampleDiffusionOptions }
  | { readonly _tag: 'EvaluateDiffusion'; readonly options: EvaluateDiffusionOptions }

type Reading = (args: readonly string[]) => Either<Failure, Command>

const trainings: Readonly<Record<string, Reading>> = {
  vae: args =>
    E.map((options: TrainVaeOptions): Command => ({ _tag: 'TrainVae', options }))(trainVaeOptions(args)),
  gru: args =>
    E.map((options: TrainGruOptions): Command => ({ _tag: 'TrainGru', options }))(trainGruOptions(args)),
  diffusion: args =>
    E.map((options: TrainDiffusionOptions): Command => ({ _tag: 'TrainDiffusion', options }))(
      trainDiffusionOptions(args),
    ),
}

const evaluations: Readonly<Record<string, Reading>> = {
  vae: args =>
    E.map((options: EvaluateVaeOptions): Command => ({ _tag: 'EvaluateVae', options }))(
      evaluateVaeOptions(args),
    ),
  diffusion: args =>
    E.map((options: EvaluateDiffusionOptions): Command => ({ _tag: 'EvaluateDiffusion', options }))(
      evaluateDiffusionOptions(args),
    ),
}

const samplings: Readonly<Record<string, Reading>> = {
  vae: args =>
    E.map((options: SampleVaeOptions): Command => ({ _tag: 'SampleVae', options }))(sampleVaeOptions(args)),
  gru: args =>
    E.map((options: SampleGruOptions): Command => ({ _tag: 'SampleGru', options }))(sampleGruOptions(args)),
  diffusion: args =>
    E.map((options: SampleDiffusionOptions): Command => ({ _tag: 'SampleDiffusion', options }))(
      sampleDiffusionOptions(args),
    ),
}

const junctions = {
  train: { text: trainText, commands: trainings },
  evaluate: { text: evaluateText, commands: evaluations },
  sample: { text: sampleText, commands: samplings },
}

/** Reads a whole command line. `--help` and `--version` print and end the process, at each of its words. */
export const readCommand: Reading = args => {
  const first = chooseNext(elboText, args)
  if (E.isLeft(first)) return first
  const { text, commands } = junctions[first.right as keyof typeof junctions]
  const second = chooseNext(text, args.slice(1))
  if (E.isLeft(second)) return second
  return commands[second.right](args.slice(2))
}
