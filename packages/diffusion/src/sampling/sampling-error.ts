/** A path, a spacing or a sampler that cannot be: a defect, thrown where it was made. */
export class SamplingError extends Error {
  override readonly name = 'SamplingError'
}
