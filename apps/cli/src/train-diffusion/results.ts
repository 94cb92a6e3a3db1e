import type { DiffusionRun, DiffusionState } from '@elbo/diffusion'
import { weightsHash, type Metrics } from '@elbo/train'
import { singleCurveSvg } from '../pictures/loss-curve.js'
import { meanAt, secondsPerEpoch, type MetricsRecord } from '../training/metrics-log.js'
import { writeWhole } from '../training/output-folder.js'
import type { Ended } from '../training/run.js'
import type { DiffusionFolder } from './output-folder.js'

/** The object of `--json`. */
export interface Summary {
  readonly model: 'diffusion'
  readonly data: string
  readonly seed: number
  /** Made in all. */
  readonly steps: number
  /** The mean over the last epoch, each batch under the parameters of its step. */
  readonly trainLoss: number
  /** On fresh points or test images, under the average of the parameters. */
  readonly testLoss: number
  /** The negative bound there, in nats for each example. */
  readonly boundNats: number
  /** The same for images, in bits for each pixel. */
  readonly bitsPerDim?: number
  /** Spent in the steps of an epoch, on average; without evaluation and checkpoints. `null` when no epoch is complete. */
  readonly secondsPerEpoch: number | null
  readonly backend: string
  readonly threads: number
  /** SHA-256 over all parameters, to the bit. */
  readonly weightsHash: string
}

export const summary = (
  { checkpoint, executed }: Ended<DiffusionState>,
  data: string,
  records: readonly MetricsRecord[],
  test: Metrics,
): Summary => {
  const { model, seed } = checkpoint.about as DiffusionRun
  return {
    model,
    data,
    seed,
    steps: checkpoint.state.step.data[0],
    trainLoss: meanAt(checkpoint.cursor, records, 'loss'),
    testLoss: test['loss'],
    boundNats: test['boundNats'],
    ...(test['bitsPerDim'] === undefined ? {} : { bitsPerDim: test['bitsPerDim'] }),
    secondsPerEpoch: secondsPerEpoch(records),
    backend: executed.backend,
    threads: executed.threads,
    weightsHash: weightsHash(checkpoint.state.parameters),
  }
}

/** Draws the loss of all steps that the log holds. */
export const writeLossCurve = (
  { lossCurve }: DiffusionFolder,
  title: string,
  records: readonly MetricsRecord[],
  stepsPerEpoch: number,
) =>
  writeWhole(
    lossCurve,
    singleCurveSvg({
      title,
      what: 'simple loss (mean squared error of what the network tells)',
      train: records.flatMap(record =>
        record.type === 'step'
          ? [[record.epoch - 1 + record.step / stepsPerEpoch, record.train['loss']] as const]
          : [],
      ),
    }),
  )
