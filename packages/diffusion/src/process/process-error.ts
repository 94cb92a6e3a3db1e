/** A process, a schedule or an objective that cannot be: a defect, thrown where it was made. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
}
