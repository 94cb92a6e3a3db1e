import type { Operand } from '../commands/parse.js'

/** What a command line may name a trained VAE by. */
export const checkpointOperand: Operand = {
  name: 'CHECKPOINT',
  description: 'a checkpoint, or the folder of a run of "elbo train vae"',
}
