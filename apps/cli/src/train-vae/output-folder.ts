import { join } from 'node:path'
import type { RunFolder } from '../training/output-folder.js'

/** The files of a run, by what is in them. */
export interface VaeFolder extends RunFolder {
  readonly best: string
  readonly lossCurve: string
  readonly reconstructions: string
  readonly samples: string
}

export const vaeFolder = (path: string): VaeFolder => {
  const best = join(path, 'best.safetensors')
  return {
    path,
    checkpoint: join(path, 'vae.safetensors'),
    best,
    stale: best,
    metrics: join(path, 'metrics.jsonl'),
    lossCurve: join(path, 'loss.svg'),
    reconstructions: join(path, 'reconstructions.png'),
    samples: join(path, 'samples.png'),
  }
}
