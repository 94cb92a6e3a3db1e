#!/usr/bin/env node
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readCommand, type Command } from './commands/elbo.js'
import { exitCodes, type Failure } from './failure.js'
import { colours } from './terminal.js'

const fail = ({ message, exitCode }: Failure): void => {
  process.stderr.write(`${colours(process.stderr).red('elbo:')} ${message}\n`)
  process.exitCode = exitCode
}

// Whoever read the progress may leave (a closed pipe or window): the run goes on, its results are files.
process.stderr.on('error', () => undefined)
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  fail({ message: `The standard output cannot be written: ${error.message}.`, exitCode: exitCodes.io })
})

/** Commands are loaded when they are needed, so that help and a mistyped option answer at once. */
const taskOf = async (command: Command): Promise<TaskEither<Failure, number>> => {
  switch (command._tag) {
    case 'TrainVae':
      return (await import('./train-vae/command.js')).trainVaeCommand(command.options)
    case 'TrainGru':
      return (await import('./train-gru/command.js')).trainGruCommand(command.options)
    case 'EvaluateVae':
      return (await import('./evaluate-vae/command.js')).evaluateVaeCommand(command.options)
    case 'SampleVae':
      return (await import('./sample-vae/command.js')).sampleVaeCommand(command.options)
    case 'TrainDiffusion':
      return (await import('./train-diffusion/command.js')).trainDiffusionCommand(command.options)
    case 'SampleGru':
      return (await import('./sample-gru/command.js')).sampleGruCommand(command.options)
    case 'SampleDiffusion':
      return (await import('./sample-diffusion/command.js')).sampleDiffusionCommand(command.options)
    case 'EvaluateDiffusion':
      return (await import('./evaluate-diffusion/command.js')).evaluateDiffusionCommand(command.options)
  }
}

const command = readCommand(process.argv.slice(2))
if (E.isLeft(command)) fail(command.left)
else {
  try {
    const ended = await (await taskOf(command.right))()
    if (E.isLeft(ended)) fail(ended.left)
    else process.exitCode ??= ended.right
  } catch (error) {
    fail({
      message: `This is a defect of elbo, not of your input.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      exitCode: exitCodes.software,
    })
  }
}
