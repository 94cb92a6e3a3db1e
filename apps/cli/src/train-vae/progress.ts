import type { TrainingEvent } from '@elbo/train'
import cliProgress from 'cli-progress'
import { colours, isTerminal } from '../terminal.js'
import { bound, count, number, seconds } from './wording.js'

type Step = Extract<TrainingEvent, { _tag: 'Step' }>
type Epoch = Extract<TrainingEvent, { _tag: 'Epoch' }>

/** What a person sees of a run. */
export interface Progress {
  readonly step: (event: Step) => void
  readonly epoch: (event: Epoch) => void
  /** A line that stays. */
  readonly say: (line: string) => void
  /** Leaves the terminal as it was found. */
  readonly end: () => void
}

/** Without a terminal, a line at most this often. */
const secondsBetweenLines = 10

const epochLine = ({ epoch, train, test, seconds: spent }: Epoch, epochs: number): string =>
  `epoch ${epoch}/${epochs}  train ${bound(train)}  test ${bound(test)}  ${seconds(spent)}`

const stepText = ({ metrics, examplesPerSecond }: Step): string =>
  `loss ${number(metrics['loss'])}  ${bound(metrics)}  ${count(examplesPerSecond)} images/s`

/** Plain lines, for files and pipes. */
const lines = (stream: NodeJS.WritableStream, epochs: number): Progress => {
  let last = performance.now()
  const say = (line: string) => {
    stream.write(`${line}\n`)
  }
  return {
    step: event => {
      if (performance.now() - last < secondsBetweenLines * 1000) return
      last = performance.now()
      say(`epoch ${event.epoch}/${epochs}  step ${event.step}/${event.stepsPerEpoch}  ${stepText(event)}`)
    },
    epoch: event => {
      last = performance.now()
      say(epochLine(event, epochs))
    },
    say,
    end: () => undefined,
  }
}

/** A bar per epoch, which makes room for the epoch's line when it is full. */
const bars = (stream: NodeJS.WriteStream, epochs: number): Progress => {
  const { bold, cyan } = colours(stream)
  const make = () =>
    new cliProgress.SingleBar({
      stream,
      // Lines are cut to the window here, and Ctrl-C is the command's own, so the terminal's modes are left alone.
      linewrap: true,
      gracefulExit: false,
      hideCursor: null,
      clearOnComplete: true,
      barsize: stream.columns < 120 ? 10 : 24,
      barCompleteChar: '━',
      barIncompleteChar: '·',
      fps: 12,
      format: (options, { progress, value, total }, { event }: { event?: Step }) => {
        const head = `epoch ${event?.epoch ?? '?'}/${epochs} `
        const bar = cliProgress.Format.BarFormat(progress, options)
        const tail = ` ${value}/${total}  ${event === undefined ? '' : stepText(event)}`
        const room = Math.max(0, (stream.columns || 80) - 1 - head.length - bar.length)
        return `${head}${cyan(bar)}${tail.slice(0, room)}`
      },
    })
  let bar: cliProgress.SingleBar | undefined
  const end = () => {
    bar?.stop()
    bar = undefined
  }
  const say = (line: string) => {
    end()
    stream.write(`${line}\n`)
  }
  return {
    step: event => {
      if (bar === undefined) {
        bar = make()
        bar.start(event.stepsPerEpoch, event.step, { event })
      } else bar.update(event.step, { event })
    },
    epoch: event => {
      say(epochLine(event, epochs).replace(/^epoch \d+\/\d+/, bold('$&')))
    },
    say,
    end,
  }
}

/** On a terminal a moving bar, elsewhere plain lines. */
export const progressOn = (stream: NodeJS.WriteStream, epochs: number): Progress =>
  isTerminal(stream) ? bars(stream, epochs) : lines(stream, epochs)
