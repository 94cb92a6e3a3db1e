import type { TrainingEvent } from '@elbo/train'
import cliProgress from 'cli-progress'
import { colours, isTerminal } from '../terminal.js'

export type Step = Extract<TrainingEvent, { _tag: 'Step' }>
export type Epoch = Extract<TrainingEvent, { _tag: 'Epoch' }>

/** What a person sees of a run. */
export interface Progress {
  readonly step: (event: Step) => void
  readonly epoch: (event: Epoch) => void
  /** Patience is at its end. */
  readonly exhausted: () => void
  /** A line that stays. */
  readonly say: (line: string) => void
  /** Leaves the terminal as it was found. */
  readonly end: () => void
}

/** Without a terminal, a line at most this often. */
const secondsBetweenLines = 10

/** How a model speaks of itself. */
export interface Wording {
  /** Where a run is: `epoch 2/5`. */
  readonly epoch: (epoch: number) => string
  /** What a step tells, after its place. */
  readonly step: (event: Step) => string
  /** What an epoch tells, after its place. */
  readonly tested: (event: Epoch) => string
  /** What has not happened when patience is at its end. */
  readonly patience?: string
}

const exhaustion = ({ patience = 'nothing has improved' }: Wording): string =>
  `stopping: ${patience} for as many epochs as --patience says`

/** Plain lines, for files and pipes. */
const lines = (stream: NodeJS.WritableStream, wording: Wording): Progress => {
  let last = performance.now()
  const say = (line: string) => {
    stream.write(`${line}\n`)
  }
  return {
    step: event => {
      if (performance.now() - last < secondsBetweenLines * 1000) return
      last = performance.now()
      say(`${wording.epoch(event.epoch)}  step ${event.step}/${event.stepsPerEpoch}  ${wording.step(event)}`)
    },
    epoch: event => {
      last = performance.now()
      say(`${wording.epoch(event.epoch)}  ${wording.tested(event)}`)
    },
    exhausted: () => {
      say(exhaustion(wording))
    },
    say,
    end: () => undefined,
  }
}

/** A bar per epoch, which makes room for the epoch's line when it is full. */
const bars = (stream: NodeJS.WriteStream, wording: Wording): Progress => {
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
        const head = event === undefined ? '' : `${wording.epoch(event.epoch)} `
        const bar = cliProgress.Format.BarFormat(progress, options)
        const tail = ` ${value}/${total}  ${event === undefined ? '' : wording.step(event)}`
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
      say(`${bold(wording.epoch(event.epoch))}  ${wording.tested(event)}`)
    },
    exhausted: () => {
      say(exhaustion(wording))
    },
    say,
    end,
  }
}

/** On a terminal a moving bar, elsewhere plain lines. */
export const progressOn = (stream: NodeJS.WriteStream, wording: Wording): Progress =>
  isTerminal(stream) ? bars(stream, wording) : lines(stream, wording)
