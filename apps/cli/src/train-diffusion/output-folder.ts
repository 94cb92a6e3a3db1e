import { join } from 'node:path'
import type { RunFolder } from '../training/output-folder.js'

/** The files of a run, by what is in them. */
export interface DiffusionFolder extends RunFolder {
  readonly lossCurve: string
  readonly samples: string
}

export const diffusionFolder = (path: string): DiffusionFolder => ({
  path,
  checkpoint: join(path, 'diffusion.safetensors'),
  metrics: join(path, 'metrics.jsonl'),
  lossCurve: join(path, 'loss.svg'),
  samples: join(path, 'samples.png'),
})
