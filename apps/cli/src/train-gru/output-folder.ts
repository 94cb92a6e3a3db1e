import { join } from 'node:path'
import type { RunFolder } from '../training/output-folder.js'

/** The files of a run, by what is in them. */
export interface GruFolder extends RunFolder {
  readonly sample: string
}

export const gruFolder = (path: string): GruFolder => ({
  path,
  checkpoint: join(path, 'gru.safetensors'),
  metrics: join(path, 'metrics.jsonl'),
  sample: join(path, 'sample.txt'),
})
