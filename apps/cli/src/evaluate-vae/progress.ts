import type { Part } from '@elbo/vae'
import cliProgress from 'cli-progress'
import { isTerminal } from '../terminal.js'

/** What a person sees of an evaluation. */
export interface EvaluationProgress {
  readonly at: (part: Part, done: number, total: number) => void
  /** Leaves the terminal as it was found. */
  readonly end: () => void
}

const names: Readonly<Record<Part, string>> = {
  bound: 'bound',
  information: 'mutual information',
  likelihood: 'log-likelihood',
  gaps: 'gaps',
  sandwich: 'sandwich',
}

/** Without a terminal, a line at most this often. */
const secondsBetweenLines = 10

const lines = (stream: NodeJS.WritableStream): EvaluationProgress => {
  let last = performance.now()
  return {
    at: (part, done, total) => {
      const isDue = performance.now() - last >= secondsBetweenLines * 1000
      if (!isDue && done < total) return
      last = performance.now()
      stream.write(`${names[part]}  ${Math.floor((100 * done) / total)} %\n`)
    },
    end: () => undefined,
  }
}

const bar = (stream: NodeJS.WriteStream): EvaluationProgress => {
  const shown = new cliProgress.SingleBar({
    stream,
    format: '{part} {bar} {percentage} %',
    linewrap: true,
    gracefulExit: false,
    hideCursor: null,
    clearOnComplete: true,
    barCompleteChar: '━',
    barIncompleteChar: '·',
    fps: 12,
  })
  shown.start(1, 0, { part: '' })
  return {
    at: (part, done, total) => {
      shown.setTotal(total)
      shown.update(done, { part: names[part].padEnd(18) })
    },
    end: () => {
      shown.stop()
    },
  }
}

/** On a terminal a moving bar, elsewhere plain lines. */
export const evaluationProgress = (stream: NodeJS.WriteStream): EvaluationProgress =>
  isTerminal(stream) ? bar(stream) : lines(stream)
