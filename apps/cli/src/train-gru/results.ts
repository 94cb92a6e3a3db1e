import type { CharacterRun, CharacterState } from '@elbo/gru'
import { weightsHash, type Metrics } from '@elbo/train'
import { meanAt, secondsPerEpoch, type MetricsRecord } from '../training/metrics-log.js'
import type { Ended } from '../training/run.js'

/** The object of `--json`. */
export interface Summary {
  readonly model: 'gru'
  readonly seed: number
  /** Made in all. */
  readonly steps: number
  /** The mean over the last epoch, each batch under the parameters of its step. */
  readonly trainBitsPerCharacter: number
  /** Of the text that is held out. */
  readonly bitsPerCharacter: number
  /** Spent in the steps of an epoch, on average; without evaluation, samples and checkpoints. `null` when no epoch is complete. */
  readonly secondsPerEpoch: number | null
  readonly backend: string
  readonly threads: number
  /** SHA-256 over all parameters, to the bit. */
  readonly weightsHash: string
}

export const summary = (
  { checkpoint, executed }: Ended<CharacterState>,
  records: readonly MetricsRecord[],
  test: Metrics,
): Summary => {
  const { model, seed } = checkpoint.about as CharacterRun
  return {
    model,
    seed,
    steps: checkpoint.state.step.data[0],
    trainBitsPerCharacter: meanAt(checkpoint.cursor, records, 'bitsPerCharacter'),
    bitsPerCharacter: test['bitsPerCharacter'],
    secondsPerEpoch: secondsPerEpoch(records),
    backend: executed.backend,
    threads: executed.threads,
    weightsHash: weightsHash(checkpoint.state.parameters),
  }
}
